#include "client/cli/man_page.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/cli/commands.h"
#include "client/cli/flags.h"
#include "client/cli/help.h"
#include "common/version.h"

namespace openvidu::token {
namespace {

// When the page last changed in more than words; a time of the build would make it another program.
constexpr char kDate[] = "2026-11-26";

constexpr size_t kColumns = 79;  // of the source, as mandoc wants them

/// Breaks lines at blanks. A line must not begin by what roff takes for a request.
std::string Broken(absl::string_view text) {
  std::string out;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    size_t column = 0;
    for (absl::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
      const bool breaks = column > 0 && column + 1 + word.size() > kColumns;
      if (column > 0) out += breaks ? '\n' : ' ';
      const bool begins = column == 0 || breaks;
      column = (begins ? 0 : column + 1) + word.size();
      absl::StrAppend(&out, begins && absl::StartsWith(word, ".") ? "\\&" : "", word);
    }
    out += '\n';
  }
  out.pop_back();
  return out;
}

/// `text` as roff prints it: a backslash, a hyphen and the quotes that a shell needs as they are,
/// and a new sentence on a new line.
std::string Roff(absl::string_view text) {
  return Broken(absl::StrReplaceAll(text, {{"\\", "\\e"},
                                           {"-", "\\-"},
                                           {"'", "\\(aq"},
                                           {"`", "\\(ga"},
                                           {"~", "\\(ti"},
                                           {"^", "\\(ha"},
                                           {"\"", "\\(dq"},
                                           {". ", ".\n"}}));
}

/// A paragraph with a tag, in bold up to the first blank or '=', and what follows it in italics.
std::string Tagged(absl::string_view tag, absl::string_view text) {
  const size_t end = std::min(tag.find_first_of(" ="), tag.size());
  const absl::string_view rest = tag.substr(end);
  return absl::StrCat(
      ".TP\n\\fB", Roff(tag.substr(0, end)), "\\fR",
      rest.empty() ? "" : absl::StrCat(rest.substr(0, 1), "\\fI", Roff(rest.substr(1)), "\\fR"),
      "\n", Roff(text), "\n");
}

std::string DefaultOf(const FlagSpec& flag) {
  const std::string value = flag.Default();
  return flag.IsSwitch() || value.empty() ? "" : absl::StrCat(" Default: ", value, ".");
}

std::string TakenBy(const FlagSpec& flag) {
  std::vector<std::string> names;
  bool is_of_all = true;  // that call the server
  for (const CommandSpec& command : AllCommands()) {
    if (command.Takes(flag.name)) names.emplace_back(command.name);
    is_of_all = is_of_all && (command.Takes(flag.name) || !command.Takes("server_address"));
  }
  if (is_of_all) return " Of every command that calls the server.";
  return absl::StrCat(" Of ", absl::StrJoin(names, ", "), ".");
}

std::string ProfileKeys() {
  std::vector<std::string> keys;
  for (const FlagSpec& flag : AllFlags()) {
    if (flag.in_profile) keys.emplace_back(flag.name);
  }
  return absl::StrJoin(keys, ", ");
}

constexpr char kExamples[] = R"(.EX
token\-cli init\-session \-\-custom_session_id=room\-1
token\-cli create\-connection room\-1 \-\-role=SUBSCRIBER
token\-cli join room\-2 \-\-output=yaml
token\-cli join room\-2 \-\-curl
.EE
)";

constexpr char kProfileExample[] = R"(.PP
.EX
# comments begin like this
[staging]
server_address = token.example.com:443
tls = true
token_file = /home/ada/.staging\-token
.EE
)";

}  // namespace

std::string ManPage() {
  std::string out = absl::StrCat(
      ".TH TOKEN\\-CLI 1 ", kDate, " \"openvidu\\-token\\-service ", TOKEN_VERSION,
      "\" \"User Commands\"\n.SH NAME\ntoken\\-cli \\- ", Roff(kPurpose),
      "\n.SH SYNOPSIS\n.B token\\-cli\n.I command\n.RI [ argument ]\n.RI [ flags ]\n"
      ".SH DESCRIPTION\n.B token\\-cli\ncalls a token server over gRPC and prints what a browser "
      "needs to\njoin an OpenVidu session.\nErrors go to standard error, with what to do about "
      "them.\nColours are for terminals only.\n.SH COMMANDS\n");
  for (const CommandSpec& command : AllCommands()) {
    absl::StrAppend(
        &out, Tagged(command.Synopsis(), absl::StrCat(command.summary, ". ", command.details)));
  }
  absl::StrAppend(&out,
                  ".SH OPTIONS\nA flag is written \\fB\\-\\-name=value\\fR or "
                  "\\fB\\-\\-name value\\fR,\nand a switch \\fB\\-\\-name\\fR or "
                  "\\fB\\-\\-noname\\fR.\n");
  for (const FlagSpec& flag : AllFlags()) {
    const std::string tag = absl::StrCat("--", flag.name, flag.IsSwitch() ? "" : "=", flag.value);
    absl::StrAppend(&out, Tagged(tag, FlagText(flag) + DefaultOf(flag) + TakenBy(flag)));
  }
  absl::StrAppend(&out, Tagged("--help", "Prints what there is, or what the command takes."),
                  Tagged("--version", "Prints the version."), ".SH EXIT STATUS\n");
  for (const ExitCodeSpec& code : AllExitCodes()) {
    absl::StrAppend(&out, Tagged(absl::StrCat(code.code), code.meaning));
  }
  absl::StrAppend(&out, ".SH ENVIRONMENT\n");
  for (const FlagSpec& flag : AllFlags()) {
    if (*flag.variable == '\0') continue;
    absl::StrAppend(&out, Tagged(flag.variable, absl::StrCat("In place of --", flag.name, ".")));
  }
  for (const VariableSpec& variable : OtherVariables()) {
    absl::StrAppend(&out, Tagged(variable.name, variable.meaning));
  }
  absl::StrAppend(
      &out, ".SH FILES\n",
      Tagged("~/.config/openvidu-token/profiles.ini",
             absl::StrCat("Profiles: named sets of flags. A profile begins by its name in [ ], and "
                          "sets a flag a line; there are ",
                          ProfileKeys(),
                          ". The profile \"default\" counts where no other is asked for. A flag of "
                          "the command line comes before its variable, that before the profile, "
                          "and that before the default.")),
      kProfileExample, ".SH EXAMPLES\n", kExamples);
  return out;
}

}  // namespace openvidu::token
