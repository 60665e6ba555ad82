#include "gateway/http_status.h"

#include <gmock/gmock.h>

namespace openvidu::token {
namespace {

TEST(HttpStatusTest, IsTheTableOfGoogleRpcCode) {
  // By number: OK to UNAUTHENTICATED.
  constexpr int kHttp[] = {200, 499, 500, 400, 504, 404, 409, 403, 429,
                           400, 409, 400, 501, 500, 503, 500, 401};
  for (int code = 0; code <= 16; ++code) {
    EXPECT_EQ(HttpFromStatusCode(static_cast<absl::StatusCode>(code)), kHttp[code]) << code;
  }
  EXPECT_EQ(HttpFromStatusCode(static_cast<absl::StatusCode>(99)), 500);
}

}  // namespace
}  // namespace openvidu::token
