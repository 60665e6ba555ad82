#include "gateway/gateway_metrics.h"

#include <gmock/gmock.h>

#include "tests/telemetry/sample.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kName[] = "http_server_request_duration_seconds";

class GatewayMetricsTest : public testing::Test {
 protected:
  void Tell(const std::string& method, absl::string_view route, int status,
            std::chrono::milliseconds took = std::chrono::milliseconds(3)) {
    observer_.OnAnswer({.route = route, .method = method}, {.status = status, .took = took});
  }

  double Count(const std::string& method, const std::string& route, const std::string& status,
               const std::string& suffix = "_count", const std::string& label = "") {
    return Sample(metrics_.Text(), absl::StrCat(kName, suffix, "{http_request_method=\"", method,
                                                "\",http_response_status_code=\"", status,
                                                "\",http_route=\"", route, "\"", label, "}"));
  }

  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  Metrics metrics_{*reactor_};
  GatewayMetrics observer_{metrics_};
};

TEST_F(GatewayMetricsTest, CountsByRouteMethodAndStatus) {
  Tell("POST", "/api/sessions", 200);
  Tell("POST", "/api/sessions", 200, std::chrono::milliseconds(30));
  Tell("POST", "/api/sessions", 400);
  Tell("GET", "other", 404);
  EXPECT_EQ(Count("POST", "/api/sessions", "200"), 2);
  EXPECT_DOUBLE_EQ(Count("POST", "/api/sessions", "200", "_sum"), 0.033);
  EXPECT_EQ(Count("POST", "/api/sessions", "200", "_bucket", ",le=\"0.005\""), 1);
  EXPECT_EQ(Count("POST", "/api/sessions", "200", "_bucket", ",le=\"0.05\""), 2);
  EXPECT_EQ(Count("POST", "/api/sessions", "400"), 1);
  EXPECT_EQ(Count("GET", "other", "404"), 1);
}

TEST_F(GatewayMetricsTest, AClientThatWentIs499) {
  Tell("GET", "/readyz", 0);
  EXPECT_EQ(Count("GET", "/readyz", "499"), 1);
}

TEST_F(GatewayMetricsTest, ACallersTextIsNoLabel) {
  for (const std::string method : {"X-EVIL", "get", "", "PROPFIND"}) Tell(method, "other", 405);
  EXPECT_EQ(Count("_OTHER", "other", "405"), 4);
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("EVIL")));
}

}  // namespace
}  // namespace openvidu::token
