#include "gateway/pages.h"

#include <string>

#include "absl/strings/match.h"
#include "gateway/conditional_request.h"

namespace openvidu::token {
namespace {

struct Header {
  const char* name;
  const char* value;
};

constexpr Header kDocumentHeaders[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
     "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy",
     "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
};

}  // namespace

void AnswerPage(const Page& page, const httplib::Request& request, httplib::Response& response) {
  const Validators validators{std::string(page.etag)};
  SetValidators(validators, response);
  // Another version of the program has other pages: a cache has to ask, and is mostly told 304.
  response.set_header("Cache-Control", "no-cache");
  response.set_header("X-Content-Type-Options", "nosniff");
  if (absl::StartsWith(page.content_type, "text/html")) {
    for (const Header& header : kDocumentHeaders) response.set_header(header.name, header.value);
  }
  if (HasVersion(request, validators)) {
    response.status = 304;
    return;
  }
  response.status = 200;
  response.set_content(std::string(page.body), std::string(page.content_type));
}

}  // namespace openvidu::token
