#include "client/cli/findings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "common/flags.h"

namespace openvidu::token {
namespace {

using Level = Finding::Level;

const char* WordOf(Level level) {
  static constexpr const char* kWords[] = {"ok", "warn", "fail"};
  return kWords[static_cast<int>(level)];
}

Style StyleOf(Level level) {
  static constexpr Style kStyles[] = {Style::kGreen, Style::kYellow, Style::kRed};
  return kStyles[static_cast<int>(level)];
}

}  // namespace

void Findings::Begin(std::string subject) {
  subject_ = Displayable(subject);
  if (console_.format != OutputFormat::kTable) return;
  console_.out << Styled(subject_, Style::kBold, console_.colour_out) << "\n";
  console_.out.flush();
}

void Findings::Add(Finding finding) {
  failed_ = failed_ || finding.level == Level::kFail;
  const std::string word = WordOf(finding.level);
  const std::string message = Displayable(finding.message);
  const std::string advice = Displayable(finding.advice);
  if (console_.format == OutputFormat::kTable) {
    console_.out << "  "
                 << Styled(absl::StrFormat("%-4s", word), StyleOf(finding.level),
                           console_.colour_out)
                 << "  " << absl::StrFormat("%-7s", finding.check) << "  " << message << "\n";
    if (!advice.empty()) console_.out << std::string(17, ' ') << advice << "\n";
  } else if (console_.format == OutputFormat::kText) {
    console_.out << word << "\t" << subject_ << "\t" << finding.check << "\t" << message
                 << (advice.empty() ? "" : "; ") << advice << "\n";
  } else {
    all_.push_back({{"subject", subject_},
                    {"check", finding.check},
                    {"level", word},
                    {"message", finding.message},
                    {"advice", finding.advice}});
  }
  console_.out.flush();
}

void Findings::Ok(std::string check, std::string message) {
  Add({Level::kOk, std::move(check), std::move(message), ""});
}

void Findings::Warn(std::string check, std::string message, std::string advice) {
  Add({Level::kWarn, std::move(check), std::move(message), std::move(advice)});
}

void Findings::Fail(std::string check, std::string message, std::string advice) {
  Add({Level::kFail, std::move(check), std::move(message), std::move(advice)});
}

int Findings::Finish() {
  if (console_.format == OutputFormat::kJson || console_.format == OutputFormat::kYaml) {
    Print({{"ok", !failed_}, {"checks", all_}}, "", console_);
  }
  return failed_ ? kExitFailure : kExitOk;
}

}  // namespace openvidu::token
