#ifndef GATEWAY_PAGES_H_
#define GATEWAY_PAGES_H_

#include <httplib.h>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// A file of gateway/ui or docs/openapi.yaml, as embed_pages.py puts it into the program.
struct Page {
  absl::string_view name;  ///< Such as "style.css".
  absl::string_view content_type;
  absl::string_view etag;
  absl::string_view body;
};

/// The page of this name; null: there is none.
const Page* FindPage(absl::string_view name);

/// Answers a GET or HEAD of `page`. A document may load nothing but what this program serves, run
/// nothing but its scripts, and be framed by nobody.
void AnswerPage(const Page& page, const httplib::Request& request, httplib::Response& response);

}  // namespace openvidu::token

#endif  // GATEWAY_PAGES_H_
