#ifndef GATEWAY_CONDITIONAL_REQUEST_H_
#define GATEWAY_CONDITIONAL_REQUEST_H_

#include <httplib.h>

#include <cstdint>
#include <ctime>
#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// What names one version of what is at a path.
struct Validators {
  std::string etag;               ///< Strong, with its quotes.
  std::time_t last_modified = 0;  ///< 0: not known.
};

/// Sets ETag and, where it is known, Last-Modified.
void SetValidators(const Validators& validators, httplib::Response& response);

/// Whether the client of a GET or HEAD has this version already, so that it is answered 304
/// (RFC 9110 13.1.2 and 13.1.3: If-Modified-Since only where there is no If-None-Match).
bool HasVersion(const httplib::Request& request, const Validators& validators);

/// The part of a content that is asked for.
struct ByteRange {
  enum class Kind {
    kWhole,           ///< All of it: no range, or one that is not honoured.
    kPart,            ///< `length` bytes from `first` on.
    kNotSatisfiable,  ///< Nothing of it is there: 416.
  };
  Kind kind = Kind::kWhole;
  uint64_t first = 0;
  uint64_t length = 0;
};

/// Reads Range (RFC 9110 14.2), by If-Range where it is given. One range of bytes is honoured;
/// several, other units, other methods than GET and what is malformed get the whole.
ByteRange RangeOf(const httplib::Request& request, const Validators& validators, uint64_t size);

}  // namespace openvidu::token

#endif  // GATEWAY_CONDITIONAL_REQUEST_H_
