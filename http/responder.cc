#include "http/responder.h"

#include <ctime>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "http/http_date.h"
#include "http/memory_stream.h"
#include "http/problem.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

// All that cpp-httplib reads. What matters of the request is set after it, in setup_request: the
// library would decode escapes inside header values, cut lines at 8 KiB, read a body without a
// limit where it is chunked or packed, compress an answer and cut it by Range (docs/security.md).
constexpr absl::string_view kHead = "GET / HTTP/1.1\r\n\r\n";

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
  for (const absl::string_view ours : {"Accept-Ranges", "Connection", "Content-Length", "Date",
                                       "Keep-Alive", "Server", kHsts, "Transfer-Encoding"}) {
    if (absl::EqualsIgnoreCase(name, ours)) return true;
  }
  return false;
}

}  // namespace

// One answer in the making, from Format() to the callbacks that cpp-httplib knows only by the
// server.
struct Responder::Call {
  const AnswerForm& form;
  httplib::Response response;
  bool takes_ranges = false;  // as the handler says, and not cpp-httplib
  bool close = false;

  static thread_local Call* current;
};

thread_local Responder::Call* Responder::Call::current = nullptr;

void DefaultErrorHandler(int status, absl::string_view detail, const httplib::Request& /*request*/,
                         httplib::Response& response) {
  response.set_content(ProblemJson(status, detail), kProblemJsonType);
}

Responder::Responder(HttpErrorHandler error_handler, int keep_alive_seconds, int64_t hsts_seconds)
    : error_handler_(error_handler ? std::move(error_handler) : DefaultErrorHandler),
      keep_alive_(absl::StrCat("timeout=", keep_alive_seconds)),
      hsts_(hsts_seconds > 0 ? absl::StrCat("max-age=", hsts_seconds) : "") {
  set_pre_routing_handler([](const httplib::Request&, httplib::Response& response) {
    response = std::move(Call::current->response);
    return HandlerResponse::Handled;
  });
  set_post_routing_handler([this](const httplib::Request&, httplib::Response& response) {
    Finish(Call::current, response);
  });
}

HttpAnswer Responder::Format(const AnswerForm& form, httplib::Response response) {
  if (response.content_provider_ != nullptr) {
    LogError("an HTTP handler set a content provider, which is not supported");
    return FormatError(form, {}, 500, "The request could not be handled.");
  }
  Call call{.form = form, .response = std::move(response)};
  call.response.version = "HTTP/1.1";
  call.takes_ranges = call.response.has_header("Accept-Ranges");
  Call* const outer = std::exchange(Call::current, &call);
  MemoryStream stream(kHead);
  bool connection_closed = false;  // it judges kHead's Connection, not the request's
  process_request(stream, /*close_connection=*/false, connection_closed,
                  [&form](httplib::Request& request) {
                    if (form.head) request.method = "HEAD";
                  });
  Call::current = outer;
  return {stream.TakeOutput(), call.close};
}

HttpAnswer Responder::FormatError(const AnswerForm& form, const httplib::Request& request,
                                  int status, absl::string_view detail) {
  return Format(form, Error(request, status, detail));
}

httplib::Response Responder::Error(const httplib::Request& request, int status,
                                   absl::string_view detail) {
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

// Runs when cpp-httplib has added its headers and written nothing yet.
void Responder::Finish(Call* call, httplib::Response& response) {
  httplib::Headers& headers = response.headers;
  // set_header() refuses CR and LF but the map itself and set_content() take anything.
  for (auto it = headers.begin(); it != headers.end();) {
    const bool valid =
        IsToken(it->first) && IsFieldValue(it->second) && !IsOfTheConnection(it->first);
    it = valid ? std::next(it) : headers.erase(it);
  }
  headers.emplace("Date", HttpDate());
  if (call->takes_ranges) headers.emplace("Accept-Ranges", "bytes");
  if (call->form.tls && !hsts_.empty()) headers.emplace(kHsts, hsts_);
  if (HasNoBody(response.status)) {  // RFC 9110 8.6: a 204 has no Content-Length either
    response.body.clear();
    headers.erase("Content-Type");
  } else {
    headers.emplace("Content-Length", absl::StrCat(response.body.size()));
  }
  call->close = !call->form.keep_alive || closing_;
  if (call->close) {
    headers.emplace("Connection", "close");
  } else if (call->form.http_1_0) {
    headers.emplace("Connection", "keep-alive");
    headers.emplace("Keep-Alive", keep_alive_);
  }
}

}  // namespace openvidu::token
