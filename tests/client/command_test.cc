#include "client/command.h"

#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "absl/flags/reflection.h"
#include "common/flags.h"
#include "common/status_details.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

using Flags = std::map<std::string, std::string>;

/// Sets flags as a command line does, and takes them back.
absl::StatusOr<Command> Make(const std::vector<std::string>& arguments, const Flags& flags = {}) {
  const absl::FlagSaver saver;
  for (const auto& [name, value] : flags) {
    std::string error;
    EXPECT_TRUE(absl::FindCommandLineFlag(name)->ParseFrom(value, &error)) << error;
  }
  return MakeCommand(arguments);
}

TEST(CommandTest, FlagsComeOnTopOfTheProperties) {
  const auto session =
      Make({"init-session"}, {{"custom_session_id", "room-1"},
                              {"properties", R"({"customSessionId":"x","mediaMode":"ROUTED"})"}});
  ASSERT_THAT(session, IsOk());
  EXPECT_EQ(session->session.custom_session_id(), "room-1");
  EXPECT_EQ(session->session.media_mode(), v1::MEDIA_MODE_ROUTED);

  const auto connection = Make(
      {"create-connection", "room-1"},
      {{"role", "subscriber"}, {"data", "Ada"}, {"properties", R"({"future":1})"}, {"json", "1"}});
  ASSERT_THAT(connection, IsOk());
  EXPECT_EQ(connection->session_id, "room-1");
  EXPECT_EQ(connection->connection.role(), v1::ROLE_SUBSCRIBER);
  EXPECT_EQ(connection->connection.data(), "Ada");
  EXPECT_EQ(connection->connection.additional_properties().at("future"), "1");
  EXPECT_TRUE(connection->json);
}

TEST(CommandTest, JoinHasPropertiesOfBothKinds) {
  const auto join = Make({"join", "room-1"}, {{"role", "moderator"},
                                              {"properties", R"({"record":false})"},
                                              {"session_properties", R"({"mediaMode":"ROUTED"})"},
                                              {"request_id", "r-1"}});
  ASSERT_THAT(join, IsOk());
  EXPECT_EQ(join->kind, Command::Kind::kJoin);
  EXPECT_EQ(join->session_id, "room-1");
  EXPECT_EQ(join->session.media_mode(), v1::MEDIA_MODE_ROUTED);
  EXPECT_EQ(join->connection.role(), v1::ROLE_MODERATOR);
  EXPECT_FALSE(join->connection.record());
  EXPECT_EQ(join->request_id, "r-1");
}

TEST(CommandTest, NamesEveryMistake) {
  const struct {
    std::vector<std::string> arguments;
    Flags flags;
    std::vector<std::string> mistakes;
  } rows[] = {{{}, {}, {"no command"}},
              {{"leave"}, {}, {"unknown command 'leave'"}},
              {{"join"},
               {{"session_properties", "5"}},
               {"join needs a session id", "--session_properties"}},
              {{"init-session"},
               {{"session_properties", "{}"}, {"request_id", "r"}},
               {"--session_properties belongs to join", "--request_id belongs"}},
              {{"init-session", "room-1"}, {}, {"unexpected argument 'room-1'"}},
              {{"init-session"}, {{"role", "PUBLISHER"}}, {"belong to create-connection"}},
              {{"create-connection"}, {}, {"needs a session id"}},
              {{"create-connection", "a", "b"}, {}, {"unexpected argument 'b'"}},
              {{"create-connection", "a"},
               {{"custom_session_id", "b"}, {"role", "KING"}, {"properties", "["}},
               {"belongs to init-session", "'KING'", "--properties"}},
              {{"create-connection", "a"}, {{"role", "UNSPECIFIED"}}, {"'UNSPECIFIED'"}}};
  for (const auto& row : rows) {
    for (const std::string& mistake : row.mistakes) {
      EXPECT_THAT(Make(row.arguments, row.flags),
                  StatusIs(Code::kInvalidArgument, HasSubstr(mistake)));
    }
  }
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

Outcome RunWith(const Command& command, const absl::Status& status,
                v1::Connection connection = {}) {
  EndedService service(status, std::move(connection));
  TokenClient client(service, nullptr, absl::Seconds(60));
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunCommand(command, client, out, err);
  return {code, out.str(), err.str()};
}

TEST(CommandTest, PrintsTheIdOrTheTokenAndNothingElse) {
  Command command;
  command.session.set_custom_session_id("room-1");
  Outcome outcome = RunWith(command, absl::OkStatus());
  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(outcome.out, "room-1\n");
  EXPECT_EQ(outcome.err, "");

  command.kind = Command::Kind::kCreateConnection;
  v1::Connection connection;
  connection.set_connection_id("con_A");
  connection.set_token("wss://host?token=tok_A");
  outcome = RunWith(command, absl::OkStatus(), connection);
  EXPECT_EQ(outcome.out, "wss://host?token=tok_A\n");
  command.json = true;
  EXPECT_THAT(RunWith(command, absl::OkStatus(), connection).out,
              AllOf(HasSubstr(R"("connectionId": "con_A")"), HasSubstr(R"("token": "wss:)")));
  command.kind = Command::Kind::kJoin;
  EXPECT_THAT(RunWith(command, absl::OkStatus(), connection).out,
              AllOf(HasSubstr(R"("created": true)"), HasSubstr(R"("token": "wss:)")));
  command.json = false;
  EXPECT_EQ(RunWith(command, absl::OkStatus(), connection).out, "wss://host?token=tok_A\n");
  command.kind = Command::Kind::kCreateConnection;
  connection.clear_token();
  outcome = RunWith(command, absl::OkStatus(), connection);
  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("con_A is a camera"));
}

TEST(CommandTest, TheExitCodeTellsTheKindOfAnError) {
  const std::pair<Code, int> rows[] = {{Code::kNotFound, kExitNotFound},
                                       {Code::kInvalidArgument, kExitRejected},
                                       {Code::kUnavailable, kExitUnavailable},
                                       {Code::kDeadlineExceeded, kExitUnavailable},
                                       {Code::kInternal, kExitFailure}};
  for (const auto& [status, code] : rows) {
    for (const auto kind : {Command::Kind::kInitializeSession, Command::Kind::kCreateConnection,
                            Command::Kind::kJoin}) {
      Command command;
      command.kind = kind;
      const Outcome outcome = RunWith(command, absl::Status(status, "why"));
      EXPECT_EQ(outcome.code, code);
      EXPECT_EQ(outcome.out, "");
      EXPECT_THAT(outcome.err, HasSubstr("why ("));
    }
  }
}

}  // namespace
}  // namespace openvidu::token
