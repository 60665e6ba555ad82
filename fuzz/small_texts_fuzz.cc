// Everything that is a line of text: addresses, URLs, ids, timeouts, escapes. What is accepted
// means the same when it is written and read again, and can stand where it will be put.
#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/caller_fields.h"
#include "common/certificate_names.h"
#include "common/host_port.h"
#include "common/log.h"
#include "fuzz/input.h"
#include "gateway/client_address.h"
#include "gateway/cors.h"
#include "gateway/grpc_timeout.h"
#include "http/syntax.h"
#include "server/openvidu/openvidu_url.h"

namespace openvidu::token {
namespace {

bool CanStandInAHead(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

void CheckHostPort(absl::string_view text) {
  const absl::StatusOr<HostPort> parsed = ParseHostPort(text);
  if (!parsed.ok()) return;
  FUZZ_CHECK(!parsed->host.empty() || text[0] == ':');
  FUZZ_CHECK(parsed->port >= 0 && parsed->port <= 65535);
  const absl::StatusOr<HostPort> again = ParseHostPort(FormatHostPort(*parsed));
  FUZZ_CHECK(again.ok() && again->host == parsed->host && again->port == parsed->port);
}

void CheckUrl(absl::string_view text) {
  const absl::StatusOr<OpenViduUrl> url = ParseOpenViduUrl(text);
  if (!url.ok()) {
    const size_t at = text.find('@');
    const bool quoted = at != absl::string_view::npos && absl::StartsWithIgnoreCase(text, "http") &&
                        absl::StrContains(url.status().message(), text);
    FUZZ_CHECK(!quoted);
    return;
  }
  FUZZ_CHECK(url->port > 0 && url->port <= 65535 && !url->host.empty());
  FUZZ_CHECK(CanStandInAHead(url->HostHeader()) && CanStandInAHead(url->path));
  FUZZ_CHECK(IsHostAndPort(url->HostHeader()));
  FUZZ_CHECK(url->path.empty() || (url->path.front() == '/' && url->path.back() != '/'));
  const auto again = ParseOpenViduUrl(
      absl::StrCat(url->tls ? "https://" : "http://", url->HostHeader(), url->path));
  FUZZ_CHECK(again.ok() && again->host == url->host && again->port == url->port &&
             again->path == url->path && again->tls == url->tls);
}

void CheckClientAddress(FuzzInput input) {
  const absl::string_view networks = input.TakeLine();
  const absl::string_view peer = input.TakeLine();
  const auto proxies = TrustedProxies::Parse(networks);
  if (!proxies.ok()) return;
  const std::string caller = proxies->Caller(peer, input.rest());
  FUZZ_CHECK(TrustedProxies().Caller(peer, input.rest()) == TrustedProxies().Caller(peer, ""));
  FUZZ_CHECK(caller.size() <= std::max<size_t>(peer.size(), 64));
}

void CheckTimeout(absl::string_view text) {
  const absl::StatusOr<absl::Duration> timeout = ParseGrpcTimeout(text);
  FUZZ_CHECK(!timeout.ok() || (*timeout >= absl::ZeroDuration() && text.size() <= 9));
}

void CheckCors(FuzzInput input) {
  const absl::StatusOr<Cors> cors = Cors::Create(input.TakeLine());
  if (!cors.ok()) return;
  httplib::Request request;
  request.method = "OPTIONS";
  request.headers.emplace("Origin", std::string(input.TakeLine()));
  request.headers.emplace("Access-Control-Request-Method", "POST");
  request.headers.emplace("Access-Control-Request-Headers", std::string(input.rest()));
  httplib::Response response;
  if (Cors::IsPreflight(request)) cors->AnswerPreflight(request, "POST", response);
  cors->Allow(request, response);
  FUZZ_CHECK(!response.has_header("Access-Control-Allow-Credentials"));
  for (const auto& [name, value] : response.headers) {
    FUZZ_CHECK(value.find_first_of("\r\n") == std::string::npos);
  }
}

void CheckCallerFields(FuzzInput input) {
  const absl::string_view name = input.TakeLine();
  const std::string token = BearerTokenOf({name});
  FUZZ_CHECK(token.size() <= kMaxBearerTokenBytes && CanStandInAHead(token));
  FUZZ_CHECK(name.empty() || !token.empty());  // who tries is not anonymous
  FUZZ_CHECK(!IsRequestId(name) || CanStandInAHead(name));
  // What is meant is a name, and means itself but for the case of a DNS name, or is a wildcard.
  const std::string entry(input.rest());
  FUZZ_CHECK(CertificateNames::IsEntry(entry) == CertificateNames::Check("flag", {entry}).ok());
  if (!CertificateNames::IsEntry(entry)) return;
  FUZZ_CHECK(IsCertificateName(entry));
  const std::vector<std::string> presented = {entry};
  const bool means_itself = CertificateNames({entry}).Find(presented) != nullptr;
  FUZZ_CHECK(means_itself != absl::StartsWith(entry, "dns:*."));
}

void CheckEscapes(absl::string_view text) {
  FUZZ_CHECK(PercentDecode(text, true).size() <= text.size());
  std::string encoded;
  for (const unsigned char c : text) absl::StrAppend(&encoded, "%", absl::Hex(c, absl::kZeroPad2));
  FUZZ_CHECK(PercentDecode(encoded, false) == text);
}

void CheckPrintable(absl::string_view text) {
  const std::string line = Printable(text, 100);
  FUZZ_CHECK(line.size() <= 4 * 100 + 3);
  if (text.size() <= 100) {
    FUZZ_CHECK(std::all_of(line.begin(), line.end(), absl::ascii_isprint));
  }
}

}  // namespace
}  // namespace openvidu::token

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  FuzzInput input(data, size);
  switch (input.TakeByte() % 9) {
    case 0:
      CheckHostPort(input.rest());
      break;
    case 1:
      CheckUrl(input.rest());
      break;
    case 2:
      CheckClientAddress(input);
      break;
    case 3:
      CheckTimeout(input.rest());
      break;
    case 4:
      CheckCors(input);
      break;
    case 5:
      CheckEscapes(input.rest());
      break;
    case 6:
      CheckPrintable(input.rest());
      break;
    case 8:
      CheckCallerFields(input);
      break;
    default:
      FUZZ_CHECK(!IsPossibleSessionId(input.rest()) || CanStandInAHead(input.rest()));
  }
  return 0;
}
