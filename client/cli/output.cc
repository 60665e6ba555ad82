#include "client/cli/output.h"

#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/flags.h"
#include "common/environment.h"

namespace openvidu::token {
namespace {

/// Quoted as in JSON, and what is no character to see written as \xNN (YAML knows it, JSON text has
/// none of it here).
std::string Dump(const Json& value) {
  return Displayable(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

bool IsTerminal(int fd) { return isatty(fd) == 1; }

bool TakesColour(int fd) {
  return IsTerminal(fd) && EnvOr("NO_COLOR", "").empty() && EnvOr("TERM", "dumb") != "dumb";
}

OutputFormat FormatOf(std::string name) {
  absl::AsciiStrToLower(&name);
  if (name == "json") return OutputFormat::kJson;
  if (name == "yaml") return OutputFormat::kYaml;
  if (name == "text") return OutputFormat::kText;
  if (name == "table") return OutputFormat::kTable;
  return IsTerminal(STDOUT_FILENO) ? OutputFormat::kTable : OutputFormat::kText;
}

bool IsEmpty(const Json& value) {
  return value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty()) ||
         (value.is_structured() && value.empty());
}

/// Display columns, roughly: one a code point.
size_t WidthOf(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

using Rows = std::vector<std::pair<std::string, std::string>>;

void AddRows(const std::string& name, const Json& value, Rows& rows) {
  if (IsEmpty(value)) return;
  if (!value.is_structured()) {
    rows.emplace_back(
        name, value.is_string() ? Displayable(value.get_ref<const std::string&>()) : Dump(value));
    return;
  }
  size_t index = 0;
  for (const auto& item : value.items()) {
    const std::string step = value.is_array() ? absl::StrCat("[", index++, "]") : item.key();
    const absl::string_view dot = name.empty() || value.is_array() ? "" : ".";
    AddRows(absl::StrCat(name, dot, Displayable(step)), item.value(), rows);
  }
}

/// Whether YAML takes `text` as it is for a text: a word that begins by a letter and is none that
/// YAML 1.1 or 1.2 takes for something else.
bool IsPlain(absl::string_view text) {
  static constexpr absl::string_view kTaken[] = {"true", "false", "null", "yes", "no",
                                                 "on",   "off",   "y",    "n"};
  if (text.empty() || !absl::ascii_isalpha(text[0])) return false;
  const bool word = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '/' || c == '.';
  });
  const std::string lower = absl::AsciiStrToLower(text);
  return word && std::find(std::begin(kTaken), std::end(kTaken), lower) == std::end(kTaken);
}

std::string Scalar(const Json& value) {
  if (value.is_string() && IsPlain(value.get_ref<const std::string&>())) {
    return value.get<std::string>();
  }
  return Dump(value);
}

void AddYaml(const Json& value, const std::string& indent, std::string& out) {
  for (const auto& item : value.items()) {
    const bool is_list = value.is_array();
    out += indent + (is_list ? "-" : Scalar(item.key()) + ":");
    if (!item.value().is_structured() || item.value().empty()) {
      out += " " + Scalar(item.value()) + "\n";
    } else if (is_list) {  // its first line goes on after "- "
      std::string block;
      AddYaml(item.value(), indent + "  ", block);
      out += " " + block.substr(indent.size() + 2);
    } else {
      out += "\n";
      AddYaml(item.value(), indent + "  ", out);
    }
  }
}

}  // namespace

Console StandardConsole() {
  const bool json = absl::GetFlag(FLAGS_json);
  return {.out = std::cout,
          .err = std::cerr,
          .format = json ? OutputFormat::kJson : FormatOf(absl::GetFlag(FLAGS_output)),
          .colour_out = TakesColour(STDOUT_FILENO),
          .colour_err = TakesColour(STDERR_FILENO),
          .err_is_terminal = IsTerminal(STDERR_FILENO)};
}

Json JsonOf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return Json({});
  return Json::parse(json, nullptr, false);
}

// Beside those of ASCII, of Unicode: U+0080 to U+009F, of which some terminals make commands too,
// U+2028 and U+2029, which end lines, and the byte order mark.
std::string Displayable(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const absl::string_view rest = text.substr(i);
    if (byte < 0x20 || byte == 0x7F) {
      absl::StrAppendFormat(&out, "\\x%02x", byte);
    } else if (byte == 0xC2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xA0) {
      absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(text[++i]));
    } else if (rest.substr(0, 3) == "\xE2\x80\xA8" || rest.substr(0, 3) == "\xE2\x80\xA9") {
      absl::StrAppend(&out, rest[2] == '\xA8' ? "\\u2028" : "\\u2029");
      i += 2;
    } else if (rest.substr(0, 3) == "\xEF\xBB\xBF") {
      absl::StrAppend(&out, "\\ufeff");
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string Styled(absl::string_view text, Style style, bool colour) {
  if (!colour) return std::string(text);
  static constexpr int kCodes[] = {1, 2, 32, 33, 31};  // SGR, ECMA-48 8.3.117
  return absl::StrCat("\033[", kCodes[static_cast<int>(style)], "m", text, "\033[0m");
}

std::string ToYaml(const Json& value) {
  if (!value.is_structured() || value.empty()) return Scalar(value) + "\n";
  std::string out;
  AddYaml(value, "", out);
  return out;
}

std::string ToTable(const Json& value, bool colour) {
  Rows rows;
  AddRows("", value, rows);
  size_t width = 0;
  for (const auto& row : rows) width = std::max(width, WidthOf(row.first));
  std::string out;
  for (const auto& [name, text] : rows) {
    absl::StrAppend(&out, Styled(name, Style::kBold, colour),
                    std::string(width - WidthOf(name) + 2, ' '), text, "\n");
  }
  return out;
}

void Print(const Json& value, absl::string_view text, Console& console) {
  switch (console.format) {
    case OutputFormat::kText:
      if (!text.empty()) console.out << text << "\n";
      break;
    case OutputFormat::kTable:
      console.out << ToTable(value, console.colour_out);
      break;
    case OutputFormat::kJson:
      console.out << value.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
      break;
    case OutputFormat::kYaml:
      console.out << ToYaml(value);
      break;
  }
}

}  // namespace openvidu::token
