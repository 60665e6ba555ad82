#include "http/problem.h"

namespace openvidu::token {
namespace {

struct Row {
  int status;
  absl::string_view phrase;
};

constexpr Row kRows[] = {
    {200, "OK"},
    {204, "No Content"},
    {206, "Partial Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {499, "Client Closed Request"},  // not registered; what google/rpc/code.proto maps CANCELLED to
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

}  // namespace

absl::string_view ReasonPhrase(int status) {
  for (const Row& row : kRows) {
    if (row.status == status) return row.phrase;
  }
  return "Unknown";
}

std::string ProblemJson(int status, absl::string_view detail,
                        const nlohmann::ordered_json& extensions) {
  nlohmann::ordered_json problem = {
      {"type", "about:blank"},
      {"title", std::string(ReasonPhrase(status))},
      {"status", status},
  };
  if (!detail.empty()) problem["detail"] = std::string(detail);
  if (extensions.is_object()) problem.update(extensions);
  // Never throws for a byte that is not UTF-8: it becomes U+FFFD.
  return problem.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace openvidu::token
