#include "gateway/http_caller.h"

#include <cstdint>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "common/caller_fields.h"

namespace openvidu::token {

namespace {

std::vector<absl::string_view> ValuesOf(const httplib::Request& request, const char* header) {
  std::vector<absl::string_view> values;
  const auto [begin, end] = request.headers.equal_range(header);
  for (auto it = begin; it != end; ++it) values.emplace_back(it->second);
  return values;
}

}  // namespace

std::string ForwardedForOf(const httplib::Request& request) {
  std::string forwarded_for;
  const size_t values = request.get_header_value_count(kForwardedForHeader);
  for (size_t i = 0; i < values; ++i) {
    absl::StrAppend(&forwarded_for, i > 0 ? "," : "",
                    request.get_header_value(kForwardedForHeader, i));
  }
  return forwarded_for;
}

std::string RequestIdOf(const httplib::Request& request) {
  if (request.get_header_value_count(kRequestIdHeader) == 1) {
    std::string given = request.get_header_value(kRequestIdHeader);
    if (IsRequestId(given)) return given;
  }
  thread_local absl::BitGen random;
  return absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16),
                      absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

TraceContext TraceContextOf(const httplib::Request& request) {
  const std::vector<absl::string_view> parents = ValuesOf(request, kTraceParentHeader);
  return parents.empty() ? TraceContext()
                         : ParseTraceContext(parents, ValuesOf(request, kTraceStateHeader));
}

std::shared_ptr<const Caller> CallerOf(const httplib::Request& request, std::string request_id,
                                       std::vector<std::string> certificate_names,
                                       const TrustedProxies& proxies) {
  const std::string forwarded_for = ForwardedForOf(request);

  auto caller = std::make_shared<Caller>();
  caller->bearer_token = BearerTokenOf(ValuesOf(request, "Authorization"));
  if (forwarded_for.empty() || !proxies.Trusts(request.remote_addr)) {
    caller->certificate_names = std::move(certificate_names);
  }
  caller->address = proxies.AddressOfClient(request.remote_addr, forwarded_for);
  caller->request_id = std::move(request_id);
  return caller;
}

std::string ChallengeTo(const Caller& caller) {
  return absl::StrCat(R"(Bearer realm="openvidu-token-service")",
                      caller.bearer_token.empty() ? "" : R"(, error="invalid_token")");
}

}  // namespace openvidu::token
