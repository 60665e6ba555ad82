// HTTP requests out of bytes, and properties out of requests.

#include <benchmark/benchmark.h>
#include <httplib.h>

#include "absl/strings/string_view.h"
#include "gateway/request_body.h"
#include "http/request_reader.h"
#include "openvidu/token/v1/token_service.pb.h"

namespace openvidu::token {
namespace {

// The benchmark's load generator.
constexpr absl::string_view kShort =
    "POST /api/sessions/room-1/connections HTTP/1.1\r\n"
    "Host: 127.0.0.1:5000\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 2\r\n"
    "\r\n"
    "{}";

// A browser behind a proxy.
constexpr absl::string_view kBrowser =
    "POST /api/sessions/room-1/connections HTTP/1.1\r\n"
    "Host: tokens.example.com\r\n"
    "Connection: keep-alive\r\n"
    "Content-Length: 20\r\n"
    "Accept: application/json, text/plain, */*\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9,es;q=0.8\r\n"
    "Content-Type: application/json\r\n"
    "Origin: https://app.example.com\r\n"
    "Referer: https://app.example.com/rooms/1\r\n"
    "Sec-Fetch-Dest: empty\r\n"
    "Sec-Fetch-Mode: cors\r\n"
    "Sec-Fetch-Site: same-site\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36\r\n"
    "X-Forwarded-For: 192.0.2.7\r\n"
    "X-Forwarded-Proto: https\r\n"
    "\r\n"
    "{\"role\":\"PUBLISHER\"}";

constexpr absl::string_view kChunked =
    "POST /api/sessions/room-1/connections HTTP/1.1\r\n"
    "Host: 127.0.0.1:5000\r\n"
    "Content-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n"
    "\r\n"
    "8\r\n{\"role\":\r\nc\r\n\"PUBLISHER\"}\r\n0\r\n\r\n";

// `piece` bytes at a time: 0 for all at once.
void BM_RequestReader(benchmark::State& state, absl::string_view bytes, size_t piece) {
  const RequestLimits limits;
  RequestReader reader(&limits);  // one for all, as on a kept-alive connection
  if (piece == 0) piece = bytes.size();
  for (auto _ : state) {
    RequestReader::Result result = RequestReader::Result::kNeedMore;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      result = reader.Feed(bytes.substr(at, piece));
    }
    if (result != RequestReader::Result::kRequest) state.SkipWithError("no request");
    benchmark::DoNotOptimize(reader.TakeRequest());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes.size()));
}
BENCHMARK_CAPTURE(BM_RequestReader, Short, kShort, 0);
BENCHMARK_CAPTURE(BM_RequestReader, Browser, kBrowser, 0);
BENCHMARK_CAPTURE(BM_RequestReader, Chunked, kChunked, 0);
BENCHMARK_CAPTURE(BM_RequestReader, BrowserInPiecesOf64, kBrowser, 64);

void BM_ReadProperties(benchmark::State& state, const char* content_type, const char* body) {
  httplib::Request request;
  request.set_header("Content-Type", content_type);
  request.body = body;
  for (auto _ : state) {
    v1::ConnectionProperties properties;
    if (!ReadProperties(request, properties).ok()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(properties);
  }
}
BENCHMARK_CAPTURE(BM_ReadProperties, EmptyJson, "application/json", "{}");
BENCHMARK_CAPTURE(BM_ReadProperties, Json, "application/json",
                  R"({"role":"PUBLISHER","data":"Ada","record":true})");
BENCHMARK_CAPTURE(BM_ReadProperties, Form, "application/x-www-form-urlencoded",
                  "role=PUBLISHER&data=Ada&record=true");

}  // namespace
}  // namespace openvidu::token
