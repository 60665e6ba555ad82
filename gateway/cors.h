#ifndef GATEWAY_CORS_H_
#define GATEWAY_CORS_H_

#include <httplib.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Which pages may call from a browser (the Fetch standard's CORS protocol). Never with
/// credentials. Thread-safe.
class Cors {
 public:
  /// Origins such as "https://app.example.com", comma-separated, or "*" for any. In
  /// "https://*.example.com:8443" the asterisk stands for one label or more: scheme and port are
  /// the same, and example.com itself is not among them. Errors: kInvalidArgument naming the first
  /// that is no origin.
  static absl::StatusOr<Cors> Create(absl::string_view allowed_origins);

  /// Whether `request` is a browser's question about a request to come.
  static bool IsPreflight(const httplib::Request& request);

  /// Adds to an answer, also to an error, what lets the page of an allowed origin read it.
  void Allow(const httplib::Request& request, httplib::Response& response) const;

  /// Answers a preflight: 204. `methods` is what the route takes, such as "POST".
  void AnswerPreflight(const httplib::Request& request, absl::string_view methods,
                       httplib::Response& response) const;

 private:
  /// One origin, or all that are between the two with a name in between.
  struct Pattern {
    std::string origin;  ///< In lower case; of a wildcard what is before it: "https://".
    std::string suffix;  ///< Of a wildcard what is behind it: ".example.com:8443".
    bool Matches(absl::string_view lower_case_origin) const;
  };

  /// None: any origin.
  explicit Cors(std::vector<Pattern> patterns) : patterns_(std::move(patterns)) {}

  bool AllowsAny() const { return patterns_.empty(); }
  bool IsAllowed(const httplib::Request& request) const;

  std::vector<Pattern> patterns_;
};

}  // namespace openvidu::token

#endif  // GATEWAY_CORS_H_
