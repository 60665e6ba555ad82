#include "tests/server/access/signing_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <typename Write>
std::string Pem(const Write& write) {
  BIO* const bio = BIO_new(BIO_s_mem());
  write(bio);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(bio);
  return pem;
}

const EVP_MD* DigestOf(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1) return nullptr;
  switch (EVP_PKEY_get_bits(key)) {
    case 384:
      return EVP_sha384();
    case 521:
      return EVP_sha512();
    default:
      return EVP_sha256();
  }
}

}  // namespace

std::string Encode(absl::string_view bytes) { return absl::WebSafeBase64Escape(bytes); }

std::string Join(absl::string_view header, absl::string_view payload, absl::string_view signature) {
  return absl::StrCat(Encode(header), ".", Encode(payload), ".", Encode(signature));
}

std::string Hmac(absl::string_view secret, absl::string_view text) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), Bytes(text), text.size(), mac,
       &size);
  return std::string(reinterpret_cast<const char*>(mac), size);
}

SigningKey SigningKey::Rsa(unsigned bits) { return SigningKey(EVP_RSA_gen(bits)); }
SigningKey SigningKey::Ec(const char* curve) { return SigningKey(EVP_EC_gen(curve)); }
SigningKey SigningKey::Ed25519() {
  return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}

SigningKey SigningKey::Ed448() { return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448")); }

std::string SigningKey::SignDer(absl::string_view text) const {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, nullptr, DigestOf(key_.get()), nullptr, key_.get());
  size_t size = 0;
  EVP_DigestSign(context, nullptr, &size, Bytes(text), text.size());
  std::string signature(size, '\0');
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, Bytes(text),
                 text.size());
  signature.resize(size);
  EVP_MD_CTX_free(context);
  return signature;
}

std::string SigningKey::SignRsa(absl::string_view text, const char* digest, int padding,
                                int salt) const {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  EVP_DigestSignInit(context, &options, EVP_get_digestbyname(digest), nullptr, key_.get());
  EVP_PKEY_CTX_set_rsa_padding(options, padding);
  if (padding == RSA_PKCS1_PSS_PADDING) EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt);
  std::string signature(static_cast<size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  size_t size = signature.size();
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, Bytes(text),
                 text.size());
  EVP_MD_CTX_free(context);
  return signature;
}

std::string SigningKey::SignPkcs1(absl::string_view text, const char* digest) const {
  return SignRsa(text, digest, RSA_PKCS1_PADDING, 0);
}

std::string SigningKey::SignPss(absl::string_view text, const char* digest, int salt_bytes) const {
  return SignRsa(text, digest, RSA_PKCS1_PSS_PADDING, salt_bytes);
}

size_t SigningKey::CoordinateBytes() const {
  return static_cast<size_t>(EVP_PKEY_get_bits(key_.get()) + 7) / 8;
}

std::string SigningKey::Sign(absl::string_view text) const {
  const std::string der = SignDer(text);
  if (EVP_PKEY_is_a(key_.get(), "EC") != 1) return der;
  const unsigned char* in = Bytes(der);
  ECDSA_SIG* const signature = d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size()));
  const size_t size = CoordinateBytes();
  std::string raw(2 * size, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, static_cast<int>(size));
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + size, static_cast<int>(size));
  ECDSA_SIG_free(signature);
  return raw;
}

std::string SigningKey::Token(absl::string_view header, absl::string_view payload) const {
  return Join(header, payload, Sign(absl::StrCat(Encode(header), ".", Encode(payload))));
}

std::string PemOf(EVP_PKEY* key) {
  return Pem([key](BIO* bio) { PEM_write_bio_PUBKEY(bio, key); });
}

std::string SigningKey::PublicPem() const { return PemOf(key_.get()); }

std::string SigningKey::PrivatePem() const {
  return Pem([this](BIO* bio) {
    PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string SigningKey::Number(const char* name, size_t size) const {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key_.get(), name, &number);
  std::string bytes(size == 0 ? static_cast<size_t>(BN_num_bytes(number)) : size, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  BN_free(number);
  return Encode(bytes);
}

nlohmann::json SigningKey::Jwk(absl::string_view id) const {
  nlohmann::json jwk = {{"kid", std::string(id)}, {"use", "sig"}};
  if (EVP_PKEY_is_a(key_.get(), "RSA") == 1) {
    jwk["kty"] = "RSA";
    jwk["n"] = Number(OSSL_PKEY_PARAM_RSA_N, 0);
    jwk["e"] = Number(OSSL_PKEY_PARAM_RSA_E, 0);
    return jwk;
  }
  if (EVP_PKEY_is_a(key_.get(), "ED25519") == 1) {
    std::string x(32, '\0');
    size_t size = x.size();
    EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(x.data()), &size);
    jwk["kty"] = "OKP";
    jwk["crv"] = "Ed25519";
    jwk["x"] = Encode(x);
    return jwk;
  }
  jwk["kty"] = "EC";
  jwk["crv"] = absl::StrCat("P-", EVP_PKEY_get_bits(key_.get()));
  jwk["x"] = Number(OSSL_PKEY_PARAM_EC_PUB_X, CoordinateBytes());
  jwk["y"] = Number(OSSL_PKEY_PARAM_EC_PUB_Y, CoordinateBytes());
  return jwk;
}

std::string JwkSet(std::initializer_list<nlohmann::json> keys) {
  nlohmann::json set;
  set["keys"] = nlohmann::json::array();
  for (const nlohmann::json& key : keys) set["keys"].push_back(key);
  return set.dump();
}

const SigningKey& RsaKey() {
  static const auto& key = *new SigningKey(SigningKey::Rsa());
  return key;
}
const SigningKey& OtherRsaKey() {
  static const auto& key = *new SigningKey(SigningKey::Rsa());
  return key;
}
const SigningKey& EcKey() {
  static const auto& key = *new SigningKey(SigningKey::Ec("P-256"));
  return key;
}
const SigningKey& EdKey() {
  static const auto& key = *new SigningKey(SigningKey::Ed25519());
  return key;
}

}  // namespace openvidu::token
