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
  /// Origins such as "https://app.example.com", comma-separated, or "*" for any.
  /// Errors: kInvalidArgument naming the first that is no origin.
  static absl::StatusOr<Cors> Create(absl::string_view allowed_origins);

  /// Whether `request` is a browser's question about a request to come.
  static bool IsPreflight(const httplib::Request& request);

  /// Adds to an answer, also to an error, what lets the page of an allowed origin read it.
  void Allow(const httplib::Request& request, httplib::Response& response) const;

  /// Answers a preflight: 204. `methods` is what the route takes, such as "POST".
  void AnswerPreflight(const httplib::Request& request, absl::string_view methods,
                       httplib::Response& response) const;

 private:
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  bool AllowsAny() const { return origins_.size() == 1 && origins_[0] == "*"; }
  bool IsAllowed(const httplib::Request& request) const;

  std::vector<std::string> origins_;
};

}  // namespace openvidu::token

#endif  // GATEWAY_CORS_H_
