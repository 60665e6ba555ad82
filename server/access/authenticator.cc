#include "server/access/authenticator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/flags.h"
#include "common/status_details.h"
#include "server/access/file_key_source.h"
#include "server/access/json_web_keys.h"

namespace openvidu::token {
namespace {

bool Has(const AuthenticatorOptions& options, absl::string_view method) {
  return std::find(options.methods.begin(), options.methods.end(), method) != options.methods.end();
}

absl::Status CheckMethods(const AuthenticatorOptions& options) {
  std::vector<absl::Status> statuses;
  for (const std::string& method : options.methods) {
    if (method == "none" || method == "jwt" || method == "mtls") continue;
    statuses.push_back(absl::InvalidArgumentError(
        absl::StrCat("auth: '", method, "' is not one of none, jwt, mtls")));
  }
  if (options.methods.empty()) {
    statuses.push_back(absl::InvalidArgumentError("auth must name some of none, jwt, mtls"));
  }
  return AllMistakes(statuses);
}

int KeySources(const AuthenticatorOptions& options) {
  return (options.jwt_keys_file.empty() ? 0 : 1) + (options.jwt_hmac_key_file.empty() ? 0 : 1) +
         (options.jwt_keys_url.url.empty() ? 0 : 1);
}

absl::Status CheckJwt(const AuthenticatorOptions& options) {
  std::vector<absl::Status> statuses = {CheckJwtRules(options.jwt)};
  if (KeySources(options) != 1) {
    statuses.push_back(absl::InvalidArgumentError(
        "auth=jwt takes one of jwt_keys_file, jwt_jwks_url and jwt_hmac_key_file"));
  }
  if (!options.jwt_keys_file.empty()) {
    statuses.push_back(ReadKeysFile(options.jwt_keys_file).status());
  }
  if (!options.jwt_hmac_key_file.empty()) {
    statuses.push_back(ReadHmacKeyFile(options.jwt_hmac_key_file).status());
  }
  if (!options.jwt_keys_url.url.empty()) {
    statuses.push_back(CheckUrlKeySourceOptions(options.jwt_keys_url));
  }
  return AllMistakes(statuses);
}

absl::StatusOr<std::unique_ptr<KeySource>> MakeKeySource(const AuthenticatorOptions& options,
                                                         Reactor& reactor) {
  if (!options.jwt_keys_url.url.empty()) return UrlKeySource::Create(reactor, options.jwt_keys_url);
  const bool hmac = !options.jwt_hmac_key_file.empty();
  return FileKeySource::Create(reactor, hmac ? options.jwt_hmac_key_file : options.jwt_keys_file,
                               hmac ? ReadHmacKeyFile : ReadKeysFile, options.keys_file_interval);
}

absl::Status KeysUnavailable() {
  return WithReason(
      absl::UnavailableError("The keys that tokens are verified by have not been reached"),
      "KEYS_UNAVAILABLE");
}

}  // namespace

absl::Status CheckAuthenticatorOptions(const AuthenticatorOptions& options) {
  std::vector<absl::Status> statuses = {CheckMethods(options),
                                        CertificateNames::Check("mtls_allowed_names", options.mtls_allowed_names)};
  const auto require = [&statuses](bool holds, absl::string_view mistake) {
    if (!holds) statuses.push_back(absl::InvalidArgumentError(mistake));
  };
  // Who has set these thinks that callers are asked for credentials.
  if (Has(options, "jwt")) {
    statuses.push_back(CheckJwt(options));
  } else {
    require(KeySources(options) == 0, "there are keys for tokens, but auth does not name jwt");
  }
  if (Has(options, "mtls")) {
    require(!options.mtls_allowed_names.empty(), "auth=mtls takes mtls_allowed_names");
  } else {
    require(options.mtls_allowed_names.empty(),
            "there are mtls_allowed_names, but auth does not name mtls");
  }
  return AllMistakes(statuses);
}

absl::StatusOr<std::unique_ptr<Authenticator>> Authenticator::Create(
    const AuthenticatorOptions& options, Reactor& reactor) {
  if (absl::Status mistakes = CheckAuthenticatorOptions(options); !mistakes.ok()) return mistakes;
  std::unique_ptr<KeySource> keys;
  if (Has(options, "jwt")) {
    absl::StatusOr<std::unique_ptr<KeySource>> made = MakeKeySource(options, reactor);
    if (!made.ok()) return made.status();
    keys = *std::move(made);
  }
  return std::unique_ptr<Authenticator>(new Authenticator(options, std::move(keys)));
}

Authenticator::Authenticator(const AuthenticatorOptions& options, std::unique_ptr<KeySource> keys)
    : none_(Has(options, "none")),
      jwt_(Has(options, "jwt")),
      mtls_(Has(options, "mtls")),
      allowed_names_(options.mtls_allowed_names),
      verifier_(std::make_shared<const JwtVerifier>(options.jwt)),
      keys_(std::move(keys)) {}

void Authenticator::Authenticate(const Caller* caller, Done done) const {
  if (!jwt_ && !mtls_) return done(Identity{});
  if (caller != nullptr && !caller->bearer_token.empty()) {
    if (jwt_) return VerifyToken(*caller, std::move(done));
    return done(WithReason(
        absl::UnauthenticatedError("No token is taken here; present a client certificate alone"),
        "TOKEN_NOT_ACCEPTED"));
  }
  const std::string* name = nullptr;
  if (mtls_ && caller != nullptr) name = allowed_names_.Find(caller->certificate_names);
  if (name != nullptr) {
    return done(Identity{.method = Identity::Method::kCertificate,
                         .subject = *name,
                         .certificate_names = caller->certificate_names});
  }
  if (none_) return done(Identity{});
  done(WithReason(absl::UnauthenticatedError(
                      jwt_ && mtls_ ? "Present a bearer token, or a client certificate that is "
                                      "allowed here"
                      : jwt_        ? "Present a bearer token"
                                    : "Present a client certificate that is allowed here"),
                  "CREDENTIALS_MISSING"));
}

void Authenticator::VerifyToken(const Caller& caller, Done done) const {
  // The names of a certificate that is not on the list say nothing.
  std::vector<std::string> names;
  if (mtls_ && allowed_names_.Find(caller.certificate_names) != nullptr) {
    names = caller.certificate_names;
  }
  const auto verify = [verifier = verifier_, token = caller.bearer_token,
                       names = std::move(names)](const KeySource::Keys& keys) {
    if (keys == nullptr) return absl::StatusOr<Identity>(KeysUnavailable());
    absl::StatusOr<Identity> identity = verifier->Verify(token, *keys, absl::Now());
    if (identity.ok()) identity->certificate_names = names;
    return identity;
  };
  const KeySource::Keys keys = keys_->keys();
  absl::StatusOr<Identity> identity = verify(keys);
  const bool newer_may_help = keys == nullptr || ReasonOf(identity.status()) == "TOKEN_KEY_UNKNOWN";
  if (!newer_may_help) return done(std::move(identity));
  keys_->Renew(keys, [verify, keys, first = std::move(identity),
                      done = std::move(done)](const KeySource::Keys& newer) mutable {
    done(newer == keys ? std::move(first) : verify(newer));
  });
}

}  // namespace openvidu::token
