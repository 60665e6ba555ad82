#ifndef HTTP_HTTP_URL_H_
#define HTTP_HTTP_URL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// An http:// or https:// URL.
struct HttpUrl {
  bool tls = false;
  std::string host;  ///< A name, an IPv4 address, or an IPv6 address without brackets.
  int port = 0;      ///< 1…65535; the scheme's own where the URL names none.
  std::string path;  ///< From its '/' on, with the query if there is one. Empty for none.

  /// The value of the Host header: without the port where it is the scheme's own (RFC 9110 §7.2).
  std::string HostHeader() const;
};

/// Parses "http://host", "https://host:4443/", "https://host/video?x=y". `name` says in errors
/// which URL it is, such as "the URL of OpenVidu".
/// Errors: kInvalidArgument that says what is wrong; it does not quote a password.
absl::StatusOr<HttpUrl> ParseHttpUrl(absl::string_view url, absl::string_view name);

}  // namespace openvidu::token

#endif  // HTTP_HTTP_URL_H_
