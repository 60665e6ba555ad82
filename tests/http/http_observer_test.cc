#include "http/http_observer.h"

#include <gmock/gmock.h>

#include <latch>
#include <vector>

#include "tests/http/server_under_test.h"

namespace openvidu::token {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Keeps what it is told, of which the client has heard by the time that it looks: the server's
/// thread tells before it answers.
class RecordingObserver final : public HttpObserver {
 public:
  struct Told {
    ObservedRequest request;
    ObservedAnswer answer;
    std::string content_type;
  };

  void OnRequest(const httplib::Request& request, ObservedRequest& observed) override {
    observed.user_agent += request.get_header_value("Mark");
    const std::lock_guard<std::mutex> lock(mutex_);
    ++begun_;
  }

  void OnAnswer(const ObservedRequest& observed, const ObservedAnswer& answer) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    told_.push_back({observed, answer, ""});
    if (answer.headers != nullptr) {
      const auto type = answer.headers->find("Content-Type");
      if (type != answer.headers->end()) told_.back().content_type = type->second;
    }
    told_.back().answer.headers = nullptr;
    changed_.notify_all();
  }

  std::vector<Told> Await(size_t answers) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return told_.size() >= answers; });
    EXPECT_EQ(begun_, told_.size());
    return told_;
  }

  std::vector<int> statuses() {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<int> statuses;
    for (const Told& told : told_) statuses.push_back(told.answer.status);
    return statuses;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t begun_ = 0;
  std::vector<Told> told_;
};

class HttpObserverTest : public testing::Test {
 protected:
  void Start(const HttpServerOptions& options = OnAnyPort()) {
    server_ = std::make_unique<ServerUnderTest>(options,
                                                std::vector<HttpObserver*>{&observer_, &second_});
  }

  RecordingObserver observer_;
  RecordingObserver second_;
  std::unique_ptr<ServerUnderTest> server_;
};

TEST_F(HttpObserverTest, IsToldOfTheRequestAndItsAnswer) {
  Start();
  RawClient client = server_->Connect();
  const auto answer =
      client.Ask("POST /inline HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
  ASSERT_TRUE(answer.has_value());
  const std::vector<RecordingObserver::Told> told = observer_.Await(1);
  EXPECT_EQ(told[0].request.method, "POST");
  EXPECT_EQ(told[0].request.route, "inline");
  EXPECT_EQ(told[0].request.peer_address, "127.0.0.1");
  EXPECT_GT(told[0].request.peer_port, 0);
  EXPECT_FALSE(told[0].request.tls);
  EXPECT_EQ(told[0].request.body_bytes, 5);
  EXPECT_EQ(told[0].answer.status, 200);
  EXPECT_EQ(told[0].answer.body_bytes, answer->body.size());
  EXPECT_EQ(told[0].content_type, "text/plain");
  EXPECT_EQ(second_.Await(1)[0].request.route, "inline");
}

TEST_F(HttpObserverTest, AHandlerSeesWhatTheObserversLeft) {
  Start();
  RawClient client = server_->Connect();
  ASSERT_TRUE(client.Send("GET /later HTTP/1.1\r\nHost: h\r\nMark: 7\r\n\r\n"));
  HttpReply reply = server_->TakeLater();
  ASSERT_NE(reply.observed(), nullptr);
  EXPECT_EQ(reply.observed()->user_agent, "77");  // the second one adds to the first
  reply.Send({});
  ASSERT_TRUE(client.Read().has_value());
}

TEST_F(HttpObserverTest, WithoutObserversAHandlerSeesNothing) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send(Simple("/later")));
  HttpReply reply = server.TakeLater();
  EXPECT_EQ(reply.observed(), nullptr);
  reply.Send({});
  ASSERT_TRUE(client.Read().has_value());
}

TEST_F(HttpObserverTest, IsToldOfWhatTheFrontRefuses) {
  HttpServerOptions options = OnAnyPort();
  options.limits.max_body_bytes = 10;
  Start(options);
  const std::pair<int, std::string> refused[] = {
      {413, "POST /inline HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n"},
      {400, "GET /\x01 HTTP/1.1\r\n\r\n"},
      {431, "GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(100000, 'x')},
      {414, "GET /" + std::string(10000, 'a')},
      {505, "GET / HTTP/3.0\r\nHost: h\r\n\r\n"}};
  std::vector<int> expected;
  for (const auto& [status, bytes] : refused) {
    RawClient client = server_->Connect();
    const auto answer = client.Ask(bytes);
    ASSERT_TRUE(answer.has_value()) << status;
    expected.push_back(status);
    const auto told = observer_.Await(expected.size());
    EXPECT_EQ(told.back().answer.status, status);
    EXPECT_EQ(told.back().answer.body_bytes, answer->body.size());
    EXPECT_EQ(told.back().request.route, status == 413 ? "inline" : "other");
  }
}

TEST_F(HttpObserverTest, IsToldOfTooManyConnections) {
  HttpServerOptions options = OnAnyPort();
  options.max_connections = 1;
  Start(options);
  RawClient first = server_->Connect();
  ASSERT_TRUE(first.Ask(Simple("/inline")).has_value());
  RawClient second = server_->Connect();
  ASSERT_TRUE(second.Read().has_value());
  const auto told = observer_.Await(2);
  EXPECT_EQ(told[1].answer.status, 503);
  EXPECT_EQ(told[1].request.method, "");
}

TEST_F(HttpObserverTest, IsToldOfTooManyRequests) {
  HttpServerOptions options = OnAnyPort();
  options.max_pending_requests = 1;
  Start(options);
  RawClient first = server_->Connect();
  ASSERT_TRUE(first.Send(Simple("/later")));
  HttpReply reply = server_->TakeLater();
  RawClient second = server_->Connect();
  ASSERT_TRUE(second.Ask(Simple("/inline")).has_value());
  EXPECT_THAT(observer_.statuses(), ElementsAre(503));
  reply.Send({});
  ASSERT_TRUE(first.Read().has_value());
  EXPECT_THAT(observer_.statuses(), ElementsAre(503, 200));
}

TEST_F(HttpObserverTest, IsToldOnceOfAClientThatGoes) {
  Start();
  RawClient client = server_->Connect();
  ASSERT_TRUE(client.Send(Simple("/later")));
  HttpReply reply = server_->TakeLater();
  client.Reset();
  const auto told = observer_.Await(1);
  EXPECT_EQ(told[0].answer.status, 0);
  EXPECT_EQ(told[0].request.method, "GET");
  reply.Send({});  // to nobody
  ASSERT_TRUE(server_->Connect().Ask(Simple("/inline")).has_value());
  EXPECT_THAT(observer_.statuses(), ElementsAre(0, 200));
}

TEST_F(HttpObserverTest, AConnectionThatAsksNothingIsNoRequest) {
  Start();
  {
    RawClient client = server_->Connect();
    ASSERT_TRUE(client.connected());
  }
  server_->server().Stop(absl::ZeroDuration());
  EXPECT_THAT(observer_.statuses(), IsEmpty());
}

TEST_F(HttpObserverTest, AHandlerThatGivesNoAnswerIs500) {
  Start();
  RawClient client = server_->Connect();
  ASSERT_TRUE(client.Ask(Simple("/throw")).has_value());
  EXPECT_THAT(observer_.statuses(), ElementsAre(500));
}

TEST_F(HttpObserverTest, CountsTheBytesThatFollowTheHead) {
  Start();
  RawClient client = server_->Connect();
  ASSERT_TRUE(client.Send(Simple("/inline", "HEAD")));
  ASSERT_TRUE(client.Read(/*to_head=*/true).has_value());
  EXPECT_EQ(observer_.Await(1)[0].answer.body_bytes, 0);
}

TEST_F(HttpObserverTest, IsToldOfEachOfSeveralRequestsAtOnce) {
  Start();
  RawClient client = server_->Connect();
  ASSERT_TRUE(client.Send(Simple("/inline") + Simple("/b") + Simple("/inline")));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.Read().has_value());
  const auto told = observer_.Await(3);
  EXPECT_EQ(told[1].request.route, "other");
  for (const auto& each : told) EXPECT_GE(each.answer.took.count(), 0);
  EXPECT_GE(told[1].request.began, told[0].request.began);
}

}  // namespace
}  // namespace openvidu::token
