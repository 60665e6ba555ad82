#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "emulator/http_connection.h"

namespace openvidu::emulator {
namespace {

// A chunked body needs HTTP/1.1 on the other side; others read to the end of the connection.
bool IsChunked(const HttpResponse& response, const HttpRequest& request) {
  return response.chunked && request.version == HttpVersion::kHttp11;
}

void AddConnectionHeaders(const HttpResponse& response, const HttpRequest& request, bool keep_alive,
                          std::string* out) {
  if (StatusDropsConnection(response.status) || (!keep_alive && !response.close_unannounced)) {
    out->append("Connection: close\r\n");
  } else if (keep_alive && request.HasToken("connection", "keep-alive")) {
    out->append(request.version == HttpVersion::kHttp11
                    ? "Keep-Alive: timeout=60\r\nConnection: keep-alive\r\n"
                    : "Connection: keep-alive\r\nKeep-Alive: timeout=60\r\n");
  }
}

}  // namespace

bool StatusDropsConnection(int status) {
  return status == 400 || status == 408 || status == 411 || status == 413 || status == 414 ||
         status == 500 || status == 501 || status == 503;
}

std::string RenderHead(const HttpResponse& response, const HttpRequest& request, bool keep_alive) {
  if (request.version == HttpVersion::kHttp09) return "";
  std::string out = absl::StrCat("HTTP/1.1 ", response.status, " \r\n");
  for (const HttpHeader& header : response.headers) {
    absl::StrAppend(&out, header.name, ": ", header.value, "\r\n");
  }
  if (!response.content_type.empty()) {
    absl::StrAppend(&out, "Content-Type: ", response.content_type, "\r\n");
  }
  if (!response.content_language.empty()) {
    absl::StrAppend(&out, "Content-Language: ", response.content_language, "\r\n");
  }
  const bool is_head = request.method == "HEAD";
  if (IsChunked(response, request)) {
    if (!is_head) out.append("Transfer-Encoding: chunked\r\n");
  } else if (response.status != 204 && !response.chunked && !(is_head && response.body.empty())) {
    // Of an empty answer to a HEAD, Tomcat does not know that it is empty.
    absl::StrAppend(&out, "Content-Length: ", response.body.size(), "\r\n");
  }
  absl::StrAppend(&out, "Date: ",
                  absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()),
                  "\r\n");
  AddConnectionHeaders(response, request, keep_alive, &out);
  out.append("\r\n");
  return out;
}

std::string RenderBody(const HttpResponse& response, const HttpRequest& request) {
  if (request.method == "HEAD" || response.status == 204) return "";
  if (!IsChunked(response, request)) return response.body;
  return absl::StrCat(absl::Hex(response.body.size()), "\r\n", response.body, "\r\n0\r\n\r\n");
}

}  // namespace openvidu::emulator
