#ifndef SERVER_ACCESS_AUTHENTICATOR_H_
#define SERVER_ACCESS_AUTHENTICATOR_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/call_context.h"
#include "common/certificate_names.h"
#include "net/file_watch.h"
#include "net/reactor.h"
#include "server/access/identity.h"
#include "server/access/jwt_verifier.h"
#include "server/access/key_source.h"
#include "server/access/url_key_source.h"

namespace openvidu::token {

/// Who is let in, and how he shows who he is.
struct AuthenticatorOptions {
  /// Some of "none", "jwt" and "mtls". With "none", who presents nothing is anonymous.
  std::vector<std::string> methods = {"none"};

  // Of "jwt". Exactly one of the three has the keys; empty: not this one.
  std::string jwt_keys_file;      ///< ReadKeysFile.
  std::string jwt_hmac_key_file;  ///< ReadHmacKeyFile.
  UrlKeySourceOptions jwt_keys_url;
  absl::Duration keys_file_interval = kFileWatchInterval;  ///< How often a file is looked at.
  JwtRules jwt;

  /// Of "mtls": the certificates that identify (CertificateNames).
  std::vector<std::string> mtls_allowed_names;
};

/// Errors: kInvalidArgument naming every mistake, by the flag's name, one a line.
absl::Status CheckAuthenticatorOptions(const AuthenticatorOptions& options);

/// Finds out who a caller is. Thread-safe; made and destroyed on any thread but the reactor's.
class Authenticator {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<Identity>)>;

  /// `reactor` outlives it. Errors: those of CheckAuthenticatorOptions.
  static absl::StatusOr<std::unique_ptr<Authenticator>> Create(const AuthenticatorOptions& options,
                                                               Reactor& reactor);

  /// Calls `done`, once: before it returns or, where keys must be fetched for it, on the reactor's
  /// thread, within seconds. `caller` is not needed any more when this returns; null: nothing is
  /// known.
  ///
  /// With "none" alone everyone is anonymous, whatever is presented. Else a bearer token that is
  /// presented must verify; without one a certificate whose name is on the list identifies; else,
  /// with "none", the caller is anonymous. Of who has both, the token says who he is, and
  /// the names of the certificate are kept.
  /// Errors, each with a reason:
  /// * kUnauthenticated: CREDENTIALS_MISSING (nothing is presented, or a certificate that is not on
  ///   the list), TOKEN_NOT_ACCEPTED (a token, without "jwt"), or JwtVerifier::Verify's.
  /// * kUnavailable: KEYS_UNAVAILABLE (the identity provider has not been reached).
  void Authenticate(const Caller* caller, Done done) const;

 private:
  Authenticator(const AuthenticatorOptions& options, std::unique_ptr<KeySource> keys);
  void VerifyToken(const Caller& caller, Done done) const;

  const bool none_;
  const bool jwt_;
  const bool mtls_;
  const CertificateNames allowed_names_;
  const std::shared_ptr<const JwtVerifier> verifier_;
  const std::unique_ptr<KeySource> keys_;  // null without "jwt"
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_AUTHENTICATOR_H_
