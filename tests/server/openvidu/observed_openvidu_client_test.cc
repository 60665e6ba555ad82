#include "server/openvidu/observed_openvidu_client.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "common/status_details.h"
#include "net/reactor.h"
#include "server/openvidu/openvidu_options.h"
#include "tests/support/mock_openvidu_client.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::Field;

/// Signs the context, and keeps what it is told as one line.
class RecordingObserver final : public UpstreamObserver {
 public:
  void OnStart(const UpstreamAttempt&, CallContext& context) override { context.subject += "x"; }

  void OnEnd(const UpstreamAttempt& attempt, const CallContext& context, const absl::Status& status,
             std::chrono::steady_clock::duration took) override {
    EXPECT_GE(took.count(), 0);
    lines_.push_back(absl::StrCat(NameOf(attempt.operation), " ", attempt.deployment, " ",
                                  context.subject, " ", absl::StatusCodeToString(status.code()),
                                  " ", ReasonOf(status)));
  }

  std::vector<std::string> lines_;
};

TEST(ObservedOpenViduClientTest, TellsOfEachAttempt) {
  RecordingObserver observer;
  auto inner = std::make_unique<testing::StrictMock<MockOpenViduClient>>();
  EXPECT_CALL(*inner, CreateSession(Field(&CallContext::subject, "joex"), _, _))
      .WillOnce(
          Answer<v1::Session>(WithReason(absl::UnavailableError("lost"), "UPSTREAM_ANSWER_LOST")));
  EXPECT_CALL(*inner,
              CreateConnection(Field(&CallContext::subject, "joex"), testing::Eq("room"), _, _))
      .WillOnce(Answer<v1::Connection>(v1::Connection()));
  EXPECT_CALL(*inner, Shutdown());
  ObservedOpenViduClient client(std::move(inner), 3, {&observer});

  CallContext context;
  context.subject = "joe";
  client.CreateSession(context, {}, [](const absl::StatusOr<v1::Session>& session) {
    EXPECT_THAT(session, StatusIs(absl::StatusCode::kUnavailable));
  });
  client.CreateConnection(context, "room", {}, [](const absl::StatusOr<v1::Connection>& made) {
    EXPECT_THAT(made, IsOk());
  });
  client.Shutdown();
  EXPECT_THAT(observer.lines_, ElementsAre("CreateSession 3 joex UNAVAILABLE UPSTREAM_ANSWER_LOST",
                                           "CreateConnection 3 joex OK "));
}

TEST(ObservedOpenViduClientTest, IsWithinTheClientThatTheOptionsDescribe) {
  RecordingObserver observer;
  const auto reactor = *Reactor::Start("test");
  OpenViduOptions options;
  options.secret = "MY_SECRET";
  options.urls = {"http://LOCALHOST:1/a/", "http://127.0.0.1:1"};
  EXPECT_THAT(options.deployment_names(),
              ElementsAre("http://localhost:1/a", "http://127.0.0.1:1"));
  const auto client = MakeOpenViduClient(options, *reactor, {&observer});
  ASSERT_THAT(client, IsOk());
  (*client)->Shutdown();
  const v1::ConnectionProperties properties;  // borrowed until the end
  (*client)->CreateConnection({}, "room", properties,
                              [](const absl::StatusOr<v1::Connection>& made) {
                                EXPECT_THAT(made, StatusIs(absl::StatusCode::kUnavailable));
                              });
  // Each deployment was asked, for none was reached.
  reactor->RunAndWait([&] {
    EXPECT_THAT(observer.lines_, testing::UnorderedElementsAre(
                                     "CreateConnection 0 x UNAVAILABLE UPSTREAM_UNREACHABLE",
                                     "CreateConnection 1 x UNAVAILABLE UPSTREAM_UNREACHABLE"));
  });
}

}  // namespace
}  // namespace openvidu::token
