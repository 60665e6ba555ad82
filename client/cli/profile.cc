#include "client/cli/profile.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/flags.h"
#include "common/environment.h"
#include "common/flags.h"
#include "common/read_file.h"

namespace openvidu::token {
namespace {

/// What is wrong with `key`; empty: nothing.
std::string CheckKey(absl::string_view key) {
  const FlagSpec* const flag = FindFlagSpec(key);
  if (flag != nullptr && flag->in_profile) return "";
  std::vector<std::string> known;
  for (const FlagSpec& spec : AllFlags()) {
    if (spec.in_profile) known.emplace_back(spec.name);
  }
  return absl::StrCat("'", key, "' is nothing that a profile sets; there are ",
                      absl::StrJoin(known, ", "));
}

class Parser {
 public:
  using Named = std::vector<std::pair<std::string, std::vector<Profiles::Setting>>>;

  explicit Parser(const std::string& path) : path_(path) {}

  absl::StatusOr<Named> Parse(absl::string_view text) {
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      ++line_;
      line = absl::StripAsciiWhitespace(line);
      if (line.empty() || line[0] == '#' || line[0] == ';') continue;
      if (line[0] == '[') {
        BeginProfile(line);
      } else {
        AddSetting(line);
      }
    }
    if (!mistakes_.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes_, "\n"));
    return std::move(profiles_);
  }

 private:
  void Mistake(absl::string_view text) {
    mistakes_.push_back(absl::StrCat(path_, ":", line_, ": ", text));
  }

  void BeginProfile(absl::string_view line) {
    const bool closed = absl::ConsumePrefix(&line, "[") && absl::ConsumeSuffix(&line, "]");
    const absl::string_view name = absl::StripAsciiWhitespace(line);
    if (!closed || name.empty()) return Mistake("a profile begins by its name in [ ]");
    for (const auto& profile : profiles_) {
      if (profile.first == name) Mistake(absl::StrCat("the profile '", name, "' is there twice"));
    }
    profiles_.push_back({std::string(name), {}});
  }

  void AddSetting(absl::string_view line) {
    const size_t equals = line.find('=');
    if (equals == absl::string_view::npos) return Mistake("there is no '=' between key and value");
    const std::string key(absl::StripTrailingAsciiWhitespace(line.substr(0, equals)));
    const std::string value(absl::StripLeadingAsciiWhitespace(line.substr(equals + 1)));
    if (profiles_.empty()) return Mistake(absl::StrCat("'", key, "' is in no profile"));
    if (const std::string mistake = CheckKey(key); !mistake.empty()) return Mistake(mistake);
    std::vector<Profiles::Setting>& settings = profiles_.back().second;
    const bool twice = std::any_of(settings.begin(), settings.end(),
                                   [&](const auto& setting) { return setting.key == key; });
    if (twice) return Mistake(absl::StrCat("'", key, "' is there twice"));
    settings.push_back({key, value, line_});
  }

  const std::string& path_;
  int line_ = 0;
  Named profiles_;
  std::vector<std::string> mistakes_;
};

absl::Status ApplySettings(const std::vector<Profiles::Setting>& settings,
                           const std::string& path) {
  std::vector<absl::Status> mistakes;
  for (const Profiles::Setting& setting : settings) {
    // The token itself, which the environment may have, comes before a file of it.
    if (setting.key == "token_file" && !EnvOr("TOKEN_AUTH_TOKEN", "").empty()) continue;
    const std::string mistake = SetFlag(*FindFlagSpec(setting.key), setting.value);
    if (mistake.empty()) continue;
    mistakes.push_back(absl::InvalidArgumentError(
        absl::StrCat(path, ":", setting.line, ": ", setting.key, ": ", mistake)));
  }
  return AllMistakes(mistakes);
}

}  // namespace

absl::StatusOr<Profiles> Profiles::Parse(absl::string_view text, const std::string& path) {
  absl::StatusOr<Parser::Named> parsed = Parser(path).Parse(text);
  if (!parsed.ok()) return parsed.status();
  Profiles profiles;
  profiles.profiles_ = *std::move(parsed);
  return profiles;
}

absl::StatusOr<Profiles> Profiles::Read(const std::string& path) {
  if (path.empty() || access(path.c_str(), F_OK) != 0) return Profiles();
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  return Parse(*text, path);
}

const std::vector<Profiles::Setting>* Profiles::Find(absl::string_view name) const {
  for (const auto& profile : profiles_) {
    if (profile.first == name) return &profile.second;
  }
  return nullptr;
}

std::string Profiles::Names() const {
  return absl::StrJoin(profiles_, ", ", [](std::string* out, const auto& profile) {
    absl::StrAppend(out, profile.first);
  });
}

absl::Status ApplyProfile(const std::string& path, absl::string_view name) {
  const absl::StatusOr<Profiles> profiles = Profiles::Read(path);
  if (!profiles.ok()) return profiles.status();
  const std::vector<Profiles::Setting>* const settings = profiles->Find(name);
  if (settings == nullptr && name != kDefaultProfile) {
    const std::string names = profiles->Names();
    return absl::InvalidArgumentError(
        absl::StrCat(path.empty() ? "no file" : path, " has no profile '", name, "'",
                     names.empty() ? "" : absl::StrCat("; there are ", names)));
  }
  absl::Status mistakes = settings == nullptr ? absl::OkStatus() : ApplySettings(*settings, path);
  for (const FlagSpec& flag : AllFlags()) {
    if (*flag.variable == '\0' || !flag.in_profile) continue;  // not --profile itself
    const std::string value = EnvOr(flag.variable, "");
    const std::string mistake = value.empty() ? "" : SetFlag(flag, value);
    if (mistake.empty()) continue;
    mistakes = AllMistakes(
        {mistakes, absl::InvalidArgumentError(absl::StrCat("$", flag.variable, ": ", mistake))});
  }
  return mistakes;
}

std::string ProfilesPath() {
  const std::string folder = ConfigFolderFromEnv();
  return folder.empty() ? "" : folder + "/profiles.ini";
}

}  // namespace openvidu::token
