#include "gateway/site.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace openvidu::token {
namespace {

constexpr char kTryPage[] = "try.html";

absl::string_view PathOf(absl::string_view target) { return target.substr(0, target.find('?')); }

/// Reserved, so that a mistake in an API's path is answered as one, whatever the folder holds.
bool IsOfTheApi(absl::string_view path) {
  return path == "/api" || absl::StartsWith(path, "/api/");
}

}  // namespace

absl::StatusOr<Site> Site::Create(const SiteOptions& options) {
  if (options.static_dir.empty()) return Site(options, std::nullopt);
  absl::StatusOr<StaticFiles> files = StaticFiles::Open(options.static_dir);
  if (!files.ok()) return files.status();
  return Site(options, *std::move(files));
}

Site::Site(const SiteOptions& options, std::optional<StaticFiles> files)
    : ui_(options.ui), files_(std::move(files)) {
  const std::string grpc =
      absl::StrCat(options.grpc_tls ? "tls:" : "plaintext:", options.grpc_port);
  const Page& page = *FindPage(kTryPage);
  try_body_ = absl::StrReplaceAll(page.body, {{"@GRPC@", grpc}});
  try_etag_ = absl::StrCat(absl::StripSuffix(page.etag, "\""), "-", grpc, "\"");
}

const Page* Site::PageOf(absl::string_view target) const {
  absl::string_view path = PathOf(target);
  if (path == "/openapi.json") return FindPage("openapi.json");
  if (!ui_) return nullptr;
  if (path == "/_try" || (path == "/" && !files_.has_value())) return FindPage(kTryPage);
  if (path == "/docs") return FindPage("docs.html");
  return absl::ConsumePrefix(&path, "/_ui/") ? FindPage(path) : nullptr;
}

Page Site::OfThisServer(Page page) const {
  if (page.name == kTryPage) {
    page.body = try_body_;
    page.etag = try_etag_;
  }
  return page;
}

bool Site::Has(absl::string_view target) const {
  if (PageOf(target) != nullptr) return true;
  return files_.has_value() && !IsOfTheApi(PathOf(target)) && absl::StartsWith(target, "/");
}

bool Site::AnswersAtOnce(absl::string_view target) const {
  return PageOf(target) != nullptr || !Has(target);
}

void Site::Answer(const httplib::Request& request, httplib::Response& response) const {
  if (const Page* page = PageOf(request.target); page != nullptr) {
    AnswerPage(OfThisServer(*page), request, response);
  } else {
    files_->Answer(request, response);
  }
}

}  // namespace openvidu::token
