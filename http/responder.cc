#include "http/responder.h"

#include <ctime>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "http/http_date.h"
#include "http/problem.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

// Room for the head of most answers at once.
constexpr size_t kUsualHeadBytes = 512;

// The Date header's value (RFC 9110 5.6.7); formatted once a second and thread.
const std::string& HttpDate() {
  thread_local std::time_t formatted = -1;
  thread_local std::string date;
  const std::time_t now = std::time(nullptr);
  if (now != formatted) {
    date = FormatHttpDate(now);
    formatted = now;
  }
  return date;
}

constexpr char kHsts[] = "Strict-Transport-Security";

// Headers that are not the handler's to set.
bool IsOfTheConnection(absl::string_view name) {
  for (const absl::string_view ours : {"Connection", "Content-Length", "Date", "Keep-Alive",
                                       "Server", kHsts, "Transfer-Encoding"}) {
    if (absl::EqualsIgnoreCase(name, ours)) return true;
  }
  return false;
}

void AppendHeader(absl::string_view name, absl::string_view value, std::string& bytes) {
  absl::StrAppend(&bytes, name, ": ", value, "\r\n");
}

}  // namespace

void DefaultErrorHandler(int status, absl::string_view detail, const httplib::Request& /*request*/,
                         httplib::Response& response) {
  response.set_content(ProblemJson(status, detail), kProblemJsonType);
}

Responder::Responder(HttpErrorHandler error_handler, int keep_alive_seconds, int64_t hsts_seconds)
    : error_handler_(error_handler ? std::move(error_handler) : DefaultErrorHandler),
      keep_alive_(absl::StrCat("timeout=", keep_alive_seconds)),
      hsts_(hsts_seconds > 0 ? absl::StrCat("max-age=", hsts_seconds) : "") {}

HttpAnswer Responder::Format(const AnswerForm& form, const httplib::Response& response) const {
  if (response.content_provider_ != nullptr) {
    LogError("an HTTP handler set a content provider, which is not supported");
    return FormatError(form, {}, 500, "The request could not be handled.");
  }
  const int status = response.status == -1 ? 200 : response.status;
  const bool has_no_body = HasNoBody(status);
  HttpAnswer answer{.close = !form.keep_alive || closing_};
  std::string& bytes = answer.bytes;
  bytes.reserve(kUsualHeadBytes + response.body.size());
  absl::StrAppend(&bytes, "HTTP/1.1 ", status, " ", ReasonPhrase(status), "\r\n");
  // set_header() refuses CR and LF but the map itself and set_content() take anything.
  for (const auto& [name, value] : response.headers) {
    if (!IsToken(name) || !IsFieldValue(value) || IsOfTheConnection(name)) continue;
    if (has_no_body && absl::EqualsIgnoreCase(name, "Content-Type")) continue;
    AppendHeader(name, value, bytes);
  }
  AppendHeader("Date", HttpDate(), bytes);
  if (form.tls && !hsts_.empty()) AppendHeader(kHsts, hsts_, bytes);
  if (!has_no_body) {  // RFC 9110 8.6: a 204 has no Content-Length either
    absl::StrAppend(&bytes, "Content-Length: ", response.body.size(), "\r\n");
  }
  if (answer.close) {
    AppendHeader("Connection", "close", bytes);
  } else if (form.http_1_0) {
    AppendHeader("Connection", "keep-alive", bytes);
    AppendHeader("Keep-Alive", keep_alive_, bytes);
  }
  bytes += "\r\n";
  if (!has_no_body && !form.head) bytes += response.body;
  return answer;
}

HttpAnswer Responder::FormatError(const AnswerForm& form, const httplib::Request& request,
                                  int status, absl::string_view detail) const {
  return Format(form, Error(request, status, detail));
}

httplib::Response Responder::Error(const httplib::Request& request, int status,
                                   absl::string_view detail) const {
  httplib::Response response;
  const auto reset = [&] {
    response = httplib::Response();
    response.status = status;
    if (status == 503) response.set_header("Retry-After", "1");
  };
  reset();
  try {
    error_handler_(status, detail, request, response);
  } catch (...) {
    LogError("the HTTP error handler threw");
    reset();
    DefaultErrorHandler(status, detail, request, response);
  }
  return response;
}

}  // namespace openvidu::token
