#include "emulator/login_sessions.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "emulator/random_id.h"

namespace openvidu::emulator {
namespace {

constexpr size_t kMaxKnown = 4096;
constexpr char kCookie[] = "OVJSESSIONID";

// Whether `accepted`, one type of an Accept header, could mean `type/subtype`.
bool IsCompatible(absl::string_view accepted, absl::string_view type, absl::string_view subtype) {
  accepted = absl::StripAsciiWhitespace(accepted.substr(0, accepted.find(';')));
  const size_t slash = accepted.find('/');
  if (slash == absl::string_view::npos || accepted == "*/*") {
    return false;  // "anything" is not counted
  }
  const absl::string_view accepted_subtype = accepted.substr(slash + 1);
  return absl::EqualsIgnoreCase(accepted.substr(0, slash), type) &&
         (accepted_subtype == "*" || absl::EqualsIgnoreCase(accepted_subtype, subtype));
}

// Spring Security's RequestCacheConfigurer: which requests are kept for after the login.
bool IsKept(const HttpRequest& request) {
  if (IsScriptRequest(request)) return false;
  const size_t last_slash = request.path.rfind('/');
  if (absl::StartsWith(absl::string_view(request.path).substr(last_slash + 1), "favicon.")) {
    return false;
  }
  const std::string* accept = request.Find("accept");
  if (accept == nullptr) return true;
  for (const absl::string_view type : absl::StrSplit(*accept, ',')) {
    if (IsCompatible(type, "application", "json") || IsCompatible(type, "multipart", "form-data") ||
        IsCompatible(type, "text", "event-stream")) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool IsScriptRequest(const HttpRequest& request) {
  const std::string* sender = request.Find("x-requested-with");
  return sender != nullptr && *sender == "XMLHttpRequest";
}

bool LoginSessions::IsKnown(const HttpRequest& request) {
  for (const HttpHeader& header : request.headers) {
    if (!absl::EqualsIgnoreCase(header.name, "cookie")) continue;
    for (const absl::string_view part : absl::StrSplit(header.value, ';')) {
      const std::pair<absl::string_view, absl::string_view> cookie =
          absl::StrSplit(absl::StripAsciiWhitespace(part), absl::MaxSplits('=', 1));
      if (cookie.first == kCookie && known_.count(std::string(cookie.second)) > 0) return true;
    }
  }
  return false;
}

std::string LoginSessions::CookieForEverybody(const HttpRequest& request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (IsKnown(request)) return "";
  std::string id = RandomLoginSessionId();
  known_.insert(id);
  oldest_first_.push_back(id);
  if (oldest_first_.size() > kMaxKnown) {
    known_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return absl::StrCat(kCookie, "=", id, "; Path=/; HttpOnly");
}

std::string LoginSessions::CookieFor(const HttpRequest& request) {
  return IsKept(request) ? CookieForEverybody(request) : "";
}

void LoginSessions::Clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  known_.clear();
  oldest_first_.clear();
}

}  // namespace openvidu::emulator
