#include "common/flags.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/read_file.h"
#include "common/version.h"

namespace openvidu::token {
namespace {

std::string& ProgramName() {
  static auto& name = *new std::string("program");
  return name;
}

// Abseil's own flags (--flagfile, --undefok, …) are linked in but are no part of our programs'
// interface.
bool IsOurs(const absl::CommandLineFlag& flag) {
  return !absl::StrContains(flag.Filename(), "absl/flags");
}

absl::CommandLineFlag* FindFlag(absl::string_view name) {
  absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  return flag != nullptr && IsOurs(*flag) ? flag : nullptr;
}

constexpr absl::string_view kFlagFile = "flagfile";

void PrintHelp(absl::string_view usage) {
  std::cout << usage << "\n\nFlags:\n";
  std::vector<absl::CommandLineFlag*> flags;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (IsOurs(*flag)) flags.push_back(flag);
  }
  std::sort(flags.begin(), flags.end(),
            [](const auto* a, const auto* b) { return a->Name() < b->Name(); });
  for (const absl::CommandLineFlag* flag : flags) {
    std::cout << "  --" << flag->Name()
              << " (default: " << (flag->DefaultValue().empty() ? "\"\"" : flag->DefaultValue())
              << ")\n      " << absl::StrJoin(absl::StrSplit(flag->Help(), '\n'), "\n      ")
              << "\n";
  }
  std::cout << "  --flagfile=FILE\n      Sets the flags in this file, each on a line of its own as "
               "--name=value; a line that begins with # is a comment.\n";
  std::cout << "  --help\n      Prints this text.\n  --version\n      Prints the version.\n";
}

class Parser {
 public:
  Parser(int argc, char* const* argv, std::set<std::string>* named)
      : args_(argv + std::min(argc, 1), argv + argc), named_(named) {}

  absl::StatusOr<std::vector<std::string>> Parse() {
    while (next_ < args_.size()) {
      const std::string arg = args_[next_++];
      if (arg == "--") break;
      if (arg.size() > 1 && arg[0] == '-') {
        ParseFlag(arg);
      } else {
        positional_.push_back(arg);
      }
    }
    positional_.insert(positional_.end(), args_.begin() + static_cast<std::ptrdiff_t>(next_),
                       args_.end());
    if (!mistakes_.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes_, "\n"));
    return positional_;
  }

 private:
  void ParseFlag(absl::string_view arg) {
    absl::string_view name = arg;
    name.remove_prefix(absl::StartsWith(name, "--") ? 2 : 1);
    const size_t equals = name.find('=');
    const bool has_value = equals != absl::string_view::npos;
    std::string value = has_value ? std::string(name.substr(equals + 1)) : "";
    name = name.substr(0, equals);

    if (name == kFlagFile) {
      if (has_value) {
        ParseFile(value);
      } else if (file_.empty() && next_ < args_.size()) {
        ParseFile(args_[next_++]);
      } else {
        Mistake(absl::StrCat("flag --", kFlagFile, " needs a value"));
      }
      return;
    }
    absl::CommandLineFlag* flag = FindFlag(name);
    if (flag == nullptr && !has_value && absl::StartsWith(name, "no")) {
      flag = FindFlag(name.substr(2));
      if (flag != nullptr && !flag->IsOfType<bool>()) flag = nullptr;
      value = "false";
    } else if (flag != nullptr && !has_value) {
      if (flag->IsOfType<bool>()) {
        value = "true";
      } else if (file_.empty() && next_ < args_.size()) {
        value = args_[next_++];
      } else {
        Mistake(absl::StrCat("flag --", name, " needs a value"));
        return;
      }
    }
    if (flag == nullptr) {
      Mistake(absl::StrCat("unknown flag --", name, " (see --help)"));
      return;
    }
    std::string error;
    if (!flag->ParseFrom(value, &error)) {
      Mistake(absl::StrCat("flag --", flag->Name(), ": bad value '", value, "'",
                           error.empty() ? "" : ": ", error));
    } else if (named_ != nullptr) {
      named_->emplace(flag->Name());
    }
  }

  /// Sets the flags of a file, as if they stood in its place.
  void ParseFile(const std::string& path) {
    if (!file_.empty()) return Mistake(absl::StrCat("flag --", kFlagFile, " cannot be in a file"));
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) {
      return Mistake(absl::StrCat("flag --", kFlagFile, ": ", text.status().message()));
    }
    file_ = path;
    line_ = 0;
    for (absl::string_view line : absl::StrSplit(*text, '\n')) {
      ++line_;
      line = absl::StripAsciiWhitespace(line);
      if (line.empty() || line[0] == '#') continue;
      if (absl::StartsWith(line, "--") && line.size() > 2) {
        ParseFlag(line);
      } else {
        Mistake("this is no flag, such as --name=value");
      }
    }
    file_.clear();
  }

  void Mistake(absl::string_view text) {
    mistakes_.push_back(file_.empty() ? std::string(text)
                                      : absl::StrCat(file_, ":", line_, ": ", text));
  }

  std::vector<std::string> args_;
  std::set<std::string>* const named_;
  size_t next_ = 0;
  std::string file_;  ///< That is being read. Empty: none.
  int line_ = 0;
  std::vector<std::string> positional_;
  std::vector<std::string> mistakes_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseFlags(int argc, char* const* argv,
                                                    std::set<std::string>* named) {
  return Parser(argc, argv, named).Parse();
}

std::vector<std::string> ParseCommandOrExit(int argc, char* const* argv, absl::string_view usage) {
  const absl::string_view path = argc > 0 ? argv[0] : "program";
  ProgramName() = std::string(path.substr(path.rfind('/') + 1));
  for (int i = 1; i < argc && absl::string_view(argv[i]) != "--"; ++i) {
    const absl::string_view arg = argv[i];
    if (arg == "--help" || arg == "-h" || arg == "-help") {
      PrintHelp(usage);
      std::exit(kExitOk);
    }
    if (arg == "--version" || arg == "-version") {
      std::cout << ProgramName() << " " << TOKEN_VERSION << "\n";
      std::exit(kExitOk);
    }
  }
  absl::StatusOr<std::vector<std::string>> positional = ParseFlags(argc, argv);
  if (!positional.ok()) std::exit(ReportMistakes(positional.status()));
  return *std::move(positional);
}

void ParseFlagsOrExit(int argc, char* const* argv, absl::string_view usage) {
  const std::vector<std::string> arguments = ParseCommandOrExit(argc, argv, usage);
  if (arguments.empty()) return;
  std::exit(ReportMistakes(absl::InvalidArgumentError(
      absl::StrCat("unexpected argument '", absl::StrJoin(arguments, "' '"), "' (see --help)"))));
}

absl::Status CheckNotNegative(absl::string_view name, absl::Duration value) {
  if (value >= absl::ZeroDuration()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(name, " must not be negative"));
}

int ReportMistakes(const absl::Status& status) {
  for (absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    std::cerr << ProgramName() << ": " << line << "\n";
  }
  return absl::IsInvalidArgument(status) ? kExitUsage : kExitFailure;
}

}  // namespace openvidu::token
