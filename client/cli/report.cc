#include "client/cli/report.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/token_channel.h"
#include "common/flags.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

using Code = absl::StatusCode;

struct Advice {
  absl::string_view reason;  ///< Ends by '*' where more may follow. Empty: any.
  Code code;                 ///< kOk: any.
  const char* text;
};

// The first that fits counts. The reasons are those of server/ and common/.
constexpr Advice kAdvice[] = {
    {kTokenServerUnavailable, Code::kDeadlineExceeded,
     "the server did not answer within --timeout; it may have happened all the same. token-cli "
     "doctor looks for the cause"},
    {kTokenServerUnavailable, Code::kOk,
     "is a token-server there, and is --tls as it has it? token-cli doctor looks for the cause"},
    {"UPSTREAM_UNREACHABLE", Code::kOk,
     "the token server is there but does not reach its OpenVidu: nothing happened. Run token-cli "
     "doctor on its machine, with its OPENVIDU_URL"},
    {"UPSTREAM_CIRCUIT_OPEN", Code::kOk,
     "the token server has not reached its OpenVidu of late: nothing happened. Run token-cli "
     "doctor on its machine, with its OPENVIDU_URL"},
    {"UPSTREAM_ANSWER_LOST", Code::kOk,
     "it may have happened all the same. With --request_id it is safe to try again"},
    {"UPSTREAM_*", Code::kResourceExhausted, "OpenVidu has too much to do: try again later"},
    {"UPSTREAM_*", Code::kOk,
     "the fault is OpenVidu's or that of a proxy before it: look at their logs"},
    {"OPENVIDU_SECRET_REFUSED", Code::kOk,
     "the token server's OPENVIDU_SECRET is not OpenVidu's: whoever runs it has to set it right"},
    {"SESSION_NOT_FOUND", Code::kOk,
     "create it by token-cli init-session --custom_session_id, or do both by token-cli join"},
    {"POLICY_DENIED", Code::kOk,
     "the server's policy does not allow it for this caller; see its --policy (docs/policy.md)"},
    {"CREDENTIALS_MISSING", Code::kOk,
     "show who calls: a bearer token by --token_file or $TOKEN_AUTH_TOKEN, or a certificate by "
     "--cert_file and --key_file"},
    {"TOKEN_EXPIRED", Code::kOk, "get a new token from who issued it"},
    {"TOKEN_NOT_YET_VALID", Code::kOk, "compare the clocks: the token is of the future"},
    {"RATE_LIMITED", Code::kOk, "this caller asks for too much: try again later"},
    {"KEYS_UNAVAILABLE", Code::kOk,
     "the token server has no keys to check tokens by: whoever runs it has to look at its log"},
    {"", Code::kUnauthenticated,
     "the server does not take the token: it needs one of its issuer, for it "
     "(docs/authentication.md)"},
    {"", Code::kPermissionDenied, "the server does not let this caller do it"},
    {"", Code::kNotFound, "there is no such session (any more)"},
    {"", Code::kInvalidArgument, "docs/grpc.md says what each property can be"},
    {"", Code::kAborted, "try again after a pause"},
    {"", Code::kUnimplemented,
     "is it a token-server, and as new as this program? token-cli doctor looks into it"},
    {"", Code::kInternal, "the server's log says more"},
};

bool Fits(const Advice& advice, const std::string& reason, Code code) {
  if (advice.code != Code::kOk && advice.code != code) return false;
  absl::string_view wanted = advice.reason;
  if (absl::ConsumeSuffix(&wanted, "*")) return absl::StartsWith(reason, wanted);
  return wanted.empty() || wanted == reason;
}

}  // namespace

int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case Code::kOk:
      return kExitOk;
    case Code::kNotFound:
      return kExitNotFound;
    case Code::kInvalidArgument:
      return kExitRejected;
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
      return kExitUnavailable;
    case Code::kUnauthenticated:
    case Code::kPermissionDenied:
      return kExitNotAllowed;
    case Code::kResourceExhausted:
      return kExitBusy;
    default:
      return kExitFailure;
  }
}

std::string AdviceFor(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  std::string text;
  for (const Advice& advice : kAdvice) {
    if (!Fits(advice, reason, status.code())) continue;
    text = advice.text;
    break;
  }
  if (RetryAfterOf(status) > absl::ZeroDuration()) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", "the server says to wait for ",
                    absl::FormatDuration(RetryAfterOf(status)));
  }
  return text;
}

int ReportFailure(const absl::Status& status, Console& console) {
  std::vector<std::string> details = {absl::StatusCodeToString(status.code())};
  if (!ReasonOf(status).empty()) details.push_back(ReasonOf(status));
  if (!FieldOf(status).empty()) details.push_back(absl::StrCat("property ", FieldOf(status)));
  const std::string what = absl::StrCat(Displayable(status.message()), " (",
                                        Displayable(absl::StrJoin(details, ", ")), ")");
  console.err << "token-cli: " << Styled(what, Style::kRed, console.colour_err) << "\n";
  const std::string advice = AdviceFor(status);
  if (!advice.empty()) console.err << "token-cli: " << advice << ".\n";
  return ExitCodeOf(status);
}

int ReportUsage(const absl::Status& mistakes, Console& console) {
  for (absl::string_view line : absl::StrSplit(mistakes.message(), '\n')) {
    console.err << "token-cli: " << Styled(Displayable(line), Style::kRed, console.colour_err)
                << "\n";
  }
  return kExitUsage;
}

}  // namespace openvidu::token
