// Tokens: as anybody may send them, of which none is accepted, by a key of whatever type, and as
// the issuer signs them, of which those are accepted that keep the rules.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status_details.h"
#include "fuzz/input.h"
#include "server/access/json_object.h"
#include "server/access/json_web_keys.h"
#include "server/access/jwt_verifier.h"

namespace openvidu::token {
namespace {

constexpr char kSecret[] = "0123456789abcdef0123456789abcdef";
constexpr int64_t kNow = 1'800'000'000;

const JwtVerifier& Verifier() {
  static const auto& verifier = *[] {
    JwtRules rules;
    rules.issuer = "https://id.example";
    rules.audiences = {"tokens"};
    return new JwtVerifier(rules);
  }();
  return verifier;
}

const VerificationKeys& SecretKey() {
  static const auto& keys = *new VerificationKeys{{"", {"HS256"}, kSecret, nullptr}};
  return keys;
}

/// The public keys of RFC 7515 A.2 ("r") and A.3 ("e"), and of RFC 8037 A.2 ("d").
const VerificationKeys& PublicKeys() {
  static const auto& keys = *new VerificationKeys(*ParseJsonWebKeys(
      R"({"keys":[{"kty":"RSA","kid":"r","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQo)"
      R"(Tbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6)"
      R"(b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2Cap)"
      R"(Hg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFk)"
      R"(MLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},{"kty":"EC","kid":"e","crv":"P-256",)"
      R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},{"kty":"OKP","kid":"d",)"
      R"("crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})",
      SharedSecrets::kRefused));
  return keys;
}

absl::StatusOr<Identity> Verify(absl::string_view token,
                                const VerificationKeys& keys = SecretKey()) {
  absl::StatusOr<Identity> identity = Verifier().Verify(token, keys, absl::FromUnixSeconds(kNow));
  if (!identity.ok()) {
    FUZZ_CHECK(absl::IsUnauthenticated(identity.status()) && !ReasonOf(identity.status()).empty());
  }
  return identity;
}

std::string Signed(absl::string_view header, absl::string_view payload) {
  const std::string text =
      absl::StrCat(absl::WebSafeBase64Escape(header), ".", absl::WebSafeBase64Escape(payload));
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), kSecret, static_cast<int>(sizeof(kSecret) - 1),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  const absl::string_view signature(reinterpret_cast<const char*>(mac), size);
  return absl::StrCat(text, ".", absl::WebSafeBase64Escape(signature));
}

void CheckSigned(absl::string_view header, absl::string_view payload) {
  const absl::StatusOr<Identity> identity = Verify(Signed(header, payload));
  if (!identity.ok()) return;
  const absl::StatusOr<nlohmann::json> head = ParseJsonObject(header);
  FUZZ_CHECK(head.ok() && head->at("alg") == "HS256");
  FUZZ_CHECK(!head->contains("crit") && !head->contains("jwk"));
  const nlohmann::json& claims = identity->claims;
  FUZZ_CHECK(claims.at("iss") == "https://id.example");
  FUZZ_CHECK(claims.at("exp").is_number() && claims.at("exp").get<double>() > kNow - 31);
  FUZZ_CHECK(!identity->subject.empty() && identity->subject.size() <= kMaxSubjectBytes);
  FUZZ_CHECK(identity->method == Identity::Method::kJwt);
}

}  // namespace
}  // namespace openvidu::token

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  FuzzInput input(data, size);
  if (input.TakeByte() % 2 == 0) {
    const absl::string_view header = input.TakeLine();
    CheckSigned(header, input.rest());
  } else {
    FUZZ_CHECK(!Verify(input.rest()).ok());
    FUZZ_CHECK(!Verify(input.rest(), PublicKeys()).ok());
  }
  return 0;
}
