#include "server/access/json_web_keys.h"

#include <gmock/gmock.h>

#include <functional>
#include <ostream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/server/access/signing_key.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

const SharedSecrets kPublic = SharedSecrets::kRefused;
constexpr char kSecret[] = "0123456789abcdef0123456789abcdef";

Json With(Json key, const char* name, const Json& value) {
  key[name] = value;
  return key;
}

Json Without(Json key, const char* name) {
  key.erase(name);
  return key;
}

Json Secret(const std::string& bytes) {
  return {{"kty", "oct"}, {"kid", "s"}, {"k", Encode(bytes)}};
}

TEST(JsonWebKeysTest, MakesTheKeysThatOpenSslHas) {
  const SigningKey p384 = SigningKey::Ec("P-384");
  const SigningKey p521 = SigningKey::Ec("P-521");
  const auto keys = ParseJsonWebKeys(
      JwkSet({RsaKey().Jwk("r"), EcKey().Jwk("e"), p384.Jwk("e3"), p521.Jwk(""), EdKey().Jwk("d")}),
      kPublic);
  ASSERT_THAT(keys, IsOk());
  ASSERT_EQ(keys->size(), 5U);
  EXPECT_EQ((*keys)[0].id, "r");
  EXPECT_EQ(PemOf((*keys)[0].public_key.get()), RsaKey().PublicPem());
  EXPECT_THAT((*keys)[0].algorithms,
              ElementsAre("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"));
  EXPECT_EQ(PemOf((*keys)[1].public_key.get()), EcKey().PublicPem());
  EXPECT_THAT((*keys)[1].algorithms, ElementsAre("ES256"));
  EXPECT_EQ(PemOf((*keys)[2].public_key.get()), p384.PublicPem());
  EXPECT_THAT((*keys)[2].algorithms, ElementsAre("ES384"));
  EXPECT_EQ(PemOf((*keys)[3].public_key.get()), p521.PublicPem());
  EXPECT_THAT((*keys)[3].algorithms, ElementsAre("ES512"));
  EXPECT_EQ((*keys)[3].id, "");
  EXPECT_EQ(PemOf((*keys)[4].public_key.get()), EdKey().PublicPem());
  EXPECT_THAT((*keys)[4].algorithms, ElementsAre("EdDSA"));
}

TEST(JsonWebKeysTest, AnAlgOfItsOwnLeavesAKeyOnlyThat) {
  for (const char* algorithm : {"RS384", "PS256"}) {
    const auto keys =
        ParseJsonWebKeys(JwkSet({With(RsaKey().Jwk("r"), "alg", algorithm)}), kPublic);
    ASSERT_THAT(keys, IsOk());
    EXPECT_THAT(keys->front().algorithms, ElementsAre(algorithm));
  }
}

TEST(JsonWebKeysTest, SkipsKeysThatAreForSomethingElse) {
  const Json ec = EcKey().Jwk("x");
  for (const Json& other :
       {With(ec, "use", "enc"), With(ec, "use", "tls"), With(ec, "key_ops", {"encrypt"}),
        With(ec, "key_ops", Json::array()), With(ec, "alg", "ES384"), With(ec, "alg", "ECDH-ES"),
        With(RsaKey().Jwk("x"), "alg", "RSA-OAEP"), With(RsaKey().Jwk("x"), "alg", "ES256"),
        With(RsaKey().Jwk("x"), "alg", "HS256"), With(ec, "crv", "secp256k1"),
        With(EdKey().Jwk("x"), "alg", "ES256"), With(EdKey().Jwk("x"), "crv", "X25519"),
        With(EdKey().Jwk("x"), "crv", "Ed448"), With(EdKey().Jwk("x"), "kty", "EC"),
        With(ec, "kty", "OKP"), Json{{"kty", "new"}}}) {
    const auto keys = ParseJsonWebKeys(JwkSet({other, EcKey().Jwk("e")}), kPublic);
    ASSERT_THAT(keys, IsOk()) << other;
    EXPECT_EQ(keys->size(), 1U) << other;
    EXPECT_EQ(keys->front().id, "e") << other;
    EXPECT_THAT(ParseJsonWebKeys(JwkSet({other}), kPublic),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no key that verifies")))
        << other;
  }
}

struct Malformed {
  const char* name;
  std::function<Json()> key;
  const char* mistake;
};
void PrintTo(const Malformed& row, std::ostream* out) { *out << row.name; }

class MalformedKeyTest : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedKeyTest, IsNamed) {
  const auto keys = ParseJsonWebKeys(JwkSet({EcKey().Jwk("good"), GetParam().key()}), kPublic);
  EXPECT_THAT(keys, StatusIs(absl::StatusCode::kInvalidArgument,
                             AllOf(HasSubstr("keys[1]"), HasSubstr(GetParam().mistake))));
}

Json Ec() { return EcKey().Jwk("x"); }
Json Rsa() { return RsaKey().Jwk("x"); }
Json Ed() { return EdKey().Jwk("x"); }

INSTANTIATE_TEST_SUITE_P(
    All, MalformedKeyTest,
    testing::Values(
        Malformed{"NoObject", [] { return Json(1); }, "is no object"},
        Malformed{"NoType", [] { return Without(Ec(), "kty"); }, "(kid 'x') has no 'kty'"},
        Malformed{"TypeNumber", [] { return With(Ec(), "kty", 1); }, "'kty'"},
        Malformed{"UseNumber", [] { return With(Ec(), "use", 1); }, "'use'"},
        Malformed{"OperationsText", [] { return With(Ec(), "key_ops", "verify"); }, "'key_ops'"},
        Malformed{"IdNumber", [] { return With(Ec(), "kid", 1); }, "'kid'"},
        Malformed{"IdLong", [] { return With(Ec(), "kid", std::string(257, 'k')); }, "too long"},
        Malformed{"AlgNumber", [] { return With(Ec(), "alg", 256); }, "'alg'"},
        Malformed{"NoX", [] { return Without(Ec(), "x"); }, "'x'"},
        Malformed{"XPadded", [] { return With(Ec(), "x", Encode(std::string(32, 'a')) + "="); },
                  "'x'"},
        Malformed{"YShort", [] { return With(Ec(), "y", "AAAA"); }, "32 bytes each"},
        Malformed{"NotOnTheCurve", [] { return With(Ec(), "x", Encode(std::string(32, 'a'))); },
                  "no point on P-256"},
        Malformed{"OnAnotherCurve", [] { return With(Ec(), "crv", "P-384"); }, "48 bytes each"},
        Malformed{"EcPrivate", [] { return With(Ec(), "d", "AAAA"); }, "private"},
        Malformed{"RsaPrivate", [] { return With(Rsa(), "d", "AAAA"); }, "private"},
        Malformed{"EdPrivate", [] { return With(Ed(), "d", "AAAA"); }, "private"},
        Malformed{"EdNoX", [] { return Without(Ed(), "x"); }, "'x'"},
        Malformed{"EdShort", [] { return With(Ed(), "x", "AAAA"); }, "32 bytes"},
        Malformed{"EdLong", [] { return With(Ed(), "x", Encode(std::string(33, 'a'))); },
                  "32 bytes"},
        Malformed{"NoModulus", [] { return Without(Rsa(), "n"); }, "'n'"},
        Malformed{"NoExponent", [] { return Without(Rsa(), "e"); }, "'e'"},
        Malformed{"ExponentOne", [] { return With(Rsa(), "e", "AQ"); }, "exponent"},
        Malformed{"ExponentEven", [] { return With(Rsa(), "e", "BA"); }, "exponent"},
        Malformed{"ExponentLong", [] { return With(Rsa(), "e", Encode(std::string(9, '\x7f'))); },
                  "exponent"},
        Malformed{"RsaWeak", [] { return SigningKey::Rsa(1024).Jwk("x"); }, "1024 bits"},
        Malformed{"RsaHuge", [] { return With(Rsa(), "n", Encode(std::string(1100, '\x7f'))); },
                  "8192 bits"},
        Malformed{"Secret", [] { return Secret(kSecret); }, "(kid 's') is a shared secret"},
        Malformed{"SameKid", [] { return EcKey().Jwk("good"); }, "kid of another"}),
    [](const auto& row) { return row.param.name; });

TEST(JsonWebKeysTest, NamesEveryMistakeAtOnce) {
  EXPECT_THAT(ParseJsonWebKeys(JwkSet({Json(1), Secret(kSecret)}), kPublic),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("keys[0]"), HasSubstr("keys[1]"))));
}

TEST(JsonWebKeysTest, RefusesWhatIsNoSet) {
  const std::string good = JwkSet({EcKey().Jwk("e")});
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"keys":{}})"),
        std::string(R"({"keys":[]})"), good + "x", good + std::string(1, '\0'),
        absl::StrCat(R"({"keys":[],)", good.substr(1))}) {
    EXPECT_THAT(ParseJsonWebKeys(text, kPublic), StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

TEST(JsonWebKeysTest, IsBounded) {
  Json set = {{"keys", Json::array()}};
  for (size_t i = 0; i <= kMaxKeys; ++i) set["keys"].push_back(EcKey().Jwk(absl::StrCat(i)));
  EXPECT_THAT(ParseJsonWebKeys(set.dump(), kPublic),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than 64 keys")));
  EXPECT_THAT(ParseJsonWebKeys(std::string(kMaxKeySetBytes + 1, ' '), kPublic),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("larger than")));
}

TEST(JsonWebKeysTest, ASecretIsForHmacAlone) {
  const auto keys = ParseJsonWebKeys(JwkSet({Secret(kSecret)}), SharedSecrets::kAllowed);
  ASSERT_THAT(keys, IsOk());
  EXPECT_THAT(keys->front().algorithms, ElementsAre("HS256"));
  EXPECT_EQ(keys->front().secret, kSecret);
  EXPECT_EQ(keys->front().public_key, nullptr);
  EXPECT_THAT(
      ParseJsonWebKeys(JwkSet({Secret(std::string(31, 'a'))}), SharedSecrets::kAllowed),
      StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("31"), Not(HasSubstr("aaa")))));
}

TEST(KeysFileTest, HoldsASetOrAPem) {
  const TempFolder folder;
  EXPECT_THAT(ReadKeysFile(folder.Write("set", "\n" + JwkSet({RsaKey().Jwk("r")}))), IsOk());
  EXPECT_THAT(ReadKeysFile(folder.Write("oct", JwkSet({Secret(kSecret)}))), IsOk());
  for (const SigningKey* key : {&RsaKey(), &EcKey(), &EdKey()}) {
    const auto keys = ReadKeysFile(folder.Write("pem", key->PublicPem()));
    ASSERT_THAT(keys, IsOk());
    EXPECT_EQ(PemOf(keys->front().public_key.get()), key->PublicPem());
    EXPECT_EQ(keys->front().secret, "");
    EXPECT_EQ(keys->front().id, "");
  }
}

TEST(KeysFileTest, NamesTheFileAndWhatIsWrongWithIt) {
  const TempFolder folder;
  const auto mistake = [&](const std::string& text, const char* what) {
    EXPECT_THAT(
        ReadKeysFile(folder.Write("keys", text)),
        StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("keys'"), HasSubstr(what))));
  };
  mistake("", "no PEM public key");
  mistake("hello", "no PEM public key");
  mistake(RsaKey().PrivatePem(), "a private key");
  mistake(RsaKey().PublicPem() + RsaKey().PrivatePem(), "a private key");
  mistake(RsaKey().PublicPem() + EcKey().PublicPem(), "several keys");
  mistake("-----BEGIN CERTIFICATE-----\n", "a certificate");
  mistake(SigningKey::Rsa(1024).PublicPem(), "1024 bits");
  mistake(SigningKey::Ec("secp256k1").PublicPem(), "none of the curves");
  mistake(SigningKey::Ed448().PublicPem(), "neither");
  mistake(R"({"keys":[]})", "no key that verifies");
  EXPECT_THAT(ReadKeysFile(folder.path() + "/absent"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("absent")));
}

TEST(HmacKeyFileTest, HoldsASecret) {
  const TempFolder folder;
  const auto secret = [&](const std::string& text) {
    const auto keys = ReadHmacKeyFile(folder.Write("secret", text));
    return keys.ok() ? keys->front().secret : std::string(keys.status().message());
  };
  EXPECT_EQ(secret(kSecret), kSecret);
  EXPECT_EQ(secret(absl::StrCat(kSecret, "\n")), kSecret);
  EXPECT_EQ(secret(absl::StrCat(kSecret, "\r\n")), kSecret);
  const std::string bytes = absl::StrCat(std::string(31, '\x01'), "\n");
  EXPECT_EQ(secret(bytes), bytes);  // 32 bytes of which one happens to be a line break
  EXPECT_THAT(secret(std::string(31, 'a') + "\n"),
              AllOf(HasSubstr("holds 31 bytes"), Not(HasSubstr("aaa"))));
  EXPECT_THAT(secret(RsaKey().PublicPem()), HasSubstr("no shared secret"));
}

}  // namespace
}  // namespace openvidu::token
