#include "client/token_client.h"

#include <gmock/gmock.h>

#include "common/status_details.h"
#include "tests/support/certificate.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

TEST(TokenClientTest, NamesEveryMistake) {
  EXPECT_THAT(
      TokenClient::Create({.server_address = "", .ca_file = "x", .timeout = absl::ZeroDuration()}),
      StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("server address"), HasSubstr("timeout"),
                                             HasSubstr("TLS to the server is off"))));
  EXPECT_THAT(TokenClient::Create({.tls = true, .ca_file = "/nonexistent.pem"}),
              StatusIs(Code::kInvalidArgument, HasSubstr("'/nonexistent.pem'")));
}

TEST(TokenClientTest, NamesEveryMistakeOfAClientCertificate) {
  const Certificate one("localhost");
  const Certificate other("localhost");
  EXPECT_THAT(
      TokenClient::Create({.cert_file = one.cert_file(), .key_file = one.key_file()}),
      StatusIs(Code::kInvalidArgument, HasSubstr("certificate is given, but TLS to the server")));
  EXPECT_THAT(TokenClient::Create({.tls = true, .cert_file = one.cert_file()}),
              StatusIs(Code::kInvalidArgument, HasSubstr("need each other")));
  EXPECT_THAT(TokenClient::Create(
                  {.tls = true, .cert_file = one.cert_file(), .key_file = other.key_file()}),
              StatusIs(Code::kInvalidArgument,
                       AllOf(HasSubstr("client certificate"), HasSubstr("is not that of"))));
  EXPECT_THAT(TokenClient::Create({.tls = true,
                                   .ca_file = one.cert_file(),
                                   .cert_file = one.cert_file(),
                                   .key_file = one.key_file()}),
              IsOk());
}

TEST(TokenClientTest, TakesEveryFormOfATargetAndNothingElse) {
  for (const char* address :
       {"localhost:1", "[::1]:1", "dns:///server:1", "unix:/run/s", "ipv4:127.0.0.1:1"}) {
    EXPECT_THAT(TokenClient::Create({.server_address = address}), IsOk()) << address;
  }
  for (const char* address : {"localhost", ":1", "localhost:0", "http://localhost:1", "unix:"}) {
    EXPECT_THAT(TokenClient::Create({.server_address = address}),
                StatusIs(Code::kInvalidArgument, HasSubstr("server address")))
        << address;
  }
}

TEST(TokenClientTest, AServerThatIsNotThereIsUnavailableAndNotAHang) {
  const auto client = TokenClient::Create({.server_address = "127.0.0.1:1"});
  ASSERT_THAT(client, IsOk());
  const auto session = (*client)->InitializeSession({});
  EXPECT_THAT(session, StatusIs(Code::kUnavailable));
  EXPECT_EQ(ReasonOf(session.status()), kTokenServerUnavailable);
  EXPECT_THAT((*client)->CreateConnection("room-1", {}), StatusIs(Code::kUnavailable));
  EXPECT_THAT((*client)->CheckHealth(absl::Seconds(60)), StatusIs(Code::kUnavailable));
}

TEST(TokenClientTest, ADeadlineThatHasPassedSendsNothing) {
  const auto client = TokenClient::Create({.server_address = "127.0.0.1:1"});
  ASSERT_THAT(client, IsOk());
  EXPECT_THAT((*client)->InitializeSession({}, {.deadline = absl::UnixEpoch()}),
              StatusIs(Code::kDeadlineExceeded));
}

}  // namespace
}  // namespace openvidu::token
