#include "telemetry/metrics_server.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include <latch>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class MetricsServerTest : public testing::Test {
 protected:
  void Start() {
    auto server = MetricsServer::Start("127.0.0.1:0", metrics_, *reactor_);
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  httplib::Response Send(const std::string& method, const std::string& path) {
    httplib::Client client("127.0.0.1", server_->port());
    httplib::Request request;
    request.method = method;
    request.path = path;
    const httplib::Result result = client.send(request);
    EXPECT_TRUE(result) << method << " " << path;
    return result ? *result : httplib::Response();
  }

  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  Metrics metrics_{*reactor_};
  std::unique_ptr<MetricsServer> server_;
};

TEST_F(MetricsServerTest, AnswersAtMetrics) {
  Start();
  const httplib::Response response = Send("GET", "/metrics?x=y");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.body, StartsWith("# HELP "));
  EXPECT_EQ(response.body.back(), '\n');

  const httplib::Response head = Send("HEAD", "/metrics");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
}

TEST_F(MetricsServerTest, AnswersNothingElse) {
  Start();
  for (const char* const path : {"/", "/metrics/", "/metrics2", "/a/metrics", "/api/sessions"}) {
    EXPECT_EQ(Send("GET", path).status, 404) << path;
  }
  for (const char* const method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    const httplib::Response response = Send(method, "/metrics");
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.get_header_value("Allow"), "GET, HEAD");
  }
}

TEST_F(MetricsServerTest, FinishesAnAnswerAsItEnds) {
  std::latch asked{1};
  std::latch ends{1};
  metrics_.AddSource([&](Readings&) {
    asked.count_down();
    ends.wait();
  });
  Start();
  int status = 0;
  std::thread scrape([&] { status = Send("GET", "/metrics").status; });
  asked.wait();
  std::thread end([&] { server_ = nullptr; });
  ends.count_down();
  end.join();
  scrape.join();
  EXPECT_EQ(status, 200);
}

TEST_F(MetricsServerTest, WithoutAnAddressThereIsNone) {
  const auto server = MetricsServer::Start("", metrics_, *reactor_);
  ASSERT_THAT(server, IsOk());
  EXPECT_EQ(*server, nullptr);
}

TEST_F(MetricsServerTest, AMistakenAddressIsNamed) {
  const absl::Status status = MetricsServer::Check("9464");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(status.message(), HasSubstr("metrics_address"));
  Start();
  EXPECT_THAT(
      MetricsServer::Start(absl::StrCat("127.0.0.1:", server_->port()), metrics_, *reactor_),
      StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace openvidu::token
