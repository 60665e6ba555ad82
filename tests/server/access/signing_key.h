#ifndef TESTS_SERVER_ACCESS_SIGNING_KEY_H_
#define TESTS_SERVER_ACCESS_SIGNING_KEY_H_

#include <openssl/evp.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// base64url without padding.
std::string Encode(absl::string_view bytes);

/// `header`.`payload`.`signature`, each encoded.
std::string Join(absl::string_view header, absl::string_view payload, absl::string_view signature);

/// HMAC with SHA-256.
std::string Hmac(absl::string_view secret, absl::string_view text);

/// A private key as an identity provider has it, by OpenSSL and not by what is tested.
class SigningKey {
 public:
  static SigningKey Rsa(unsigned bits = 2048);
  static SigningKey Ec(const char* curve);  ///< "P-256", …
  static SigningKey Ed25519();
  static SigningKey Ed448();

  /// The signature of `text`: of an EC key r and s, as JWS has it.
  std::string Sign(absl::string_view text) const;
  /// The same as OpenSSL has it: of an EC key in DER.
  std::string SignDer(absl::string_view text) const;

  /// Of an RSA key: by PKCS #1, or by PSS with a salt of so many bytes. `digest`: "SHA256", …
  std::string SignPkcs1(absl::string_view text, const char* digest) const;
  std::string SignPss(absl::string_view text, const char* digest, int salt_bytes) const;

  /// A token of these two JSON texts.
  std::string Token(absl::string_view header, absl::string_view payload) const;

  std::string PublicPem() const;
  std::string PrivatePem() const;
  /// The public part as a JWK.
  nlohmann::json Jwk(absl::string_view id) const;

 private:
  explicit SigningKey(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}
  size_t CoordinateBytes() const;
  std::string SignRsa(absl::string_view text, const char* digest, int padding, int salt) const;
  std::string Number(const char* name, size_t size) const;

  std::shared_ptr<EVP_PKEY> key_;
};

/// The public key, as SigningKey::PublicPem writes it.
std::string PemOf(EVP_PKEY* key);

/// {"keys":[…]}
std::string JwkSet(std::initializer_list<nlohmann::json> keys);

/// Made once, as they take their time.
const SigningKey& RsaKey();
const SigningKey& OtherRsaKey();
const SigningKey& EcKey();
const SigningKey& EdKey();

}  // namespace openvidu::token

#endif  // TESTS_SERVER_ACCESS_SIGNING_KEY_H_
