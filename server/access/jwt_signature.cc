#include "server/access/jwt_signature.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <memory>

#include "absl/cleanup/cleanup.h"
#include "server/access/ec_curve.h"

namespace openvidu::token {
namespace {

enum class Scheme { kHmac, kRsaPkcs1, kRsaPss, kEcdsa, kEdDsa };

struct Algorithm {
  absl::string_view name;
  Scheme scheme;
  const EVP_MD* (*digest)();       // null: the scheme has its own
  const EcCurve* curve = nullptr;  // of kEcdsa
};
constexpr Algorithm kAlgorithms[] = {
    {"RS256", Scheme::kRsaPkcs1, EVP_sha256},
    {"RS384", Scheme::kRsaPkcs1, EVP_sha384},
    {"RS512", Scheme::kRsaPkcs1, EVP_sha512},
    {"PS256", Scheme::kRsaPss, EVP_sha256},
    {"PS384", Scheme::kRsaPss, EVP_sha384},
    {"PS512", Scheme::kRsaPss, EVP_sha512},
    {"ES256", Scheme::kEcdsa, EVP_sha256, &kEcCurves[0]},
    {"ES384", Scheme::kEcdsa, EVP_sha384, &kEcCurves[1]},
    {"ES512", Scheme::kEcdsa, EVP_sha512, &kEcCurves[2]},
    {"EdDSA", Scheme::kEdDsa, nullptr},
    {"HS256", Scheme::kHmac, EVP_sha256},
};

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool IsForKey(const Algorithm& algorithm, const VerificationKey& key) {
  if (algorithm.scheme == Scheme::kHmac) return key.public_key == nullptr && !key.secret.empty();
  if (key.public_key == nullptr || !key.secret.empty()) return false;
  const EVP_PKEY* const public_key = key.public_key.get();
  switch (algorithm.scheme) {
    case Scheme::kRsaPkcs1:
    case Scheme::kRsaPss:
      return EVP_PKEY_is_a(public_key, "RSA") == 1;
    case Scheme::kEdDsa:
      return EVP_PKEY_is_a(public_key, "ED25519") == 1;
    default:
      break;
  }
  char curve[64] = "";
  return EVP_PKEY_is_a(public_key, "EC") == 1 &&
         EVP_PKEY_get_group_name(public_key, curve, sizeof(curve), nullptr) == 1 &&
         absl::string_view(curve) == algorithm.curve->openssl;
}

bool HasMacOf(const std::string& secret, const EVP_MD* digest, absl::string_view text,
              absl::string_view signature) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (HMAC(digest, secret.data(), static_cast<int>(secret.size()), Bytes(text), text.size(), mac,
           &size) == nullptr) {
    return false;
  }
  const bool same =
      signature.size() == size && CRYPTO_memcmp(mac, signature.data(), signature.size()) == 0;
  OPENSSL_cleanse(mac, sizeof(mac));
  return same;
}

/// The signature as OpenSSL takes it, of r and s side by side (RFC 7518 §3.4); empty where it is
/// not as long as both are.
std::string DerOf(absl::string_view signature, size_t coordinate_bytes) {
  if (signature.size() != 2 * coordinate_bytes) return "";
  const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  const int size = static_cast<int>(coordinate_bytes);
  BIGNUM* const r = BN_bin2bn(Bytes(signature), size, nullptr);
  BIGNUM* const s = BN_bin2bn(Bytes(signature) + size, size, nullptr);
  if (pair == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return "";
  }
  unsigned char der[256];  // two numbers of 66 bytes and few more
  unsigned char* end = der;
  const int length = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (length <= 0 || length > static_cast<int>(sizeof(der))) return "";
  i2d_ECDSA_SIG(pair.get(), &end);
  return std::string(reinterpret_cast<const char*>(der), static_cast<size_t>(length));
}

bool IsSignedBy(EVP_PKEY* key, const Algorithm& algorithm, absl::string_view text,
                absl::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  EVP_PKEY_CTX* options = nullptr;  // the context's
  const EVP_MD* const digest = algorithm.digest == nullptr ? nullptr : algorithm.digest();
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), &options, digest, nullptr, key) != 1) {
    return false;
  }
  // The salt is as long as the digest, which the mask is made by too (RFC 7518 §3.5).
  if (algorithm.scheme == Scheme::kRsaPss &&
      (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_mgf1_md(options, digest) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(text),
                          text.size()) == 1;
}

}  // namespace

std::vector<absl::string_view> KnownAlgorithms() {
  std::vector<absl::string_view> names;
  for (const Algorithm& algorithm : kAlgorithms) names.push_back(algorithm.name);
  return names;
}

bool HasSignatureOf(const VerificationKey& key, absl::string_view name, absl::string_view text,
                    absl::string_view signature) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  for (const Algorithm& algorithm : kAlgorithms) {
    if (algorithm.name != name) continue;
    if (signature.empty() || !IsForKey(algorithm, key)) return false;
    if (algorithm.scheme == Scheme::kHmac) {
      return HasMacOf(key.secret, algorithm.digest(), text, signature);
    }
    if (algorithm.scheme != Scheme::kEcdsa) {
      return IsSignedBy(key.public_key.get(), algorithm, text, signature);
    }
    const std::string der = DerOf(signature, algorithm.curve->coordinate_bytes);
    return !der.empty() && IsSignedBy(key.public_key.get(), algorithm, text, der);
  }
  return false;
}

}  // namespace openvidu::token
