// The contract's messages from and to OpenVidu's JSON.

#include <benchmark/benchmark.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "bench/micro/recorded_answer.h"
#include "openvidu/token/v1/token_service.pb.h"
#include "proto/json_mapping.h"

namespace openvidu::token {
namespace {

constexpr absl::string_view kEmpty = "{}";
constexpr absl::string_view kUsual =
    R"({"role":"PUBLISHER","data":"{\"name\":\"Ada\"}","record":true})";
constexpr absl::string_view kEverything =
    R"({"type":"WEBRTC","role":"MODERATOR","data":"{\"name\":\"Ada\",\"avatar\":\"7f3c\"}",)"
    R"("record":false,"kurentoOptions":{"videoMaxRecvBandwidth":1000,"videoMinRecvBandwidth":300,)"
    R"("videoMaxSendBandwidth":1000,"videoMinSendBandwidth":300,)"
    R"("allowedFilters":["GStreamerFilter","ZBarFilter"]},)"
    R"("customIceServers":[{"url":"turn:turn.example.com:443","username":"u","credential":"c"}],)"
    R"("ofALaterVersion":{"a":[1,2,3]}})";

void BM_PropertiesFromJson(benchmark::State& state, absl::string_view json) {
  for (auto _ : state) {
    v1::ConnectionProperties properties;
    if (!PropertiesFromJson(json, properties).ok()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(properties);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(json.size()));
}
BENCHMARK_CAPTURE(BM_PropertiesFromJson, Empty, kEmpty);
BENCHMARK_CAPTURE(BM_PropertiesFromJson, Usual, kUsual);
BENCHMARK_CAPTURE(BM_PropertiesFromJson, Everything, kEverything);

void BM_PropertiesToJson(benchmark::State& state, absl::string_view json) {
  v1::ConnectionProperties properties;
  if (!PropertiesFromJson(json, properties).ok()) state.SkipWithError("refused");
  for (auto _ : state) {
    absl::StatusOr<std::string> body = PropertiesToJson(properties);
    if (!body.ok()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(body);
  }
}
BENCHMARK_CAPTURE(BM_PropertiesToJson, Empty, kEmpty);
BENCHMARK_CAPTURE(BM_PropertiesToJson, Usual, kUsual);
BENCHMARK_CAPTURE(BM_PropertiesToJson, Everything, kEverything);

void BM_AnswerFromJson(benchmark::State& state) {
  for (auto _ : state) {
    v1::Connection connection;
    if (!AnswerFromJson(kRecordedConnection, connection).ok()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(connection);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kRecordedConnection.size()));
}
BENCHMARK(BM_AnswerFromJson);

}  // namespace
}  // namespace openvidu::token
