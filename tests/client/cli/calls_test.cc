#include "client/cli/calls.h"

#include <gmock/gmock.h>

#include <sstream>

#include "absl/flags/reflection.h"
#include "client/cli/report.h"
#include "common/flags.h"
#include "common/status_details.h"
#include "proto/async_token_service.h"
#include "tests/client/cli/words.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Code = absl::StatusCode;
using Kind = CommandSpec::Kind;

absl::StatusOr<Call> Make(std::vector<std::string> words) {
  const absl::FlagSaver saver;
  const absl::StatusOr<CommandLine> line = ReadWords(std::move(words));
  if (!line.ok()) return line.status();
  return MakeCall(*line);
}

TEST(CallsTest, FlagsComeOnTopOfTheProperties) {
  const auto session = Make({"init-session", "--custom_session_id=room-1",
                             R"(--properties={"customSessionId":"x","mediaMode":"ROUTED"})"});
  ASSERT_THAT(session, IsOk());
  EXPECT_EQ(session->session.custom_session_id(), "room-1");
  EXPECT_EQ(session->session.media_mode(), v1::MEDIA_MODE_ROUTED);

  const auto connection = Make({"create-connection", "room-1", "--role=subscriber", "--data=Ada",
                                R"(--properties={"future":1})"});
  ASSERT_THAT(connection, IsOk());
  EXPECT_EQ(connection->session_id, "room-1");
  EXPECT_EQ(connection->connection.role(), v1::ROLE_SUBSCRIBER);
  EXPECT_EQ(connection->connection.data(), "Ada");
  EXPECT_EQ(connection->connection.additional_properties().at("future"), "1");
}

TEST(CallsTest, JoinHasPropertiesOfBothKinds) {
  const auto join = Make({"join", "room-1", "--role=moderator", R"(--properties={"record":false})",
                          R"(--session_properties={"mediaMode":"ROUTED"})", "--request_id=r-1"});
  ASSERT_THAT(join, IsOk());
  EXPECT_EQ(join->kind, Kind::kJoin);
  EXPECT_EQ(join->session_id, "room-1");
  EXPECT_EQ(join->session.media_mode(), v1::MEDIA_MODE_ROUTED);
  EXPECT_EQ(join->connection.role(), v1::ROLE_MODERATOR);
  EXPECT_FALSE(join->connection.record());
  EXPECT_EQ(join->request_id, "r-1");
}

TEST(CallsTest, NamesEveryFlagThatIsNoJson) {
  EXPECT_THAT(Make({"join", "room-1", "--properties=[", "--session_properties=5"}),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("flag --properties: "),
                                                     HasSubstr("flag --session_properties: "))));
}

/// A service whose calls end at once, with what the test says.
class EndedService final : public AsyncTokenService {
 public:
  explicit EndedService(absl::Status status, v1::Connection connection = {})
      : status_(std::move(status)), connection_(std::move(connection)) {}

  void InitializeSession(const CallContext&, const v1::InitializeSessionRequest& request,
                         v1::InitializeSessionResponse& response, Done done) override {
    response.mutable_session()->set_session_id(request.properties().custom_session_id());
    done(status_);
  }
  void CreateConnection(const CallContext&, const v1::CreateConnectionRequest&,
                        v1::CreateConnectionResponse& response, Done done) override {
    *response.mutable_connection() = connection_;
    done(status_);
  }
  void JoinSession(const CallContext&, const v1::JoinSessionRequest& request,
                   v1::JoinSessionResponse& response, Done done) override {
    response.set_session_id(request.custom_session_id());
    *response.mutable_connection() = connection_;
    response.set_created(true);
    done(status_);
  }

 private:
  const absl::Status status_;
  const v1::Connection connection_;
};

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

Outcome RunWith(const Call& call, OutputFormat format, const absl::Status& status,
                v1::Connection connection = {}) {
  EndedService service(status, std::move(connection));
  TokenClient client(service, nullptr, absl::Seconds(60));
  std::ostringstream out;
  std::ostringstream err;
  Console console{.out = out, .err = err, .format = format};
  const int code = RunCall(call, client, console);
  return {code, out.str(), err.str()};
}

TEST(CallsTest, TextIsTheIdOrTheTokenAndNothingElse) {
  Call call;
  call.session.set_custom_session_id("room-1");
  const Outcome session = RunWith(call, OutputFormat::kText, absl::OkStatus());
  EXPECT_EQ(session.code, kExitOk);
  EXPECT_EQ(session.out, "room-1\n");
  EXPECT_EQ(session.err, "");

  v1::Connection connection;
  connection.set_connection_id("con_A");
  connection.set_token("wss://host?token=tok_A");
  for (const Kind kind : {Kind::kCreateConnection, Kind::kJoin}) {
    call.kind = kind;
    EXPECT_EQ(RunWith(call, OutputFormat::kText, absl::OkStatus(), connection).out,
              "wss://host?token=tok_A\n");
  }
  connection.clear_token();
  const Outcome camera = RunWith(call, OutputFormat::kText, absl::OkStatus(), connection);
  EXPECT_EQ(camera.code, kExitOk);
  EXPECT_EQ(camera.out, "");
  EXPECT_THAT(camera.err, HasSubstr("con_A is a camera"));
}

TEST(CallsTest, OtherFormsSayAllThatIsKnown) {
  v1::Connection connection;
  connection.set_connection_id("con_A");
  connection.set_token("wss://host?token=tok_A");
  connection.set_role(v1::ROLE_SUBSCRIBER);
  Call call{.kind = Kind::kCreateConnection};
  EXPECT_THAT(RunWith(call, OutputFormat::kJson, absl::OkStatus(), connection).out,
              AllOf(HasSubstr(R"("connectionId": "con_A")"), HasSubstr(R"("token": "wss:)")));
  call.kind = Kind::kJoin;
  EXPECT_THAT(RunWith(call, OutputFormat::kJson, absl::OkStatus(), connection).out,
              AllOf(HasSubstr(R"("created": true)"), HasSubstr(R"("token": "wss:)")));
  EXPECT_THAT(RunWith(call, OutputFormat::kYaml, absl::OkStatus(), connection).out,
              HasSubstr("  connectionId: con_A\n"));
  EXPECT_THAT(RunWith(call, OutputFormat::kTable, absl::OkStatus(), connection).out,
              HasSubstr("connection.role          ROLE_SUBSCRIBER\n"));
}

TEST(CallsTest, TheExitCodeTellsTheKindOfAnError) {
  const std::pair<Code, int> rows[] = {
      {Code::kNotFound, kExitNotFound},          {Code::kInvalidArgument, kExitRejected},
      {Code::kUnavailable, kExitUnavailable},    {Code::kDeadlineExceeded, kExitUnavailable},
      {Code::kUnauthenticated, kExitNotAllowed}, {Code::kPermissionDenied, kExitNotAllowed},
      {Code::kResourceExhausted, kExitBusy},     {Code::kInternal, kExitFailure}};
  for (const auto& [status, code] : rows) {
    for (const Kind kind : {Kind::kInitSession, Kind::kCreateConnection, Kind::kJoin}) {
      const Outcome outcome =
          RunWith({.kind = kind}, OutputFormat::kText, absl::Status(status, "why"));
      EXPECT_EQ(outcome.code, code);
      EXPECT_EQ(outcome.out, "");
      EXPECT_THAT(outcome.err, HasSubstr("why ("));
    }
  }
}

TEST(CallsTest, AnErrorSaysWhatToDo) {
  const auto advice = [](Code code, absl::string_view reason) {
    return RunWith({}, OutputFormat::kText, WithReason(absl::Status(code, "why"), reason)).err;
  };
  EXPECT_THAT(
      advice(Code::kUnavailable, "TOKEN_SERVER_UNAVAILABLE"),
      AllOf(HasSubstr("(UNAVAILABLE, TOKEN_SERVER_UNAVAILABLE)\n"), HasSubstr("token-cli doctor")));
  EXPECT_THAT(advice(Code::kDeadlineExceeded, "TOKEN_SERVER_UNAVAILABLE"), HasSubstr("--timeout"));
  EXPECT_THAT(advice(Code::kNotFound, "SESSION_NOT_FOUND"), HasSubstr("token-cli join"));
  EXPECT_THAT(advice(Code::kUnauthenticated, "CREDENTIALS_MISSING"), HasSubstr("--token_file"));
  EXPECT_THAT(advice(Code::kUnauthenticated, "TOKEN_SIGNATURE"), HasSubstr("its issuer"));
  EXPECT_THAT(advice(Code::kInternal, "OPENVIDU_SECRET_REFUSED"), HasSubstr("OPENVIDU_SECRET"));
  EXPECT_THAT(AdviceFor(WithRetryAfter(absl::ResourceExhaustedError("much"), absl::Seconds(3))),
              HasSubstr("wait for 3s"));
}

TEST(CallsTest, AnErrorCommandsNoTerminal) {
  const Outcome outcome = RunWith({}, OutputFormat::kText, absl::InternalError("a\033[2Jb\nc"));
  EXPECT_THAT(outcome.err, HasSubstr(R"(a\x1b[2Jb\x0ac ()"));
}

}  // namespace
}  // namespace openvidu::token
