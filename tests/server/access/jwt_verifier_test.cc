#include "server/access/jwt_verifier.h"

#include <gmock/gmock.h>

#include <ostream>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status_details.h"
#include "server/access/base64_url.h"
#include "server/access/json_web_keys.h"
#include "tests/server/access/signing_key.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr char kSecret[] = "0123456789abcdef0123456789abcdef";
constexpr char kRsa[] = R"({"alg":"RS256","typ":"JWT","kid":"r"})";
constexpr char kEc[] = R"({"alg":"ES256","kid":"e"})";
constexpr char kPss[] = R"({"alg":"PS256","kid":"r"})";
constexpr char kEd[] = R"({"alg":"EdDSA","kid":"d"})";
constexpr char kHmac[] = R"({"alg":"HS256"})";
constexpr char kClaims[] =
    R"({"iss":"https://id.example","aud":"tokens","sub":"ada","exp":1800000060})";

JwtRules Rules() {
  JwtRules rules;
  rules.issuer = "https://id.example";
  rules.audiences = {"tokens", "other"};
  return rules;
}

const VerificationKeys& Keys() {
  static const auto& keys = *new VerificationKeys(*ParseJsonWebKeys(
      JwkSet({RsaKey().Jwk("r"), EcKey().Jwk("e"), EdKey().Jwk("d")}), SharedSecrets::kRefused));
  return keys;
}

VerificationKeys HmacKeys() { return {{"", {"HS256"}, kSecret, nullptr}}; }

std::string InputOf(absl::string_view header, absl::string_view payload) {
  return absl::StrCat(Encode(header), ".", Encode(payload));
}

std::string PssToken(absl::string_view header, const char* digest = "SHA256", int salt = 32) {
  return Join(header, kClaims, RsaKey().SignPss(InputOf(header, kClaims), digest, salt));
}

std::string HmacToken(absl::string_view header, absl::string_view payload,
                      absl::string_view secret = kSecret) {
  return Join(header, payload, Hmac(secret, InputOf(header, payload)));
}

/// kClaims with one member more, or another value for it.
std::string Claims(absl::string_view name, absl::string_view value) {
  nlohmann::json claims = nlohmann::json::parse(kClaims);
  claims.erase(std::string(name));
  std::string text = claims.dump();
  text.pop_back();
  return absl::StrCat(text, ",\"", name, "\":", value, "}");
}

std::string Without(absl::string_view name) {
  nlohmann::json claims = nlohmann::json::parse(kClaims);
  claims.erase(std::string(name));
  return claims.dump();
}

absl::StatusOr<Identity> Verify(absl::string_view token, const VerificationKeys& keys = Keys()) {
  return JwtVerifier(Rules()).Verify(token, keys, kNow);
}

TEST(JwtVerifierTest, TakesATokenOfEachAlgorithm) {
  for (const std::string& token : {RsaKey().Token(kRsa, kClaims), EcKey().Token(kEc, kClaims),
                                   PssToken(kPss), EdKey().Token(kEd, kClaims)}) {
    const absl::StatusOr<Identity> identity = Verify(token);
    ASSERT_THAT(identity, IsOk());
    EXPECT_EQ(identity->method, Identity::Method::kJwt);
    EXPECT_EQ(identity->subject, "ada");
    EXPECT_EQ(identity->claims, nlohmann::json::parse(kClaims));
  }
  EXPECT_THAT(Verify(HmacToken(kHmac, kClaims), HmacKeys()), IsOk());
}

TEST(JwtVerifierTest, TakesTheLargerCurvesWhereTheyAreOnTheList) {
  JwtRules rules = Rules();
  rules.algorithms = {"ES384", "ES512"};
  for (const auto& [curve, algorithm] : {std::pair{"P-384", "ES384"}, {"P-521", "ES512"}}) {
    const SigningKey key = SigningKey::Ec(curve);
    const std::string token = key.Token(absl::StrCat(R"({"alg":")", algorithm, "\"}"), kClaims);
    const VerificationKeys keys = *ParsePemKey(key.PublicPem());
    EXPECT_THAT(JwtVerifier(rules).Verify(token, keys, kNow), IsOk()) << curve;
    EXPECT_EQ(ReasonOf(Verify(token, keys).status()), "TOKEN_ALGORITHM") << curve;
  }
}

TEST(JwtVerifierTest, TakesTheLargerDigestsOfRsaWhereTheyAreOnTheList) {
  JwtRules rules = Rules();
  rules.algorithms = {"RS384", "RS512", "PS384", "PS512"};
  for (const auto& [digest, size] : {std::pair{"SHA384", 48}, {"SHA512", 64}}) {
    const std::string bits = absl::StrCat(8 * size);
    const std::string pss = absl::StrCat(R"({"alg":"PS)", bits, R"(","kid":"r"})");
    const std::string rs = absl::StrCat(R"({"alg":"RS)", bits, R"(","kid":"r"})");
    for (const std::string& token :
         {PssToken(pss, digest, size),
          Join(rs, kClaims, RsaKey().SignPkcs1(InputOf(rs, kClaims), digest))}) {
      EXPECT_THAT(JwtVerifier(rules).Verify(token, Keys(), kNow), IsOk()) << bits;
      EXPECT_EQ(ReasonOf(Verify(token).status()), "TOKEN_ALGORITHM") << bits;
    }
  }
}

TEST(JwtVerifierTest, TakesTokensForAccessByWhateverTypeTheyHave) {
  for (const char* type : {"JWT", "jwt", "application/jwt", "at+jwt", "AT+JWT",
                           "application/at+jwt", "Application/At+Jwt"}) {
    const std::string header = absl::StrCat(R"({"alg":"RS256","kid":"r","typ":")", type, "\"}");
    EXPECT_THAT(Verify(RsaKey().Token(header, kClaims)), IsOk()) << type;
  }
}

TEST(JwtVerifierTest, TakesClaimsOfEveryForm) {
  for (const std::string& claims :
       {Claims("aud", R"(["x","tokens"])"), Claims("aud", R"("other")"),
        Claims("exp", "1800000060.5"), Claims("exp", "1.80000006e9"), Claims("exp", "1799999971"),
        Claims("exp", "253402300799"), Claims("nbf", "1800000030"), Claims("iat", "1800000030"),
        Claims("iat", "0"), Claims("sub", R"("Ad\u00e4 \ud83d\ude00")"),
        Claims("sub", absl::StrCat("\"", std::string(256, 'a'), "\"")),
        Claims("more", R"({"a":[1,{"b":null}]})")}) {
    EXPECT_THAT(Verify(RsaKey().Token(kRsa, claims)), IsOk()) << claims;
  }
}

TEST(JwtVerifierTest, OfASingleKeyNoTokenNeedsTheName) {
  const VerificationKeys named = {Keys()[0]};
  const VerificationKeys nameless = *ParsePemKey(RsaKey().PublicPem());
  constexpr char kNoId[] = R"({"alg":"RS256"})";
  EXPECT_THAT(Verify(RsaKey().Token(kNoId, kClaims), named), IsOk());
  EXPECT_THAT(Verify(RsaKey().Token(kNoId, kClaims), nameless), IsOk());
  EXPECT_THAT(Verify(RsaKey().Token(kRsa, kClaims), nameless), IsOk());
}

/// A token that must be refused.
struct Attack {
  const char* name;
  std::string token;
  const char* reason;
  VerificationKeys keys = Keys();
};
void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }

Attack WithClaims(const char* name, const std::string& claims, const char* reason) {
  return {name, RsaKey().Token(kRsa, claims), reason};
}
Attack WithHeader(const char* name, absl::string_view header, const char* reason) {
  return {name, RsaKey().Token(header, kClaims), reason};
}
/// A good token with its text changed.
Attack Changed(const char* name, const char* reason, std::string (*change)(std::string)) {
  return {name, change(RsaKey().Token(kRsa, kClaims)), reason};
}
Attack Alg(const char* name, const char* algorithm) {
  const std::string header = absl::StrCat(R"({"alg":")", algorithm, "\",\"kid\":\"r\"}");
  return {name, Join(header, kClaims, ""), "TOKEN_ALGORITHM"};
}

std::vector<Attack> Attacks() {
  const std::string rsa_pem = RsaKey().PublicPem();
  const VerificationKeys one_pem = *ParsePemKey(rsa_pem);
  const std::string ec_input = InputOf(kEc, kClaims);
  const VerificationKeys only_pss = *ParseJsonWebKeys(JwkSet({[] {
                                                        nlohmann::json jwk = RsaKey().Jwk("r");
                                                        jwk["alg"] = "PS256";
                                                        return jwk;
                                                      }()}),
                                                      SharedSecrets::kRefused);
  const std::string long_subject = absl::StrCat("\"", std::string(257, 'a'), "\"");
  constexpr char kHmacR[] = R"({"alg":"HS256","kid":"r"})";
  std::vector<Attack> attacks = {
      // Not a token
      {"Empty", "", "TOKEN_MISSING"},
      {"OnePart", "abc", "TOKEN_MALFORMED"},
      {"TwoParts", "abc.def", "TOKEN_MALFORMED"},
      {"FourParts", RsaKey().Token(kRsa, kClaims) + ".x", "TOKEN_MALFORMED"},
      {"FiveParts", "a.b.c.d.e", "TOKEN_MALFORMED"},
      {"OnlyDots", "..", "TOKEN_MALFORMED"},
      Changed("Truncated", "TOKEN_SIGNATURE",
              [](std::string token) { return token.substr(0, token.size() - 6); }),
      Changed("NoSignature", "TOKEN_SIGNATURE",
              [](std::string token) { return token.substr(0, token.rfind('.') + 1); }),
      Changed("WithoutItsSignature", "TOKEN_MALFORMED",
              [](std::string token) { return token.substr(0, token.rfind('.')); }),
      Changed("TrailingData", "TOKEN_SIGNATURE", [](std::string token) { return token + "AAAA"; }),
      Changed("TrailingBits", "TOKEN_MALFORMED",
              [](std::string token) {
                // 256 bytes leave 4 bits of the last character unused, which are zero.
                token.back() = static_cast<char>(token.back() + 1);
                return token;
              }),
      Changed("Padded", "TOKEN_MALFORMED", [](std::string token) { return token + "=="; }),
      Changed("LineBreakBehind", "TOKEN_MALFORMED", [](std::string token) { return token + "\n"; }),
      Changed("SpaceBefore", "TOKEN_MALFORMED", [](std::string token) { return " " + token; }),
      Changed("NulBehind", "TOKEN_MALFORMED",
              [](std::string token) { return token + std::string(1, '\0'); }),
      Changed("OrdinaryBase64", "TOKEN_MALFORMED",
              [](std::string token) { return "+/" + token.substr(2); }),
      Changed("ByteAbove127", "TOKEN_MALFORMED", [](std::string token) { return "\xff" + token; }),
      Changed("SignatureChanged", "TOKEN_SIGNATURE",
              [](std::string token) {
                char& first = token[token.rfind('.') + 1];
                first = first == 'A' ? 'B' : 'A';
                return token;
              }),
      Changed("PayloadChanged", "TOKEN_SIGNATURE",
              [](std::string token) {
                const std::string signature = token.substr(token.rfind('.'));
                return absl::StrCat(Encode(kRsa), ".", Encode(Claims("sub", "\"eve\"")), signature);
              }),
      {"TooLarge", std::string(kMaxTokenBytes + 1, 'a'), "TOKEN_MALFORMED"},
      WithClaims("TooLargeAndSigned",
                 Claims("x", absl::StrCat("\"", std::string(kMaxTokenBytes, 'a'), "\"")),
                 "TOKEN_MALFORMED"),

      // Algorithms
      Alg("AlgNone", "none"),
      Alg("AlgNoneUpper", "NONE"),
      Alg("AlgNoneTitle", "None"),
      Alg("AlgNoneMixed", "nOnE"),
      Alg("AlgNoneSpaced", "none "),
      Alg("AlgEmpty", ""),
      WithHeader("AlgNoneSigned", R"({"alg":"none","kid":"r"})", "TOKEN_ALGORITHM"),
      WithHeader("AlgLower", R"({"alg":"rs256","kid":"r"})", "TOKEN_ALGORITHM"),
      WithHeader("AlgNotOnTheList", R"({"alg":"RS512","kid":"r"})", "TOKEN_ALGORITHM"),
      WithHeader("AlgUnknown", R"({"alg":"RS1","kid":"r"})", "TOKEN_ALGORITHM"),
      WithHeader("AlgNumber", R"({"alg":256,"kid":"r"})", "TOKEN_MALFORMED"),
      WithHeader("AlgNull", R"({"alg":null,"kid":"r"})", "TOKEN_MALFORMED"),
      WithHeader("AlgList", R"({"alg":["RS256"],"kid":"r"})", "TOKEN_MALFORMED"),
      WithHeader("AlgMissing", R"({"kid":"r"})", "TOKEN_MALFORMED"),
      WithHeader("AlgTwice", R"({"alg":"RS256","alg":"none","kid":"r"})", "TOKEN_MALFORMED"),
      WithHeader("AlgTwiceEscaped", R"({"alg":"RS256","\u0061lg":"none","kid":"r"})",
                 "TOKEN_MALFORMED"),
      {"HmacByThePublicKey", HmacToken(kHmac, kClaims, rsa_pem), "TOKEN_ALGORITHM", one_pem},
      {"HmacByThePublicKeyNamed", HmacToken(kHmacR, kClaims, rsa_pem), "TOKEN_ALGORITHM"},
      {"HmacByTheMaterial", HmacToken(kHmacR, kClaims, PemOf(Keys()[0].public_key.get())),
       "TOKEN_ALGORITHM"},
      {"HmacByNothing", HmacToken(kHmac, kClaims, ""), "TOKEN_SIGNATURE", HmacKeys()},
      {"HmacByAnother", HmacToken(kHmac, kClaims, "0123456789abcdef0123456789abcdeF"),
       "TOKEN_SIGNATURE", HmacKeys()},
      {"HmacCut", absl::StrCat(Encode(kHmac), ".", Encode(kClaims), ".AAAA"), "TOKEN_SIGNATURE",
       HmacKeys()},
      {"RsaForAnHmacKey", RsaKey().Token(R"({"alg":"RS256"})", kClaims), "TOKEN_ALGORITHM",
       HmacKeys()},
      {"EcByTheNameOfRsa", EcKey().Token(R"({"alg":"ES256","kid":"r"})", kClaims),
       "TOKEN_ALGORITHM"},
      {"EcInDer", Join(kEc, kClaims, EcKey().SignDer(ec_input)), "TOKEN_SIGNATURE"},
      {"EcOfZeros", Join(kEc, kClaims, std::string(64, '\0')),
       "TOKEN_SIGNATURE"},  // CVE-2022-21449
      {"EcTrailingData", Join(kEc, kClaims, EcKey().Sign(ec_input) + "A"), "TOKEN_SIGNATURE"},
      {"EcAnotherKey", SigningKey::Ec("P-256").Token(kEc, kClaims), "TOKEN_SIGNATURE"},
      {"EcAnotherCurve", SigningKey::Ec("P-384").Token(kEc, kClaims), "TOKEN_SIGNATURE"},
      {"PssByPkcs1", RsaKey().Token(kPss, kClaims), "TOKEN_SIGNATURE"},
      {"Pkcs1ByPss", PssToken(kRsa), "TOKEN_SIGNATURE"},
      {"PssAnotherDigest", PssToken(kPss, "SHA512", 64), "TOKEN_SIGNATURE"},
      {"PssNoSalt", PssToken(kPss, "SHA256", 0), "TOKEN_SIGNATURE"},
      {"PssLongSalt", PssToken(kPss, "SHA256", 64), "TOKEN_SIGNATURE"},
      {"PssAnotherKey",
       Join(kPss, kClaims, OtherRsaKey().SignPss(InputOf(kPss, kClaims), "SHA256", 32)),
       "TOKEN_SIGNATURE"},
      {"PssNotOnTheList", PssToken(R"({"alg":"PS384","kid":"r"})", "SHA384", 48),
       "TOKEN_ALGORITHM"},
      {"PssByTheNameOfEc", PssToken(R"({"alg":"PS256","kid":"e"})"), "TOKEN_ALGORITHM"},
      {"Pkcs1ForAKeyOfPss", RsaKey().Token(kRsa, kClaims), "TOKEN_ALGORITHM", only_pss},
      {"EdAnotherKey", SigningKey::Ed25519().Token(kEd, kClaims), "TOKEN_SIGNATURE"},
      {"EdCut", Join(kEd, kClaims, EdKey().Sign(InputOf(kEd, kClaims)).substr(0, 63)),
       "TOKEN_SIGNATURE"},
      {"EdTrailingData", Join(kEd, kClaims, EdKey().Sign(InputOf(kEd, kClaims)) + "A"),
       "TOKEN_SIGNATURE"},
      {"EdOfZeros", Join(kEd, kClaims, std::string(64, '\0')), "TOKEN_SIGNATURE"},
      {"EdBy448", SigningKey::Ed448().Token(kEd, kClaims), "TOKEN_SIGNATURE"},
      {"EdInOtherCase", EdKey().Token(R"({"alg":"EDDSA","kid":"d"})", kClaims), "TOKEN_ALGORITHM"},
      {"HmacByThePointOfEd",
       HmacToken(R"({"alg":"HS256","kid":"d"})", kClaims,
                 *DecodeBase64Url(EdKey().Jwk("d")["x"].get<std::string>())),
       "TOKEN_ALGORITHM"},
      {"EdDsa", SigningKey::Ed25519().Token(R"({"alg":"EdDSA","kid":"r"})", kClaims),
       "TOKEN_ALGORITHM"},

      // Keys
      {"AnotherKey", OtherRsaKey().Token(kRsa, kClaims), "TOKEN_SIGNATURE"},
      WithHeader("KidUnknown", R"({"alg":"RS256","kid":"x"})", "TOKEN_KEY_UNKNOWN"),
      WithHeader("KidInOtherCase", R"({"alg":"RS256","kid":"R"})", "TOKEN_KEY_UNKNOWN"),
      WithHeader("KidEmpty", R"({"alg":"RS256","kid":""})", "TOKEN_KEY_UNKNOWN"),
      WithHeader("KidPath", R"({"alg":"RS256","kid":"../../dev/null"})", "TOKEN_KEY_UNKNOWN"),
      WithHeader("KidMissing", R"({"alg":"RS256"})", "TOKEN_KEY_UNKNOWN"),
      WithHeader("KidNumber", R"({"alg":"RS256","kid":1})", "TOKEN_MALFORMED"),
      WithHeader("KidNull", R"({"alg":"RS256","kid":null})", "TOKEN_MALFORMED"),
      WithHeader("KidLong", absl::StrCat(R"({"alg":"RS256","kid":")", std::string(300, 'a'), "\"}"),
                 "TOKEN_MALFORMED"),
      {"KidUnknownOfOne",
       RsaKey().Token(R"({"alg":"RS256","kid":"x"})", kClaims),
       "TOKEN_KEY_UNKNOWN",
       {Keys()[0]}},
      {"NoKeys", RsaKey().Token(kRsa, kClaims), "TOKEN_KEY_UNKNOWN", {}},
      {"OwnKey",
       OtherRsaKey().Token(
           absl::StrCat(R"({"alg":"RS256","kid":"r","jwk":)", OtherRsaKey().Jwk("r").dump(), "}"),
           kClaims),
       "TOKEN_MALFORMED"},
      WithHeader("KeyByUrl", R"({"alg":"RS256","kid":"r","jku":"https://eve.example/jwks"})",
                 "TOKEN_MALFORMED"),
      WithHeader("CertificateByUrl", R"({"alg":"RS256","kid":"r","x5u":"https://eve.example/c"})",
                 "TOKEN_MALFORMED"),
      WithHeader("OwnCertificate", R"({"alg":"RS256","kid":"r","x5c":["MII"]})", "TOKEN_MALFORMED"),

      // The rest of the header
      WithHeader("Crit", R"({"alg":"RS256","kid":"r","crit":["b64"],"b64":false})",
                 "TOKEN_MALFORMED"),
      WithHeader("CritEmpty", R"({"alg":"RS256","kid":"r","crit":[]})", "TOKEN_MALFORMED"),
      WithHeader("AnotherType", R"({"alg":"RS256","kid":"r","typ":"logout+jwt"})",
                 "TOKEN_MALFORMED"),
      WithHeader("TypeOfProof", R"({"alg":"RS256","kid":"r","typ":"dpop+jwt"})", "TOKEN_MALFORMED"),
      WithHeader("TypeOfAnotherTree", R"({"alg":"RS256","kid":"r","typ":"text/at+jwt"})",
                 "TOKEN_MALFORMED"),
      WithHeader("TypeEmpty", R"({"alg":"RS256","kid":"r","typ":""})", "TOKEN_MALFORMED"),
      WithHeader("TypeNumber", R"({"alg":"RS256","kid":"r","typ":1})", "TOKEN_MALFORMED"),
      WithHeader("HeaderList", R"(["RS256"])", "TOKEN_MALFORMED"),
      WithHeader("HeaderNoJson", "RS256", "TOKEN_MALFORMED"),
      WithHeader("HeaderCut", R"({"alg":"RS256","kid":"r")", "TOKEN_MALFORMED"),
      WithHeader("HeaderTwoObjects", R"({"alg":"RS256","kid":"r"}{})", "TOKEN_MALFORMED"),
      WithHeader("HeaderNul", absl::string_view("{\"alg\":\"RS256\",\"kid\":\"r\"}\0{", 27),
                 "TOKEN_MALFORMED"),
      WithHeader("HeaderByteOrderMark", "\xef\xbb\xbf{\"alg\":\"RS256\",\"kid\":\"r\"}",
                 "TOKEN_MALFORMED"),
      WithHeader("HeaderNoUtf8", "{\"alg\":\"RS256\",\"kid\":\"r\",\"x\":\"\xff\"}",
                 "TOKEN_MALFORMED"),

      // The payload
      WithClaims("PayloadList", "[]", "TOKEN_MALFORMED"),
      WithClaims("PayloadText", "\"ada\"", "TOKEN_MALFORMED"),
      WithClaims("PayloadNumber", "1", "TOKEN_MALFORMED"),
      WithClaims("PayloadNull", "null", "TOKEN_MALFORMED"),
      WithClaims("PayloadEmpty", "", "TOKEN_MALFORMED"),
      WithClaims("PayloadTrailing", absl::StrCat(kClaims, "x"), "TOKEN_MALFORMED"),
      WithClaims("PayloadDeep",
                 Claims("x", absl::StrCat(std::string(1000, '['), std::string(1000, ']'))),
                 "TOKEN_MALFORMED"),
      WithClaims("ClaimTwice", absl::StrReplaceAll(kClaims, {{"}", ",\"sub\":\"eve\"}"}}),
                 "TOKEN_MALFORMED"),
      WithClaims("ClaimTwiceWithin", Claims("x", R"([{"a":1,"a":2}])"), "TOKEN_MALFORMED"),
      WithClaims("NumberTooLarge", Claims("x", "1e999"), "TOKEN_MALFORMED"),
      WithClaims("NotANumber", Claims("exp", "NaN"), "TOKEN_MALFORMED"),

      // Times
      WithClaims("Expired", Claims("exp", "1799999970"), "TOKEN_EXPIRED"),
      WithClaims("ExpiredLongAgo", Claims("exp", "0"), "TOKEN_EXPIRED"),
      WithClaims("ExpMissing", Without("exp"), "TOKEN_MALFORMED"),
      WithClaims("ExpText", Claims("exp", "\"1800000060\""), "TOKEN_MALFORMED"),
      WithClaims("ExpNull", Claims("exp", "null"), "TOKEN_MALFORMED"),
      WithClaims("ExpTrue", Claims("exp", "true"), "TOKEN_MALFORMED"),
      WithClaims("ExpList", Claims("exp", "[1800000060]"), "TOKEN_MALFORMED"),
      WithClaims("ExpNegative", Claims("exp", "-1"), "TOKEN_MALFORMED"),
      WithClaims("ExpNegativeHuge", Claims("exp", "-9223372036854775808"), "TOKEN_MALFORMED"),
      WithClaims("ExpBeyond9999", Claims("exp", "253402300800"), "TOKEN_MALFORMED"),
      WithClaims("ExpInt64Max", Claims("exp", "9223372036854775807"), "TOKEN_MALFORMED"),
      WithClaims("ExpHugeFloat", Claims("exp", "1e300"), "TOKEN_MALFORMED"),
      WithClaims("ExpFloatExpired", Claims("exp", "1799999969.9"), "TOKEN_EXPIRED"),
      WithClaims("NotYetValid", Claims("nbf", "1800000031"), "TOKEN_NOT_YET_VALID"),
      WithClaims("NbfText", Claims("nbf", "\"0\""), "TOKEN_MALFORMED"),
      WithClaims("NbfHuge", Claims("nbf", "1e18"), "TOKEN_MALFORMED"),
      WithClaims("IssuedInTheFuture", Claims("iat", "1800000031"), "TOKEN_NOT_YET_VALID"),
      WithClaims("IatText", Claims("iat", "\"now\""), "TOKEN_MALFORMED"),

      // Who and for whom
      WithClaims("IssuerAnother", Claims("iss", "\"https://eve.example\""), "TOKEN_ISSUER"),
      WithClaims("IssuerWithSlash", Claims("iss", "\"https://id.example/\""), "TOKEN_ISSUER"),
      WithClaims("IssuerList", Claims("iss", R"(["https://id.example"])"), "TOKEN_ISSUER"),
      WithClaims("IssuerMissing", Without("iss"), "TOKEN_ISSUER"),
      WithClaims("AudienceAnother", Claims("aud", "\"token\""), "TOKEN_AUDIENCE"),
      WithClaims("AudienceOthers", Claims("aud", R"(["a","b"])"), "TOKEN_AUDIENCE"),
      WithClaims("AudienceEmptyList", Claims("aud", "[]"), "TOKEN_AUDIENCE"),
      WithClaims("AudienceMissing", Without("aud"), "TOKEN_AUDIENCE"),
      WithClaims("AudienceNumber", Claims("aud", "1"), "TOKEN_MALFORMED"),
      WithClaims("AudienceObject", Claims("aud", R"({"tokens":true})"), "TOKEN_MALFORMED"),
      WithClaims("AudienceMixed", Claims("aud", R"(["tokens",1])"), "TOKEN_MALFORMED"),
      WithClaims("SubjectMissing", Without("sub"), "TOKEN_SUBJECT"),
      WithClaims("SubjectNumber", Claims("sub", "1"), "TOKEN_SUBJECT"),
      WithClaims("SubjectEmpty", Claims("sub", "\"\""), "TOKEN_SUBJECT"),
      WithClaims("SubjectLong", Claims("sub", long_subject), "TOKEN_SUBJECT"),
      WithClaims("SubjectLineBreak", Claims("sub", R"("a\nb")"), "TOKEN_SUBJECT"),
      WithClaims("SubjectNul", Claims("sub", R"("a\u0000b")"), "TOKEN_SUBJECT"),
      WithClaims("SubjectDelete", Claims("sub", R"("a\u007f")"), "TOKEN_SUBJECT"),
      WithClaims("SubjectNextLine", Claims("sub", R"("a\u0085b")"), "TOKEN_SUBJECT"),
      WithClaims("SubjectLineSeparator", Claims("sub", R"("a\u2028b")"), "TOKEN_SUBJECT"),
      WithClaims("SubjectWrittenBackwards", Claims("sub", R"("a\u202eb")"), "TOKEN_SUBJECT"),
      WithClaims("SubjectIsolate", Claims("sub", R"("a\u2066b")"), "TOKEN_SUBJECT"),
      WithClaims("SubjectNoWidth", Claims("sub", R"("a\u200bb")"), "TOKEN_SUBJECT"),
  };
  return attacks;
}

class JwtAttackTest : public testing::TestWithParam<Attack> {};

TEST_P(JwtAttackTest, IsRefused) {
  const Attack& attack = GetParam();
  const absl::StatusOr<Identity> identity = Verify(attack.token, attack.keys);
  ASSERT_THAT(identity, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_EQ(ReasonOf(identity.status()), attack.reason) << identity.status();
  // Nothing of the token.
  for (const char* text : {"ada", "eve.example", "AAAA", "id.example"}) {
    EXPECT_THAT(identity.status(), StatusIs(identity.status().code(), Not(HasSubstr(text))));
  }
}

INSTANTIATE_TEST_SUITE_P(All, JwtAttackTest, testing::ValuesIn(Attacks()),
                         [](const auto& row) { return row.param.name; });

TEST(JwtRulesTest, NamesEveryMistake) {
  JwtRules rules;
  rules.algorithms = {"none", "RS256"};
  rules.clock_skew = absl::Seconds(-1);
  const absl::Status mistakes = CheckJwtRules(rules);
  for (const char* part : {"jwt_issuer", "jwt_audience", "'none'", "jwt_clock_skew"}) {
    EXPECT_THAT(mistakes, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(part)));
  }
  EXPECT_THAT(CheckJwtRules(Rules()), IsOk());
}

}  // namespace
}  // namespace openvidu::token
