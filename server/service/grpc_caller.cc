#include "server/service/grpc_caller.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>

#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/caller_fields.h"
#include "common/certificate_names.h"
#include "common/forwarded_caller.h"
#include "common/host_port.h"
#include "net/certificate_names.h"

namespace openvidu::token {
namespace {

absl::string_view View(grpc::string_ref text) { return {text.data(), text.size()}; }

std::vector<absl::string_view> ValuesOf(const grpc::ServerContextBase& context, const char* key) {
  std::vector<absl::string_view> values;
  const auto [begin, end] = context.client_metadata().equal_range(key);
  for (auto it = begin; it != end; ++it) values.push_back(View(it->second));
  return values;
}

/// The only value; "" where there is none or several.
absl::string_view ValueOf(const grpc::ServerContextBase& context, const char* key) {
  const std::vector<absl::string_view> values = ValuesOf(context, key);
  return values.size() == 1 ? values.front() : "";
}

/// gRPC lists the names too, but each kind by itself and with no check of their characters. A
/// connection's calls come with the same certificate, so it is not read anew for each.
std::vector<std::string> VerifiedNames(const grpc::ServerContextBase& context) {
  const std::shared_ptr<const grpc::AuthContext> peer = context.auth_context();
  // Without it: plain text, or TLS without a certificate. One that is not vouched for ends the
  // handshake (GrpcTls).
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return {};
  const auto pem = peer->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (pem.size() != 1) return {};
  thread_local std::string last_pem;
  thread_local std::vector<std::string> last_names;
  if (last_pem != View(pem.front())) {
    last_names = NamesOfCertificate(View(pem.front()));
    last_pem = std::string(View(pem.front()));
  }
  return last_names;
}

std::vector<std::string> ForwardedNames(const grpc::ServerContextBase& context) {
  std::vector<std::string> names;
  for (const absl::string_view name : ValuesOf(context, kForwardedNamesKey)) {
    if (names.size() < kMaxCertificateNames && IsCertificateName(name)) names.emplace_back(name);
  }
  return names;
}

}  // namespace

std::string GrpcCallers::AddressOfPeer(absl::string_view peer) {
  if (!absl::ConsumePrefix(&peer, "ipv4:") && !absl::ConsumePrefix(&peer, "ipv6:")) return "";
  const std::string decoded = absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}, {"%25", "%"}});
  const absl::StatusOr<HostPort> address = ParseHostPort(decoded);
  return address.ok() ? CanonicalAddress(address->host) : "";
}

std::shared_ptr<const Caller> GrpcCallers::CallerOf(const grpc::ServerContextBase& context) const {
  auto caller = std::make_shared<Caller>();
  caller->bearer_token = BearerTokenOf(ValuesOf(context, kAuthorizationKey));
  const absl::string_view request_id = ValueOf(context, kRequestIdKey);
  if (IsRequestId(request_id)) caller->request_id = std::string(request_id);
  caller->certificate_names = VerifiedNames(context);
  if (trusted_gateways_.Find(caller->certificate_names) != nullptr) {
    caller->certificate_names = ForwardedNames(context);
    caller->address = CanonicalAddress(ValueOf(context, kForwardedForKey));
  } else {
    caller->address = AddressOfPeer(context.peer());
  }
  return caller;
}

TraceContext TraceContextOf(const grpc::ServerContextBase& context) {
  const std::vector<absl::string_view> parents = ValuesOf(context, kTraceParentHeader);
  return parents.empty() ? TraceContext()
                         : ParseTraceContext(parents, ValuesOf(context, kTraceStateHeader));
}

absl::string_view UserAgentOf(const grpc::ServerContextBase& context) {
  return ValueOf(context, "user-agent");
}

}  // namespace openvidu::token
