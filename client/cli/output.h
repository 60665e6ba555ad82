#ifndef CLIENT_CLI_OUTPUT_H_
#define CLIENT_CLI_OUTPUT_H_

#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

enum class OutputFormat { kText, kTable, kJson, kYaml };

/// Where a command's words go, and in which form.
struct Console {
  std::ostream& out;
  std::ostream& err;
  OutputFormat format = OutputFormat::kText;
  bool colour_out = false;  ///< Whether `out` may have colours.
  bool colour_err = false;
  bool err_is_terminal = false;
};

/// The process's own console, by the flags --output and --json, what stdout and stderr are, and
/// NO_COLOR (no-color.org).
Console StandardConsole();

/// A value to print; its keys keep their order.
using Json = nlohmann::ordered_json;

/// A message by OpenVidu's names, with all fields that are no messages.
Json JsonOf(const google::protobuf::Message& message);

/// `text` as a terminal may show it: control characters, of which a terminal makes commands, are
/// written as \xNN.
std::string Displayable(absl::string_view text);

enum class Style { kBold, kDim, kGreen, kYellow, kRed };
/// `text` in this style, or as it is unless `colour`.
std::string Styled(absl::string_view text, Style style, bool colour);

/// Prints `value`, an object: as JSON, as YAML, or as a table with a line for each property that
/// has something in it. As text: `text`, for scripts, and nothing where that is empty.
void Print(const Json& value, absl::string_view text, Console& console);

/// The block style of YAML 1.2, ending with a line break; what is not plain is quoted as in JSON.
std::string ToYaml(const Json& value);

/// Lines of a name, padded, and a value: those within objects by dotted names.
std::string ToTable(const Json& value, bool colour);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_OUTPUT_H_
