#include "server/access/jwt_signature.h"

#include <gmock/gmock.h>
#include <openssl/err.h>

#include <atomic>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/access/base64_url.h"
#include "server/access/json_web_keys.h"
#include "tests/server/access/signing_key.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::ElementsAre;

constexpr char kText[] = "header.payload";
constexpr char kSecret[] = "0123456789abcdef0123456789abcdef";

/// Whether it verifies, and leaves no error for TLS to find.
bool Verifies(const VerificationKey& key, absl::string_view algorithm, absl::string_view text,
              absl::string_view signature) {
  const bool verifies = HasSignatureOf(key, algorithm, text, signature);
  EXPECT_EQ(ERR_peek_error(), 0U) << algorithm;
  return verifies;
}

VerificationKey KeyOf(const SigningKey& key) { return ParsePemKey(key.PublicPem())->front(); }

/// A token that an RFC has as its example.
struct Example {
  const char* name;
  const char* algorithm;
  const char* key;
  const char* token;
};
void PrintTo(const Example& example, std::ostream* out) { *out << example.name; }

constexpr Example kExamples[] = {
    {"Rfc7515A1", "HS256",
     R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUu)"
     R"(TwjAzZr1Z9CAow"})",
     "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh"
     "0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
    {"Rfc7515A2", "RS256",
     R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qP)"
     R"(CJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL)"
     R"(-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh)"
     R"(9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",)"
     R"("e":"AQAB"})",
     "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmN"
     "vbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHI"
     "m4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h"
     "6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPq"
     "vhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
    {"Rfc7515A3", "ES256",
     R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
     R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
     "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmN"
     "vbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQx"
     "fKTUJqPP3-Kg6NU1Q"},
    {"Rfc7515A4", "ES512",
     R"({"kty":"EC","crv":"P-521",)"
     R"("x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQ)"
     R"(Gk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3)"
     R"(kyMj2"})",
     "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-m"
     "ZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmx"
     "YbSW9ERBXukOXolLzeO_Jn"},
    {"Rfc7520At42", "PS384",
     R"({"kty":"RSA","n":"n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTD)"
     R"(vNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6)"
     R"(Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9)"
     R"(k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw",)"
     R"("e":"AQAB"})",
     "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2V"
     "yb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5k"
     "IGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlI"
     "HN3ZXB0IG9mZiB0by4.cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6Vrk"
     "lHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVF"
     "n442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aC"
     "N_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw"},
    {"Rfc8037A4", "EdDSA",
     R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg"
     "3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
};

class ExampleTest : public testing::TestWithParam<Example> {
 protected:
  ExampleTest() {
    const auto keys = ParseJsonWebKeys(absl::StrCat(R"({"keys":[)", GetParam().key, "]}"),
                                       SharedSecrets::kAllowed);
    EXPECT_THAT(keys, IsOk());
    key_ = keys->front();
    const std::string token = GetParam().token;
    text_ = token.substr(0, token.rfind('.'));
    signature_ = *DecodeBase64Url(token.substr(token.rfind('.') + 1));
  }

  VerificationKey key_;
  std::string text_;
  std::string signature_;
};

TEST_P(ExampleTest, VerifiesByItsOwnAlgorithmAlone) {
  for (const absl::string_view algorithm : KnownAlgorithms()) {
    EXPECT_EQ(Verifies(key_, algorithm, text_, signature_), algorithm == GetParam().algorithm)
        << algorithm;
  }
}

TEST_P(ExampleTest, DoesNotVerifyChanged) {
  const char* const algorithm = GetParam().algorithm;
  EXPECT_FALSE(Verifies(key_, algorithm, text_ + "A", signature_));
  EXPECT_FALSE(Verifies(key_, algorithm, "", signature_));
  EXPECT_FALSE(Verifies(key_, algorithm, text_, ""));
  EXPECT_FALSE(Verifies(key_, algorithm, text_, signature_ + signature_));
  EXPECT_FALSE(Verifies(key_, algorithm, text_, absl::StrCat(signature_, std::string(1, '\0'))));
  EXPECT_FALSE(Verifies(key_, algorithm, text_, absl::StrCat(std::string(1, '\0'), signature_)));
  for (size_t i = 0; i < signature_.size(); ++i) {
    std::string changed = signature_;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(Verifies(key_, algorithm, text_, changed)) << i;
    EXPECT_FALSE(Verifies(key_, algorithm, text_, signature_.substr(0, i))) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ExampleTest, testing::ValuesIn(kExamples),
                         [](const auto& row) { return row.param.name; });

TEST(JwtSignatureTest, KnowsTheseAndNotNone) {
  EXPECT_THAT(KnownAlgorithms(), ElementsAre("RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
                                             "ES256", "ES384", "ES512", "EdDSA", "HS256"));
  VerificationKey secret{"", {"HS256"}, kSecret, nullptr};
  const std::string mac = Hmac(kSecret, kText);
  ASSERT_TRUE(Verifies(secret, "HS256", kText, mac));
  for (const char* algorithm : {"none", "None", "", "hs256", "HS256 ", "HS384", "HS512", "RSA"}) {
    EXPECT_FALSE(Verifies(secret, algorithm, kText, mac)) << algorithm;
    EXPECT_FALSE(Verifies(secret, algorithm, kText, "")) << algorithm;
  }
}

// Whatever a key says that it permits: its type decides.
TEST(JwtSignatureTest, NoKeyStandsForOneOfAnotherType) {
  const std::string pem = RsaKey().PublicPem();
  VerificationKey rsa = KeyOf(RsaKey());
  rsa.algorithms = {"HS256"};
  for (const std::string& secret : {pem, std::string()}) {
    EXPECT_FALSE(Verifies(rsa, "HS256", kText, Hmac(secret, kText)));
  }
  rsa.secret = pem;
  EXPECT_FALSE(Verifies(rsa, "HS256", kText, Hmac(pem, kText)));
  EXPECT_FALSE(Verifies(rsa, "RS256", kText, RsaKey().Sign(kText)));
  EXPECT_FALSE(Verifies({"", {"HS256"}, "", nullptr}, "HS256", kText, Hmac("", kText)));
  EXPECT_FALSE(Verifies({"", {"RS256"}, pem, nullptr}, "RS256", kText, RsaKey().Sign(kText)));

  const SigningKey p384 = SigningKey::Ec("P-384");
  const SigningKey* const signers[] = {&RsaKey(), &EcKey(), &p384, &EdKey()};
  const char* const own[] = {"RS256", "ES256", "ES384", "EdDSA"};
  for (size_t signer = 0; signer < 4; ++signer) {
    for (size_t verifier = 0; verifier < 4; ++verifier) {
      for (const absl::string_view algorithm : KnownAlgorithms()) {
        EXPECT_EQ(
            Verifies(KeyOf(*signers[verifier]), algorithm, kText, signers[signer]->Sign(kText)),
            signer == verifier && algorithm == own[signer])
            << own[signer] << " by the key of " << own[verifier] << " as " << algorithm;
      }
    }
  }
}

TEST(JwtSignatureTest, AnEcdsaSignatureHasOneForm) {
  for (const auto& [curve, algorithm] :
       {std::pair{"P-256", "ES256"}, {"P-384", "ES384"}, {"P-521", "ES512"}}) {
    const SigningKey signer = SigningKey::Ec(curve);
    const VerificationKey key = KeyOf(signer);
    const std::string good = signer.Sign(kText);
    const size_t half = good.size() / 2;
    const std::string r = good.substr(0, half), s = good.substr(half);
    ASSERT_TRUE(Verifies(key, algorithm, kText, good));
    EXPECT_FALSE(Verifies(key, algorithm, kText, signer.SignDer(kText)));
    EXPECT_FALSE(Verifies(key, algorithm, kText, s + r));
    const std::string zero(1, '\0'), zeros(half, '\0'), ones(half, '\xff');
    for (const std::string& bad : {zeros + zeros, r + zeros, zeros + s, ones + s, r + ones,
                                   ones + ones, zero + r + zero + s, zero + zero + good}) {
      EXPECT_FALSE(Verifies(key, algorithm, kText, bad)) << curve;
    }
  }
}

// RFC 8032 §5.1.7 wants S below the order of the group, or each signature would have another form.
TEST(JwtSignatureTest, AnEd25519SignatureHasOneForm) {
  constexpr unsigned char kOrder[] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                      0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                      0,    0,    0,    0,    0,    0,    0,    0,
                                      0,    0,    0,    0,    0,    0,    0,    0x10};
  const std::string good = EdKey().Sign(kText);
  ASSERT_TRUE(Verifies(KeyOf(EdKey()), "EdDSA", kText, good));
  std::string other = good;
  unsigned carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned char>(good[32 + i]) + unsigned{kOrder[i]};
    other[32 + i] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  ASSERT_EQ(carry, 0U);
  EXPECT_FALSE(Verifies(KeyOf(EdKey()), "EdDSA", kText, other));
}

TEST(JwtSignatureTest, ThePssSaltIsAsLongAsTheDigest) {
  const VerificationKey key = KeyOf(RsaKey());
  for (const int salt : {0, 20, 31, 33, 48, 222}) {
    EXPECT_FALSE(Verifies(key, "PS256", kText, RsaKey().SignPss(kText, "SHA256", salt))) << salt;
  }
  EXPECT_TRUE(Verifies(key, "PS256", kText, RsaKey().SignPss(kText, "SHA256", 32)));
  EXPECT_TRUE(Verifies(key, "PS384", kText, RsaKey().SignPss(kText, "SHA384", 48)));
  EXPECT_TRUE(Verifies(key, "PS512", kText, RsaKey().SignPss(kText, "SHA512", 64)));
  EXPECT_TRUE(Verifies(key, "RS384", kText, RsaKey().SignPkcs1(kText, "SHA384")));
  EXPECT_TRUE(Verifies(key, "RS512", kText, RsaKey().SignPkcs1(kText, "SHA512")));
  EXPECT_FALSE(Verifies(key, "RS256", kText, RsaKey().SignPkcs1(kText, "SHA1")));
}

TEST(JwtSignatureTest, ThreadsVerifyByOneKeyAtOnce) {
  for (const auto& [signer, algorithm] :
       {std::pair{&RsaKey(), "RS256"}, {&EcKey(), "ES256"}, {&EdKey(), "EdDSA"}}) {
    const VerificationKey key = KeyOf(*signer);
    const std::string good = signer->Sign(kText);
    std::atomic<int> verified = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&key, &good, &verified, name = algorithm] {
        for (int n = 0; n < 25; ++n) {
          verified += HasSignatureOf(key, name, kText, good) ? 1 : 0;
          verified += HasSignatureOf(key, name, "another", good) ? 1000 : 0;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(verified, 100) << algorithm;
  }
}

}  // namespace
}  // namespace openvidu::token
