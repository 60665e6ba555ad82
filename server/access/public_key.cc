#include "server/access/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/access/ec_curve.h"

namespace openvidu::token {
namespace {

template <auto free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Key = std::shared_ptr<EVP_PKEY>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;

// RFC 7518 §3.3 wants 2048; beyond 8192 a verification takes too long.
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;
constexpr int kMaxExponentBits = 64;
constexpr size_t kEd25519Bytes = 32;  // RFC 8032 §5.1.5

absl::Status Mistake(absl::string_view what) { return absl::InvalidArgumentError(what); }

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// OpenSSL's own would ask for a password on the terminal.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

Number ToNumber(absl::string_view bytes) {
  return Number(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

Key Owned(EVP_PKEY* key) { return Key(key, EVP_PKEY_free); }

Key MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return Owned(key);
}

absl::StatusOr<VerificationKey> Finish(Key key, std::vector<std::string> algorithms) {
  const KeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_public_check(context.get()) != 1) {
    return Mistake("is no valid key: its numbers do not belong together");
  }
  return VerificationKey{"", std::move(algorithms), "", std::move(key)};
}

absl::StatusOr<VerificationKey> FinishRsa(Key key) {
  const int bits = EVP_PKEY_get_bits(key.get());
  if (bits < kMinRsaBits || bits > kMaxRsaBits) {
    return Mistake(absl::StrCat("is an RSA key of ", bits, " bits; ", kMinRsaBits, " to ",
                                kMaxRsaBits, " are taken"));
  }
  BIGNUM* exponent = nullptr;
  EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &exponent);
  const Number owned(exponent);
  if (exponent == nullptr || BN_is_odd(exponent) != 1 || BN_is_one(exponent) == 1 ||
      BN_num_bits(exponent) > kMaxExponentBits) {
    return Mistake("is an RSA key with an exponent that none should have");
  }
  return Finish(std::move(key), {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"});
}

absl::StatusOr<VerificationKey> FinishEc(Key key) {
  char group[64] = "";
  EVP_PKEY_get_group_name(key.get(), group, sizeof(group), nullptr);
  for (const EcCurve& curve : kEcCurves) {
    if (absl::string_view(group) == curve.openssl) return Finish(std::move(key), {curve.algorithm});
  }
  return Mistake("is on none of the curves P-256, P-384 and P-521");
}

absl::StatusOr<VerificationKey> FinishEd25519(Key key) { return Finish(std::move(key), {"EdDSA"}); }

}  // namespace

absl::StatusOr<VerificationKey> MakeRsaKey(absl::string_view modulus, absl::string_view exponent) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  // Checked before OpenSSL computes with it.
  if (modulus.size() > kMaxRsaBits / 8 + 1 || exponent.size() > kMaxRsaBits / 8) {
    return Mistake(absl::StrCat("is an RSA key of more than ", kMaxRsaBits, " bits"));
  }
  const Number n = ToNumber(modulus);
  const Number e = ToNumber(exponent);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  Key key = MakeKey("RSA", builder.get());
  if (key == nullptr) return Mistake("is no valid RSA key");
  return FinishRsa(std::move(key));
}

bool IsKnownCurve(absl::string_view curve) {
  for (const EcCurve& known : kEcCurves) {
    if (curve == known.name) return true;
  }
  return false;
}

absl::StatusOr<VerificationKey> MakeEcKey(absl::string_view curve_name, absl::string_view x,
                                          absl::string_view y) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  for (const EcCurve& curve : kEcCurves) {
    if (curve_name != curve.name) continue;
    if (x.size() != curve.coordinate_bytes || y.size() != curve.coordinate_bytes) {
      return Mistake(absl::StrCat("must have an x and a y of ", curve.coordinate_bytes,
                                  " bytes each, as ", curve.name, " has"));
    }
    const std::string point = absl::StrCat("\x04", x, y);  // uncompressed (SEC 1 §2.3.3)
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.openssl, 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    Key key = MakeKey("EC", builder.get());
    if (key == nullptr) return Mistake(absl::StrCat("is no point on ", curve.name));
    return FinishEc(std::move(key));
  }
  return Mistake("is on none of the curves P-256, P-384 and P-521");
}

absl::StatusOr<VerificationKey> MakeEd25519Key(absl::string_view x) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  if (x.size() != kEd25519Bytes) {
    return Mistake(absl::StrCat("must have an x of ", kEd25519Bytes, " bytes, as Ed25519 has"));
  }
  Key key = Owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(x), kEd25519Bytes));
  if (key == nullptr) return Mistake("is no valid Ed25519 key");
  return FinishEd25519(std::move(key));
}

absl::StatusOr<VerificationKey> ReadPublicKey(absl::string_view pem) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  if (absl::StrContains(pem, "PRIVATE KEY-----")) {
    return Mistake("holds a private key; only the public one belongs here");
  }
  if (absl::StrContains(pem, "-----BEGIN CERTIFICATE-----")) {
    return Mistake(
        "holds a certificate; take its public key by openssl x509 -pubkey -noout -in FILE");
  }
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key = Owned(PEM_read_bio_PUBKEY(bio.get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) return Mistake("holds no PEM public key (-----BEGIN PUBLIC KEY-----)");
  if (Owned(PEM_read_bio_PUBKEY(bio.get(), nullptr, NoPassword, nullptr)) != nullptr) {
    return Mistake("holds several keys; a JWK Set can, with an id for each");
  }
  if (EVP_PKEY_is_a(key.get(), "RSA") == 1) return FinishRsa(std::move(key));
  if (EVP_PKEY_is_a(key.get(), "EC") == 1) return FinishEc(std::move(key));
  if (EVP_PKEY_is_a(key.get(), "ED25519") == 1) return FinishEd25519(std::move(key));
  return Mistake("is neither an RSA, nor an EC, nor an Ed25519 key");
}

}  // namespace openvidu::token
