#ifndef GATEWAY_SITE_H_
#define GATEWAY_SITE_H_

#include <httplib.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/pages.h"
#include "gateway/static_files.h"

namespace openvidu::token {

struct SiteOptions {
  bool ui = false;         ///< The try-it page and the API's documentation.
  std::string static_dir;  ///< A front-end's folder; empty: none.
  int grpc_port = 50051;   ///< Where the try-it page says that gRPC is, on the page's own host.
  bool grpc_tls = false;   ///< And whether it speaks TLS there.
};

/// What the gateway serves beside the API:
///
///   GET /openapi.json  → the API's description
///   GET /              → the folder's index.html, else the try-it page
///   GET /_try          → the try-it page
///   GET /docs          → the API's documentation
///   GET /_ui/…         → what these two load
///   GET /…             → the folder's files, except below /api
///
/// The pages are there with `ui`, the folder with `static_dir`. Thread-safe.
class Site {
 public:
  /// Errors: kInvalidArgument (StaticFiles::Open).
  static absl::StatusOr<Site> Create(const SiteOptions& options);

  /// Whether `target`, a raw one that is none of the API's, is answered here.
  bool Has(absl::string_view target) const;

  /// Whether Answer() of it returns at once: all but files of the folder.
  bool AnswersAtOnce(absl::string_view target) const;

  /// Answers a GET or HEAD of a target that Has() has.
  void Answer(const httplib::Request& request, httplib::Response& response) const;

 private:
  Site(const SiteOptions& options, std::optional<StaticFiles> files);

  /// Null where the target is no page.
  const Page* PageOf(absl::string_view target) const;

  /// The page; the try-it page with what it cannot find out by itself.
  Page OfThisServer(Page page) const;

  bool ui_;
  std::string try_body_;
  std::string try_etag_;
  std::optional<StaticFiles> files_;
};

}  // namespace openvidu::token

#endif  // GATEWAY_SITE_H_
