#include "server/openvidu/upstream_status.h"

#include "absl/strings/str_cat.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

using Code = absl::StatusCode;

struct HttpRow {
  int from;
  int to;
  Code code;
  const char* reason;
  const char* text;
};

// Source: openvidu-rest.md §0 and §2, measured on OpenVidu 2.32.2. 502 to 504 come from a proxy
// before it.
constexpr HttpRow kHttpRows[] = {
    {300, 399, Code::kInternal, "UPSTREAM_UNEXPECTED_STATUS",
     "OpenVidu's address answers with a redirect: set the URL that it leads to"},
    {400, 400, Code::kInvalidArgument, "OPENVIDU_REJECTED", "OpenVidu rejects the request"},
    // Not UNAUTHENTICATED: the caller's credentials are not the ones refused, and the caller cannot
    // mend it.
    {401, 401, Code::kInternal, "OPENVIDU_SECRET_REFUSED",
     "OpenVidu refuses the secret that this service is configured with"},
    {403, 403, Code::kInternal, "OPENVIDU_MASKED_ERROR",
     "OpenVidu answered 403. It has accepted the secret, and answers so, with no body, whatever "
     "its framework "
     "refuses: an unknown path (is its URL right?) or an error of its own. A proxy before it may "
     "also forbid the "
     "request"},
    {404, 404, Code::kNotFound, "SESSION_NOT_FOUND", "OpenVidu knows no such session"},
    {408, 408, Code::kUnavailable, "UPSTREAM_ERROR", "OpenVidu, or a proxy before it, gave up"},
    {409, 409, Code::kAlreadyExists, "SESSION_EXISTS", "A session of this id exists"},
    {429, 429, Code::kUnavailable, "UPSTREAM_ERROR", "A proxy before OpenVidu limits the rate"},
    {500, 599, Code::kUnavailable, "UPSTREAM_ERROR", "OpenVidu, or a proxy before it, failed"},
};

struct TransportRow {
  TransportFailure failure;
  Code code;
  const char* reason;
  const char* text;
};

constexpr char kUnreachable[] = "UPSTREAM_UNREACHABLE";  // nothing was sent
constexpr char kLost[] = "UPSTREAM_ANSWER_LOST";         // it may have happened
constexpr char kBad[] = "UPSTREAM_BAD_ANSWER";

constexpr TransportRow kTransportRows[] = {
    {TransportFailure::kBusy, Code::kDeadlineExceeded, kUnreachable,
     "No connection to OpenVidu came free in time"},
    {TransportFailure::kQueueFull, Code::kResourceExhausted, "UPSTREAM_BUSY",
     "Too many requests wait for OpenVidu already"},
    // A reason of its own: to try again at once, as after a failed connection, would be in vain.
    {TransportFailure::kCircuitOpen, Code::kUnavailable, "UPSTREAM_CIRCUIT_OPEN",
     "OpenVidu cannot be reached; it is tried again after a pause"},
    {TransportFailure::kCancelled, Code::kCancelled, kLost,
     "The call was given up; the request may have been carried out"},
    {TransportFailure::kStopping, Code::kUnavailable, kUnreachable,
     "The service is stopping; nothing was sent to OpenVidu"},
    {TransportFailure::kStoppingSent, Code::kUnavailable, kLost,
     "The service is stopping; the request may have been carried out"},
    {TransportFailure::kResolve, Code::kUnavailable, kUnreachable, "OpenVidu cannot be reached"},
    {TransportFailure::kResolveDeadline, Code::kDeadlineExceeded, kUnreachable,
     "OpenVidu was not reached in time"},
    {TransportFailure::kConnect, Code::kUnavailable, kUnreachable, "OpenVidu cannot be reached"},
    {TransportFailure::kConnectDeadline, Code::kDeadlineExceeded, kUnreachable,
     "OpenVidu was not reached in time"},
    {TransportFailure::kTls, Code::kUnavailable, kUnreachable, "No TLS connection to OpenVidu"},
    {TransportFailure::kSend, Code::kUnavailable, kLost,
     "The connection to OpenVidu broke; the request may have been carried out"},
    {TransportFailure::kNoAnswer, Code::kUnavailable, kLost,
     "OpenVidu gave no answer; the request may have been carried out"},
    {TransportFailure::kCutAnswer, Code::kUnavailable, kLost,
     "OpenVidu's answer was cut off; the request may have been carried out"},
    {TransportFailure::kAnswerDeadline, Code::kDeadlineExceeded, kLost,
     "OpenVidu did not answer in time; the request may have been carried out"},
    {TransportFailure::kAnswerTooLarge, Code::kInternal, kBad, "OpenVidu's answer is too large"},
    {TransportFailure::kNotHttp, Code::kInternal, kBad, "OpenVidu's answer is not HTTP"},
};

absl::Status Make(Code code, const char* reason, absl::string_view text,
                  absl::string_view message) {
  return WithReason(
      absl::Status(code, message.empty() ? std::string(text) : absl::StrCat(text, ": ", message)),
      reason);
}

}  // namespace

absl::Status StatusFromHttp(int http_status, absl::string_view message) {
  for (const HttpRow& row : kHttpRows) {
    if (row.from <= http_status && http_status <= row.to) {
      return WithHttpStatus(Make(row.code, row.reason, row.text, message), http_status);
    }
  }
  return WithHttpStatus(
      Make(Code::kInternal, "UPSTREAM_UNEXPECTED_STATUS",
           absl::StrCat("OpenVidu answered with the unexpected status ", http_status), message),
      http_status);
}

absl::Status ForeignNotFound() {
  return WithHttpStatus(
      Make(Code::kInternal, "UPSTREAM_UNEXPECTED_STATUS",
           "Something that is not OpenVidu answers 404 at its address: is its URL right, with "
           "the sub-path if it has one?",
           ""),
      404);
}

absl::Status StatusFromTransport(TransportFailure failure, absl::string_view message) {
  for (const TransportRow& row : kTransportRows) {
    if (row.failure == failure) return Make(row.code, row.reason, row.text, message);
  }
  return absl::InternalError(message);
}

absl::Status BadAnswer(absl::string_view why) {
  return Make(Code::kInternal, kBad, "OpenVidu's answer is not the JSON expected", why);
}

}  // namespace openvidu::token
