#include "server/access/glob.h"

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace openvidu::token {

bool MatchesGlob(const std::vector<std::string>& literals, absl::string_view text) {
  if (literals.size() == 1) return text == literals[0];
  if (!absl::ConsumePrefix(&text, literals.front())) return false;
  if (!absl::ConsumeSuffix(&text, literals.back())) return false;
  for (size_t i = 1; i + 1 < literals.size(); ++i) {
    // The first place is as good as any: it leaves the most to the others.
    const size_t at = text.find(literals[i]);
    if (at == absl::string_view::npos) return false;
    text.remove_prefix(at + literals[i].size());
  }
  return true;
}

bool MatchesHost(absl::string_view pattern, absl::string_view host) {
  if (pattern == "*") return true;
  const std::vector<absl::string_view> patterns = absl::StrSplit(pattern, '.');
  const std::vector<absl::string_view> labels = absl::StrSplit(host, '.');
  if (patterns.size() != labels.size()) return false;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (!MatchesGlob(absl::StrSplit(patterns[i], '*'), labels[i])) return false;
  }
  return true;
}

}  // namespace openvidu::token
