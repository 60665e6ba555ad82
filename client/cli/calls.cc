#include "client/cli/calls.h"

#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/flags.h"
#include "client/cli/report.h"
#include "common/flags.h"
#include "proto/json_mapping.h"

namespace openvidu::token {
namespace {

using Kind = CommandSpec::Kind;

absl::Status Read(absl::string_view flag, const std::string& json,
                  google::protobuf::Message& properties) {
  const absl::Status read = PropertiesFromJson(json, properties);
  if (read.ok()) return read;
  return absl::InvalidArgumentError(absl::StrCat("flag --", flag, ": ", read.message()));
}

/// Sets what the flags say over what --properties said.
void ApplyFlags(Call& call) {
  const std::string id = absl::GetFlag(FLAGS_custom_session_id);
  if (!id.empty()) call.session.set_custom_session_id(id);
  const std::string data = absl::GetFlag(FLAGS_data);
  if (!data.empty()) call.connection.set_data(data);
  v1::Role role = v1::ROLE_UNSPECIFIED;
  v1::Role_Parse(absl::StrCat("ROLE_", absl::AsciiStrToUpper(absl::GetFlag(FLAGS_role))), &role);
  if (role != v1::ROLE_UNSPECIFIED) call.connection.set_role(role);
}

int PrintConnection(const google::protobuf::Message& answer, const v1::Connection& connection,
                    Console& console) {
  Print(JsonOf(answer), connection.token(), console);
  if (connection.token().empty() && console.format == OutputFormat::kText) {
    console.err << "token-cli: " << Displayable(connection.connection_id())
                << " is a camera and has no token\n";
  }
  return kExitOk;
}

}  // namespace

absl::StatusOr<Call> MakeCall(const CommandLine& line) {
  Call call{.kind = line.command->kind, .session_id = line.argument};
  const bool is_session = call.kind == Kind::kInitSession;
  google::protobuf::Message& properties =
      is_session ? static_cast<google::protobuf::Message&>(call.session) : call.connection;
  const absl::Status mistakes = AllMistakes(
      {Read("properties", absl::GetFlag(FLAGS_properties), properties),
       Read("session_properties", absl::GetFlag(FLAGS_session_properties), call.session)});
  if (!mistakes.ok()) return mistakes;
  call.request_id = absl::GetFlag(FLAGS_request_id);
  ApplyFlags(call);
  return call;
}

int RunCall(const Call& call, TokenClient& client, Console& console) {
  if (call.kind == Kind::kInitSession) {
    const auto response = client.InitializeSession(call.session, {.caller = call.caller});
    if (!response.ok()) return ReportFailure(response.status(), console);
    Print(JsonOf(*response), response->session().session_id(), console);
    return kExitOk;
  }
  const CallOptions options = {.request_id = call.request_id, .caller = call.caller};
  if (call.kind == Kind::kJoin) {
    const auto joined = client.JoinSession(call.session_id, call.session, call.connection, options);
    if (!joined.ok()) return ReportFailure(joined.status(), console);
    return PrintConnection(*joined, joined->connection(), console);
  }
  const auto connection = client.CreateConnection(call.session_id, call.connection, options);
  if (!connection.ok()) return ReportFailure(connection.status(), console);
  return PrintConnection(*connection, *connection, console);
}

}  // namespace openvidu::token
