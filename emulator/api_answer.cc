#include "emulator/api_answer.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "emulator/http_message.h"
#include "emulator/json.h"

namespace openvidu::emulator {
ApiAnswer ApiAnswer::Empty(int status) { return {.kind = Kind::kEmpty, .status = status}; }

ApiAnswer ApiAnswer::JsonText(std::string body) {
  return {.kind = Kind::kJson, .body = std::move(body)};
}

ApiAnswer ApiAnswer::Text(std::string body) {
  return {.kind = Kind::kText, .body = std::move(body)};
}

ApiAnswer ApiAnswer::Masked() { return {.kind = Kind::kMasked, .status = 403}; }

ApiAnswer ApiAnswer::Error(int status, absl::string_view message, absl::string_view path) {
  return {.kind = Kind::kJson,
          .status = status,
          .body = absl::StrCat(R"({"timestamp":)", absl::ToUnixMillis(absl::Now()), R"(,"status":)",
                               status, R"(,"error":")", ReasonPhrase(status), R"(","message":)",
                               JsonString(message), R"(,"path":)",
                               JsonString(absl::StrCat("/openvidu/api", path)), "}")};
}

}  // namespace openvidu::emulator
