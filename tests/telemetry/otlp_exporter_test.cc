#include "telemetry/otlp_exporter.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Span Named(const std::string& name) {
  return {.context = {.trace_low = 1, .span = 1, .sampled = true},
          .kind = Span::Kind::kServer,
          .name = name};
}

/// The names of the spans of a request.
std::vector<std::string> NamesIn(const std::string& request) {
  std::vector<std::string> names;
  const auto json = nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4));
  for (const auto& span : json["resourceSpans"][0]["scopeSpans"][0]["spans"]) {
    names.push_back(span["name"]);
  }
  return names;
}

class OtlpExporterTest : public testing::Test {
 protected:
  /// An exporter to a collector that runs `script`, and sends only what fills a batch.
  void Start(ScriptedUpstream::Script script) {
    collector_ = std::make_unique<ScriptedUpstream>(std::move(script));
    options_.endpoint = collector_->url();
    auto made = OtlpExporter::Create(*reactor_, options_);
    ASSERT_THAT(made, IsOk());
    exporter_ = *std::move(made);
  }

  void AwaitRequests(size_t count) const {
    while (collector_->requests().size() < count) std::this_thread::yield();
  }

  static ScriptedUpstream::Script AnswerAll(const std::string& bytes) {
    return [bytes](ScriptedUpstream::Peer& peer) {
      while (peer.ReadRequest()) peer.Send(bytes);
    };
  }

  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  OtlpExporterOptions options_{.delay = absl::Hours(1)};
  std::unique_ptr<ScriptedUpstream> collector_;
  std::unique_ptr<OtlpExporter> exporter_;
};

TEST_F(OtlpExporterTest, SendsWhatFillsABatchAtOnceAndTheRestAtTheEnd) {
  options_.max_batch = 3;
  options_.headers = "Api-Key: k\r\n";
  Start(AnswerAll(HttpAnswerText(200, "{}")));
  for (int i = 0; i < 4; ++i) exporter_->Add(Named(absl::StrCat("span ", i)));
  AwaitRequests(1);
  exporter_ = nullptr;
  const std::vector<std::string> requests = collector_->requests();
  ASSERT_GE(requests.size(), 2);
  EXPECT_THAT(requests[0], AllOf(StartsWith("POST /v1/traces HTTP/1.1\r\n"),
                                 HasSubstr("\r\nContent-Type: application/json\r\n"),
                                 HasSubstr("\r\nApi-Key: k\r\n")));
  std::vector<std::string> names;
  for (const std::string& request : requests) {
    for (const std::string& name : NamesIn(request)) names.push_back(name);
  }
  EXPECT_THAT(names, testing::ElementsAre("span 0", "span 1", "span 2", "span 3"));
  EXPECT_EQ(collector_->connections(), 1);
}

TEST_F(OtlpExporterTest, SendsWhatHasWaitedForItsTime) {
  options_.delay = absl::Milliseconds(1);
  Start(AnswerAll(HttpAnswerText(200, "")));
  exporter_->Add(Named("a"));
  AwaitRequests(1);
  exporter_->Add(Named("b"));
  AwaitRequests(2);
  EXPECT_THAT(NamesIn(collector_->requests()[1]), testing::ElementsAre("b"));
  EXPECT_EQ(exporter_->dropped(), 0);
}

TEST_F(OtlpExporterTest, SendsAgainWhatACollectorCannotTakeNow) {
  options_.max_batch = 1;
  options_.first_retry = absl::Milliseconds(1);
  std::atomic<int> asked = 0;
  Start([&asked](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) {
      if (++asked == 2) return;  // no answer
      peer.Send(HttpAnswerText(asked == 1 ? 503 : 200, ""));
    }
  });
  exporter_->Add(Named("a"));
  AwaitRequests(3);
  for (const std::string& request : collector_->requests()) {
    EXPECT_THAT(NamesIn(request), testing::ElementsAre("a"));
  }
  exporter_->Add(Named("b"));
  AwaitRequests(4);
  EXPECT_EQ(exporter_->dropped(), 0);
}

TEST_F(OtlpExporterTest, CountsWhatACollectorRefuses) {
  options_.max_batch = 2;
  std::atomic<int> asked = 0;
  Start([&asked](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) {
      peer.Send(++asked == 1 ? HttpAnswerText(400, "")
                             : HttpAnswerText(200, R"({"partialSuccess":{"rejectedSpans":"1"}})"));
    }
  });
  for (const char* const name : {"a", "b"}) exporter_->Add(Named(name));
  while (exporter_->dropped() != 2) std::this_thread::yield();
  for (const char* const name : {"c", "d"}) exporter_->Add(Named(name));
  while (exporter_->dropped() != 3) std::this_thread::yield();
  EXPECT_EQ(collector_->requests().size(), 2);
}

TEST_F(OtlpExporterTest, ACollectorThatHangsHoldsNobodyUp) {
  options_.max_batch = 10;
  options_.max_waiting = 20;
  options_.end_timeout = absl::ZeroDuration();
  Start([](ScriptedUpstream::Peer& peer) {
    peer.ReadRequest();
    while (!peer.Stopping()) poll(nullptr, 0, 1);
  });
  for (int i = 0; i < 10; ++i) exporter_->Add(Named("a"));
  AwaitRequests(1);
  for (int i = 0; i < 100; ++i) exporter_->Add(Named("b"));
  EXPECT_EQ(exporter_->dropped(), 80);
  exporter_ = nullptr;
}

TEST_F(OtlpExporterTest, ACollectorThatIsAwayHoldsNobodyUp) {
  options_.endpoint = "http://127.0.0.1:1";
  options_.max_batch = 1;
  options_.max_waiting = 5;
  options_.first_retry = absl::Milliseconds(1);
  auto made = OtlpExporter::Create(*reactor_, options_);
  ASSERT_THAT(made, IsOk());
  while ((*made)->dropped() < 100) (*made)->Add(Named("a"));
}

TEST_F(OtlpExporterTest, EndsWithNothingToSend) {
  Start(AnswerAll(HttpAnswerText(200, "")));
  exporter_ = nullptr;
  EXPECT_EQ(collector_->connections(), 0);
}

TEST_F(OtlpExporterTest, ManyThreadsMayAdd) {
  options_.max_batch = 7;
  options_.max_waiting = 10'000;
  options_.end_timeout = absl::Minutes(1);
  Start(AnswerAll(HttpAnswerText(200, "")));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 250; ++i) exporter_->Add(Named(absl::StrCat(t, ":", i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  exporter_ = nullptr;
  std::set<std::string> names;
  for (const std::string& request : collector_->requests()) {
    const std::vector<std::string> in_it = NamesIn(request);
    EXPECT_LE(in_it.size(), 7);
    names.insert(in_it.begin(), in_it.end());
  }
  EXPECT_EQ(names.size(), 1000);
}

TEST(OtlpExporterOptionsTest, NamesEveryMistake) {
  EXPECT_THAT(CheckOtlpExporterOptions({.endpoint = "collector:4317", .ca_file = "/nonexistent"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("otlp_endpoint"), HasSubstr("otlp_ca_file"))));
  EXPECT_THAT(CheckOtlpExporterOptions({.endpoint = "https://collector.example.com:4318/otlp/"}),
              IsOk());
}

}  // namespace
}  // namespace openvidu::token
