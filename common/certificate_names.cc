#include "common/certificate_names.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/flags.h"
#include "common/log.h"

namespace openvidu::token {
namespace {

constexpr char kDns[] = "dns:";
constexpr char kWildcard[] = "dns:*.";

std::string Normal(absl::string_view name) {
  return absl::StartsWith(name, kDns) ? absl::AsciiStrToLower(name) : std::string(name);
}

bool IsLabel(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_';
  });
}

bool Means(absl::string_view allowed, absl::string_view name) {
  if (!absl::StartsWith(allowed, kWildcard)) return allowed == name;
  const absl::string_view domain = allowed.substr(sizeof(kWildcard) - 2);  // from its dot on
  if (!absl::StartsWith(name, kDns) || !absl::EndsWith(name, domain)) return false;
  return IsLabel(name.substr(4, std::max(name.size() - domain.size(), size_t{4}) - 4));
}

}  // namespace

bool IsCertificateName(absl::string_view text) {
  if (text.size() > kMaxCertificateNameBytes ||
      !std::all_of(text.begin(), text.end(), absl::ascii_isprint)) {
    return false;
  }
  for (const absl::string_view kind : {kDns, "uri:", "email:", "ip:", "cn:"}) {
    if (absl::StartsWith(text, kind)) return text.size() > kind.size();
  }
  return false;
}

bool CertificateNames::IsEntry(absl::string_view name) {
  if (!IsCertificateName(name)) return false;
  if (!absl::StartsWith(name, kWildcard)) {
    return !absl::StartsWith(name, kDns) || !absl::StrContains(name, '*');
  }
  const absl::string_view domain = name.substr(sizeof(kWildcard) - 1);
  // Not all of a top-level domain.
  return absl::StrContains(domain, '.') && !absl::StartsWith(domain, ".") &&
         !absl::StrContains(domain, '*');
}

absl::Status CertificateNames::Check(absl::string_view flag,
                                     const std::vector<std::string>& names) {
  std::vector<absl::Status> statuses;
  for (const std::string& name : names) {
    if (IsEntry(name)) continue;
    statuses.push_back(absl::InvalidArgumentError(
        absl::StrCat(flag, ": '", Printable(name, 100),
                     "' is not dns:, uri:, email:, ip: or cn: and a name, or dns:*.DOMAIN")));
  }
  return AllMistakes(statuses);
}

CertificateNames::CertificateNames(std::vector<std::string> names) : names_(std::move(names)) {
  for (std::string& name : names_) name = Normal(name);
}

const std::string* CertificateNames::Find(const std::vector<std::string>& presented) const {
  for (const std::string& name : presented) {
    const std::string normal = Normal(name);
    for (const std::string& allowed : names_) {
      if (Means(allowed, normal)) return &name;
    }
  }
  return nullptr;
}

}  // namespace openvidu::token
