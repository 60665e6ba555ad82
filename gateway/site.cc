#include "gateway/site.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "gateway/pages.h"

namespace openvidu::token {
namespace {

absl::string_view PathOf(absl::string_view target) { return target.substr(0, target.find('?')); }

/// Reserved, so that a mistake in an API's path is answered as one, whatever the folder holds.
bool IsOfTheApi(absl::string_view path) { return path == "/api" || absl::StartsWith(path, "/api/"); }

}  // namespace

absl::StatusOr<Site> Site::Create(const SiteOptions& options) {
  if (options.static_dir.empty()) return Site(options.ui, std::nullopt);
  absl::StatusOr<StaticFiles> files = StaticFiles::Open(options.static_dir);
  if (!files.ok()) return files.status();
  return Site(options.ui, *std::move(files));
}

const Page* Site::PageOf(absl::string_view target) const {
  absl::string_view path = PathOf(target);
  if (path == "/openapi.json") return FindPage("openapi.json");
  if (!ui_) return nullptr;
  if (path == "/_try" || (path == "/" && !files_.has_value())) return FindPage("try.html");
  if (path == "/docs") return FindPage("docs.html");
  return absl::ConsumePrefix(&path, "/_ui/") ? FindPage(path) : nullptr;
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
    AnswerPage(*page, request, response);
  } else {
    files_->Answer(request, response);
  }
}

}  // namespace openvidu::token
