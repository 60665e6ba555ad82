// Tokens of callers: all that verifying one takes, by each algorithm.

#include <benchmark/benchmark.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/access/json_web_keys.h"
#include "server/access/jwt_verifier.h"
#include "tests/server/access/signing_key.h"

namespace openvidu::token {
namespace {

constexpr char kSecret[] = "0123456789abcdef0123456789abcdef";
constexpr char kClaims[] =
    R"({"iss":"https://id.example/realms/video","aud":["tokens","account"],"sub":)"
    R"("f1c9a1f0-2c1f-4c2b-9d0e-5d1a53d6e2a4","exp":1800000060,"iat":1800000000,"jti":)"
    R"("0b1a4c1e-83f6-4a6f-8a43-6a1b1d1c7a55","azp":"web","scope":"openid profile","name":"Ada"})";

std::string Header(absl::string_view algorithm) {
  return absl::StrCat(R"({"alg":")", algorithm, R"(","typ":"JWT","kid":"k"})");
}

void Verify(benchmark::State& state, absl::string_view algorithm, const std::string& token,
            const VerificationKeys& keys) {
  JwtRules rules;
  rules.issuer = "https://id.example/realms/video";
  rules.audiences = {"tokens"};
  rules.algorithms = {std::string(algorithm)};
  const JwtVerifier verifier(rules);
  for (auto _ : state) {
    const absl::StatusOr<Identity> identity =
        verifier.Verify(token, keys, absl::FromUnixSeconds(1'800'000'000));
    if (!identity.ok()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(identity);
  }
}

void BM_VerifyToken(benchmark::State& state, const char* algorithm, const SigningKey& key) {
  Verify(state, algorithm, key.Token(Header(algorithm), kClaims), *ParsePemKey(key.PublicPem()));
}
BENCHMARK_CAPTURE(BM_VerifyToken, RS256, "RS256", RsaKey());
BENCHMARK_CAPTURE(BM_VerifyToken, ES256, "ES256", EcKey());
BENCHMARK_CAPTURE(BM_VerifyToken, EdDSA, "EdDSA", EdKey());

void BM_VerifyHmacToken(benchmark::State& state) {
  const std::string header = Header("HS256");
  const std::string text = absl::StrCat(Encode(header), ".", Encode(kClaims));
  Verify(state, "HS256", Join(header, kClaims, Hmac(kSecret, text)),
         {{"", {"HS256"}, kSecret, nullptr}});
}
BENCHMARK(BM_VerifyHmacToken);

}  // namespace
}  // namespace openvidu::token
