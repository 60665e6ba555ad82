#ifndef CLIENT_CLI_FLAGS_H_
#define CLIENT_CLI_FLAGS_H_

#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// The commands' own flags; flags.cc says what they mean.
ABSL_DECLARE_FLAG(std::string, custom_session_id);
ABSL_DECLARE_FLAG(std::string, role);
ABSL_DECLARE_FLAG(std::string, data);
ABSL_DECLARE_FLAG(std::string, request_id);
ABSL_DECLARE_FLAG(std::string, session_properties);
ABSL_DECLARE_FLAG(std::string, properties);
ABSL_DECLARE_FLAG(std::string, server_address);
ABSL_DECLARE_FLAG(bool, tls);
ABSL_DECLARE_FLAG(std::string, ca_file);
ABSL_DECLARE_FLAG(std::string, cert_file);
ABSL_DECLARE_FLAG(std::string, key_file);
ABSL_DECLARE_FLAG(std::string, token_file);
ABSL_DECLARE_FLAG(bool, insecure_token);
ABSL_DECLARE_FLAG(absl::Duration, timeout);
ABSL_DECLARE_FLAG(std::string, output);
ABSL_DECLARE_FLAG(bool, json);
ABSL_DECLARE_FLAG(bool, curl);
ABSL_DECLARE_FLAG(std::string, gateway_url);
ABSL_DECLARE_FLAG(std::string, profile);
ABSL_DECLARE_FLAG(int, requests);
ABSL_DECLARE_FLAG(int, seconds);
ABSL_DECLARE_FLAG(int, concurrency);
ABSL_DECLARE_FLAG(std::string, openvidu_url);
ABSL_DECLARE_FLAG(std::string, openvidu_ca_file);

namespace openvidu::token {

/// What the help, the man page, the completions, the profiles and the checks of a command line know
/// of a flag beside what Abseil does: its type, default and text.
struct FlagSpec {
  /// What a shell completes its value by.
  enum class Completes { kNothing, kFiles, kProfiles };

  const char* name;
  const char* value = "";           ///< What its value is called, such as FILE. Empty: a switch.
  std::vector<const char*> values;  ///< The values there are, in any case. Empty: any.
  Completes completes = Completes::kNothing;
  const char* variable = "";  ///< The environment variable in its place. Empty: none.
  bool in_profile = false;    ///< Whether a profile may set it.

  /// Of Abseil, one line.
  std::string Help() const;
  std::string Default() const;
  bool IsSwitch() const { return *value == '\0'; }
};

/// All the flags of token-cli, in the order to show them in.
const std::vector<FlagSpec>& AllFlags();

/// Null where there is none.
const FlagSpec* FindFlagSpec(absl::string_view name);

/// Sets the flag to `text`, as a command line does. Returns what is wrong with it; empty: nothing.
std::string SetFlag(const FlagSpec& flag, const std::string& text);

/// What is wrong with a flag's value, where only some are taken; empty: nothing.
std::string CheckChoice(const FlagSpec& flag);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_FLAGS_H_
