#include "client/command.h"

#include <google/protobuf/util/json_util.h>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/flags.h"
#include "common/status_details.h"
#include "proto/json_mapping.h"

ABSL_FLAG(std::string, custom_session_id, "",
          "init-session: the id that the session shall have; empty: OpenVidu makes one.");
ABSL_FLAG(std::string, role, "", "create-connection, join: SUBSCRIBER, PUBLISHER or MODERATOR.");
ABSL_FLAG(std::string, data, "", "create-connection, join: text that the other participants see.");
ABSL_FLAG(std::string, request_id, "",
          "create-connection, join: makes it safe to run the same again within a minute, such as a "
          "UUID.");
ABSL_FLAG(std::string, session_properties, "",
          "join: properties of the session where it is created, as --properties.");
ABSL_FLAG(std::string, properties, "",
          "Any properties, as the JSON object that OpenVidu's REST API takes, such as "
          "'{\"record\":false}'. The flags above come on top.");
ABSL_FLAG(bool, json, false, "Prints everything about the session or connection, as JSON.");

namespace openvidu::token {
namespace {

constexpr char kInitSession[] = "init-session";
constexpr char kCreateConnection[] = "create-connection";
constexpr char kJoin[] = "join";

/// Sets what the flags say over what --properties said.
void ApplyFlags(Command& command, std::vector<std::string>& mistakes) {
  const std::string id = absl::GetFlag(FLAGS_custom_session_id);
  if (!id.empty()) command.session.set_custom_session_id(id);
  const std::string data = absl::GetFlag(FLAGS_data);
  if (!data.empty()) command.connection.set_data(data);
  const std::string role = absl::GetFlag(FLAGS_role);
  if (role.empty()) return;
  v1::Role parsed = v1::ROLE_UNSPECIFIED;
  if (v1::Role_Parse(absl::StrCat("ROLE_", absl::AsciiStrToUpper(role)), &parsed) &&
      parsed != v1::ROLE_UNSPECIFIED) {
    command.connection.set_role(parsed);
  } else {
    mistakes.push_back(
        absl::StrCat("flag --role: '", role, "' is not SUBSCRIBER, PUBLISHER or MODERATOR"));
  }
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  return json;
}

int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return kExitNotFound;
    case absl::StatusCode::kInvalidArgument:
      return kExitRejected;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitUnavailable;
    default:
      return kExitFailure;
  }
}

int Report(const absl::Status& status, std::ostream& err) {
  err << "token-cli: " << status.message();
  std::vector<std::string> details = {absl::StatusCodeToString(status.code())};
  if (!ReasonOf(status).empty()) details.push_back(ReasonOf(status));
  if (!FieldOf(status).empty()) details.push_back(absl::StrCat("property ", FieldOf(status)));
  err << " (" << absl::StrJoin(details, ", ") << ")\n";
  return ExitCodeOf(status);
}

int Print(const Command& command, const google::protobuf::Message& answer,
          const v1::Connection& connection, std::ostream& out, std::ostream& err) {
  if (command.json) {
    out << ToJson(answer);
  } else if (!connection.token().empty()) {
    out << connection.token() << "\n";
  } else {
    err << "token-cli: " << connection.connection_id() << " is a camera and has no token\n";
  }
  return kExitOk;
}

}  // namespace

absl::StatusOr<Command> MakeCommand(const std::vector<std::string>& arguments) {
  std::vector<std::string> mistakes;
  Command command;
  command.json = absl::GetFlag(FLAGS_json);
  const std::string name = arguments.empty() ? "" : arguments[0];
  size_t expected = 1;
  if (name == kInitSession) {
    command.kind = Command::Kind::kInitializeSession;
    if (!absl::GetFlag(FLAGS_role).empty() || !absl::GetFlag(FLAGS_data).empty()) {
      mistakes.emplace_back("--role and --data belong to create-connection and join");
    }
  } else if (name == kCreateConnection || name == kJoin) {
    command.kind = name == kJoin ? Command::Kind::kJoin : Command::Kind::kCreateConnection;
    expected = 2;
    if (arguments.size() > 1) command.session_id = arguments[1];
    if (command.session_id.empty()) mistakes.push_back(absl::StrCat(name, " needs a session id"));
    if (!absl::GetFlag(FLAGS_custom_session_id).empty()) {
      mistakes.emplace_back("--custom_session_id belongs to init-session");
    }
  } else {
    mistakes.push_back(absl::StrCat(
        name.empty() ? "no command" : absl::StrCat("unknown command '", name, "'"), "; there are ",
        kInitSession, ", ", kCreateConnection, " and ", kJoin, " (see --help)"));
  }
  for (size_t i = expected; mistakes.empty() && i < arguments.size(); ++i) {
    mistakes.push_back(absl::StrCat("unexpected argument '", arguments[i], "'"));
  }

  const bool is_session = command.kind == Command::Kind::kInitializeSession;
  google::protobuf::Message& properties =
      is_session ? static_cast<google::protobuf::Message&>(command.session) : command.connection;
  const absl::Status read = PropertiesFromJson(absl::GetFlag(FLAGS_properties), properties);
  if (!read.ok()) mistakes.push_back(absl::StrCat("flag --properties: ", read.message()));
  if (!absl::GetFlag(FLAGS_session_properties).empty() && command.kind != Command::Kind::kJoin) {
    mistakes.emplace_back("--session_properties belongs to join");
  }
  if (command.kind == Command::Kind::kJoin) {
    const absl::Status session_read =
        PropertiesFromJson(absl::GetFlag(FLAGS_session_properties), command.session);
    if (!session_read.ok()) {
      mistakes.push_back(absl::StrCat("flag --session_properties: ", session_read.message()));
    }
  }
  command.request_id = absl::GetFlag(FLAGS_request_id);
  if (!command.request_id.empty() && is_session) {
    mistakes.emplace_back("--request_id belongs to create-connection and join");
  }
  ApplyFlags(command, mistakes);
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
  return command;
}

int RunCommand(const Command& command, TokenClient& client, std::ostream& out, std::ostream& err) {
  if (command.kind == Command::Kind::kInitializeSession) {
    const auto response = client.InitializeSession(command.session, {.caller = command.caller});
    if (!response.ok()) return Report(response.status(), err);
    out << (command.json ? ToJson(*response) : response->session().session_id() + "\n");
    return kExitOk;
  }
  const CallOptions options = {.request_id = command.request_id, .caller = command.caller};
  if (command.kind == Command::Kind::kJoin) {
    const auto joined =
        client.JoinSession(command.session_id, command.session, command.connection, options);
    if (!joined.ok()) return Report(joined.status(), err);
    return Print(command, *joined, joined->connection(), out, err);
  }
  const auto connection = client.CreateConnection(command.session_id, command.connection, options);
  if (!connection.ok()) return Report(connection.status(), err);
  return Print(command, *connection, *connection, out, err);
}

}  // namespace openvidu::token
