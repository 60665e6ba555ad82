#include "client/cli/flags.h"

#include <algorithm>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

ABSL_FLAG(std::string, custom_session_id, "",
          "The id that the session shall have; empty: OpenVidu makes one.");
ABSL_FLAG(std::string, role, "", "What the participant may do; empty: OpenVidu's PUBLISHER.");
ABSL_FLAG(std::string, data, "", "Text that the other participants see.");
ABSL_FLAG(std::string, request_id, "",
          "Makes it safe to run the same again within a minute, such as a UUID.");
ABSL_FLAG(std::string, session_properties, "",
          "Properties of the session where it is created, as --properties.");
ABSL_FLAG(std::string, properties, "",
          "Any properties, as the JSON object that OpenVidu's REST API takes, such as "
          "'{\"record\":false}'. The other flags come on top.");
ABSL_FLAG(std::string, server_address, "localhost:50051",
          "host:port of the token server, or any gRPC target.");
ABSL_FLAG(bool, tls, false, "Speaks TLS to the server.");
ABSL_FLAG(std::string, ca_file, "",
          "PEM file of the certificate authorities that the server is verified by; with --tls. "
          "Empty: gRPC's own roots.");
ABSL_FLAG(std::string, cert_file, "",
          "PEM certificate chain to prove by who calls; with --key_file and --tls.");
ABSL_FLAG(std::string, key_file, "", "PEM private key of --cert_file, not encrypted.");
ABSL_FLAG(std::string, token_file, "",
          "File with the bearer token to call by; or else $TOKEN_AUTH_TOKEN (there is no flag for "
          "the token itself).");
ABSL_FLAG(bool, insecure_token, false,
          "Sends the bearer token without TLS to another machine too, where it can be read on its "
          "way.");
ABSL_FLAG(absl::Duration, timeout, absl::Seconds(25),
          "Longest time to wait for an answer, such as 500ms.");
ABSL_FLAG(std::string, output, "auto",
          "How answers are printed. text: only the id or the token, for scripts. auto: table on a "
          "terminal, else text.");
ABSL_FLAG(bool, json, false, "The same as --output=json.");
ABSL_FLAG(bool, curl, false,
          "Calls nobody, and prints the equal call of the gateway's REST API as a line for a "
          "shell.");
ABSL_FLAG(std::string, gateway_url, "http://localhost:5000", "Base URL of the gateway.");
ABSL_FLAG(std::string, profile, "default", "The profile that sets flags that are not given.");
ABSL_FLAG(int, requests, 100, "Connections to create at most.");
ABSL_FLAG(int, seconds, 10, "How long to begin new ones at most, in seconds.");
ABSL_FLAG(int, concurrency, 4, "Calls at once.");
ABSL_FLAG(
    std::string, openvidu_url, "",
    "Base URL of an OpenVidu to check too, several with commas; its secret is in "
    "$OPENVIDU_SECRET or in the file $OPENVIDU_SECRET_FILE. Several can be in $OPENVIDU_URLS.");
ABSL_FLAG(std::string, openvidu_ca_file, "",
          "PEM file of the certificate authorities that OpenVidu's certificate is verified by; "
          "empty: the system's.");

namespace openvidu::token {
namespace {

using Completes = FlagSpec::Completes;

absl::CommandLineFlag& AbseilFlag(const FlagSpec& flag) {
  return *absl::FindCommandLineFlag(flag.name);
}

}  // namespace

std::string FlagSpec::Help() const { return AbseilFlag(*this).Help(); }
std::string FlagSpec::Default() const { return AbseilFlag(*this).DefaultValue(); }

const std::vector<FlagSpec>& AllFlags() {
  static const auto& flags = *new std::vector<FlagSpec>{
      {.name = "custom_session_id", .value = "ID"},
      {.name = "role", .value = "ROLE", .values = {"SUBSCRIBER", "PUBLISHER", "MODERATOR"}},
      {.name = "data", .value = "TEXT"},
      {.name = "properties", .value = "JSON"},
      {.name = "session_properties", .value = "JSON"},
      {.name = "request_id", .value = "ID"},
      {.name = "server_address",
       .value = "ADDRESS",
       .variable = "TOKEN_SERVER_ADDRESS",
       .in_profile = true},
      {.name = "tls", .in_profile = true},
      {.name = "ca_file", .value = "FILE", .completes = Completes::kFiles, .in_profile = true},
      {.name = "cert_file", .value = "FILE", .completes = Completes::kFiles, .in_profile = true},
      {.name = "key_file", .value = "FILE", .completes = Completes::kFiles, .in_profile = true},
      {.name = "token_file", .value = "FILE", .completes = Completes::kFiles, .in_profile = true},
      {.name = "insecure_token", .in_profile = true},
      {.name = "timeout", .value = "DURATION", .in_profile = true},
      {.name = "output",
       .value = "FORMAT",
       .values = {"auto", "table", "text", "json", "yaml"},
       .in_profile = true},
      {.name = "json"},
      {.name = "requests", .value = "N"},
      {.name = "seconds", .value = "N"},
      {.name = "concurrency", .value = "N"},
      {.name = "openvidu_url", .value = "URL", .variable = "OPENVIDU_URL", .in_profile = true},
      {.name = "openvidu_ca_file",
       .value = "FILE",
       .completes = Completes::kFiles,
       .in_profile = true},
      {.name = "curl"},
      {.name = "gateway_url", .value = "URL", .variable = "TOKEN_GATEWAY_URL", .in_profile = true},
      {.name = "profile",
       .value = "NAME",
       .completes = Completes::kProfiles,
       .variable = "TOKEN_PROFILE"},
  };
  return flags;
}

const FlagSpec* FindFlagSpec(absl::string_view name) {
  const auto& flags = AllFlags();
  const auto found = std::find_if(flags.begin(), flags.end(),
                                  [name](const FlagSpec& flag) { return flag.name == name; });
  return found == flags.end() ? nullptr : &*found;
}

std::string SetFlag(const FlagSpec& flag, const std::string& text) {
  std::string error;
  if (AbseilFlag(flag).ParseFrom(text, &error)) return CheckChoice(flag);
  return absl::StrCat("bad value '", text, "'", error.empty() ? "" : ": ", error);
}

std::string CheckChoice(const FlagSpec& flag) {
  const std::string value = AbseilFlag(flag).CurrentValue();
  const bool is_one = flag.values.empty() || value == flag.Default() ||
                      std::any_of(flag.values.begin(), flag.values.end(), [&](const char* choice) {
                        return absl::EqualsIgnoreCase(value, choice);
                      });
  if (is_one) return "";
  const std::vector<const char*> others(flag.values.begin(), flag.values.end() - 1);
  return absl::StrCat("'", value, "' is not ", absl::StrJoin(others, ", "), " or ",
                      flag.values.back());
}

}  // namespace openvidu::token
