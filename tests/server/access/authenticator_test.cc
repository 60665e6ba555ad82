#include "server/access/authenticator.h"

#include <gmock/gmock.h>

#include <future>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_details.h"
#include "tests/server/access/key_server.h"
#include "tests/server/access/signing_key.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Method = Identity::Method;

std::string Token(const char* id, const SigningKey& key = EcKey()) {
  return key.Token(absl::StrCat(R"({"alg":"ES256","kid":")", id, "\"}"),
                   absl::StrCat(R"({"iss":"https://id.example","aud":"tokens","sub":"ada","exp":)",
                                absl::ToUnixSeconds(absl::Now()) + 600, "}"));
}

std::string Set(const char* id) { return JwkSet({EcKey().Jwk(id)}); }

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorOptions Options(std::vector<std::string> methods) {
    AuthenticatorOptions options;
    options.methods = std::move(methods);
    for (const std::string& method : options.methods) {
      if (method == "jwt") {
        options.jwt_keys_file = folder_.Write("keys", Set("e"));
        options.jwt.issuer = "https://id.example";
        options.jwt.audiences = {"tokens"};
      }
      if (method == "mtls") options.mtls_allowed_names = {"dns:gateway.example"};
    }
    return options;
  }

  AuthenticatorOptions OptionsByUrl(const KeyServer& server) {
    AuthenticatorOptions options = Options({"jwt"});
    options.jwt_keys_file = "";
    options.jwt_keys_url.url = server.url();
    return options;
  }

  std::unique_ptr<Authenticator> Make(const AuthenticatorOptions& options) {
    absl::StatusOr<std::unique_ptr<Authenticator>> made = Authenticator::Create(options, *reactor_);
    EXPECT_THAT(made, IsOk());
    return *std::move(made);
  }

  static absl::StatusOr<Identity> Authenticate(const Authenticator& authenticator,
                                               const Caller* caller) {
    std::promise<absl::StatusOr<Identity>> done;
    authenticator.Authenticate(caller, [&done](absl::StatusOr<Identity> identity) {
      done.set_value(std::move(identity));
    });
    return done.get_future().get();
  }

  const TempFolder folder_;
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
};

/// What a caller presents, and what comes of it.
struct Presented {
  const char* name;
  std::vector<std::string> methods;
  std::string token;
  std::vector<std::string> names;
  std::string result;  // the method and subject, or the reason
};
void PrintTo(const Presented& row, std::ostream* out) { *out << row.name; }

class PresentedTest : public AuthenticatorTest, public testing::WithParamInterface<Presented> {};

TEST_P(PresentedTest, IsJudged) {
  const Presented& row = GetParam();
  Caller caller;
  caller.bearer_token = row.token;
  caller.certificate_names = row.names;
  const absl::StatusOr<Identity> identity = Authenticate(*Make(Options(row.methods)), &caller);
  std::string result = ReasonOf(identity.status());
  if (identity.ok()) {
    const char* const methods[] = {"anonymous", "jwt", "certificate"};
    result = absl::StrCat(methods[static_cast<int>(identity->method)], " ", identity->subject);
    if (!identity->certificate_names.empty()) result += " +names";
  } else {
    EXPECT_THAT(identity, StatusIs(absl::StatusCode::kUnauthenticated));
  }
  EXPECT_EQ(result, row.result);
}

const std::vector<std::string> kGateway = {"cn:x", "dns:gateway.example"};
const std::vector<std::string> kStranger = {"dns:stranger.example"};

INSTANTIATE_TEST_SUITE_P(
    All, PresentedTest,
    testing::Values(
        Presented{"NoneNothing", {"none"}, "", {}, "anonymous "},
        Presented{"NoneToken", {"none"}, Token("e"), {}, "anonymous "},
        Presented{"NoneBadToken", {"none"}, "x", {}, "anonymous "},
        Presented{"NoneCertificate", {"none"}, "", kGateway, "anonymous "},
        Presented{"JwtNothing", {"jwt"}, "", {}, "CREDENTIALS_MISSING"},
        Presented{"JwtToken", {"jwt"}, Token("e"), {}, "jwt ada"},
        Presented{"JwtTokenAndCertificate", {"jwt"}, Token("e"), kGateway, "jwt ada"},
        Presented{"JwtBadToken", {"jwt"}, "x", {}, "TOKEN_MALFORMED"},
        Presented{"JwtUnknownKey", {"jwt"}, Token("f"), {}, "TOKEN_KEY_UNKNOWN"},
        Presented{"JwtOnlyCertificate", {"jwt"}, "", kGateway, "CREDENTIALS_MISSING"},
        Presented{"MtlsNothing", {"mtls"}, "", {}, "CREDENTIALS_MISSING"},
        Presented{
            "MtlsCertificate", {"mtls"}, "", kGateway, "certificate dns:gateway.example +names"},
        Presented{"MtlsStranger", {"mtls"}, "", kStranger, "CREDENTIALS_MISSING"},
        Presented{"MtlsToken", {"mtls"}, Token("e"), kGateway, "TOKEN_NOT_ACCEPTED"},
        Presented{"BothToken", {"jwt", "mtls"}, Token("e"), {}, "jwt ada"},
        Presented{"BothCertificate",
                  {"jwt", "mtls"},
                  "",
                  kGateway,
                  "certificate dns:gateway.example +names"},
        Presented{"BothBoth", {"jwt", "mtls"}, Token("e"), kGateway, "jwt ada +names"},
        Presented{"BothTokenAndStranger", {"jwt", "mtls"}, Token("e"), kStranger, "jwt ada"},
        Presented{"BothBadTokenAndCertificate", {"jwt", "mtls"}, "x", kGateway, "TOKEN_MALFORMED"},
        Presented{"BothNothing", {"jwt", "mtls"}, "", {}, "CREDENTIALS_MISSING"},
        Presented{"AllNothing", {"none", "jwt", "mtls"}, "", {}, "anonymous "},
        Presented{"AllStranger", {"none", "jwt", "mtls"}, "", kStranger, "anonymous "},
        Presented{"AllCertificate",
                  {"none", "jwt", "mtls"},
                  "",
                  kGateway,
                  "certificate dns:gateway.example +names"},
        Presented{"AllBadToken", {"none", "jwt", "mtls"}, "x", {}, "TOKEN_MALFORMED"},
        Presented{"AllBadTokenAndCertificate",
                  {"mtls", "none", "jwt"},
                  "x",
                  kGateway,
                  "TOKEN_MALFORMED"}),
    [](const auto& row) { return row.param.name; });

TEST_F(AuthenticatorTest, OfWhomNothingIsKnownNothingIsPresented) {
  EXPECT_THAT(Authenticate(*Make(Options({"none", "jwt", "mtls"})), nullptr), IsOk());
  EXPECT_EQ(ReasonOf(Authenticate(*Make(Options({"jwt", "mtls"})), nullptr).status()),
            "CREDENTIALS_MISSING");
}

TEST_F(AuthenticatorTest, ATokenOfANewKeyIsServedByAFetch) {
  KeyServer server(Set("old"));
  AuthenticatorOptions options = OptionsByUrl(server);
  options.jwt_keys_url.min_interval = absl::ZeroDuration();
  const auto authenticator = Make(options);
  Caller caller;
  caller.bearer_token = Token("old");
  EXPECT_THAT(Authenticate(*authenticator, &caller), IsOk());  // it waits for the first fetch
  server.Serve(Set("new"));
  caller.bearer_token = Token("new");
  EXPECT_THAT(Authenticate(*authenticator, &caller), IsOk());
  EXPECT_EQ(server.requests(), 2);
  EXPECT_THAT(Authenticate(*authenticator, &caller), IsOk());
  EXPECT_EQ(server.requests(), 2);
  caller.bearer_token = Token("old");  // its key was withdrawn
  EXPECT_EQ(ReasonOf(Authenticate(*authenticator, &caller).status()), "TOKEN_KEY_UNKNOWN");
}

TEST_F(AuthenticatorTest, ManyTokensOfUnknownKeysCostOneFetch) {
  const KeyServer server(Set("e"));
  const auto authenticator = Make(OptionsByUrl(server));
  Caller caller;
  for (int i = 0; i < 20; ++i) {
    caller.bearer_token = Token(absl::StrCat("x", i).c_str());
    EXPECT_EQ(ReasonOf(Authenticate(*authenticator, &caller).status()), "TOKEN_KEY_UNKNOWN");
  }
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(AuthenticatorTest, WithoutKeysTheServiceIsUnavailable) {
  KeyServer server(Set("e"));
  server.SetAnswer([](httplib::Response& response) { response.status = 503; });
  const auto authenticator = Make(OptionsByUrl(server));
  Caller caller;
  caller.bearer_token = Token("e");
  const absl::StatusOr<Identity> identity = Authenticate(*authenticator, &caller);
  EXPECT_THAT(identity, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ReasonOf(identity.status()), "KEYS_UNAVAILABLE");
}

TEST_F(AuthenticatorTest, TheCallerMayGoWhileKeysAreFetched) {
  const KeyServer server(Set("e"));
  const auto authenticator = Make(OptionsByUrl(server));
  std::promise<absl::StatusOr<Identity>> done;
  {
    auto caller = std::make_unique<Caller>();
    caller->bearer_token = Token("e");
    authenticator->Authenticate(caller.get(), [&done](absl::StatusOr<Identity> identity) {
      done.set_value(std::move(identity));
    });
  }
  EXPECT_THAT(done.get_future().get(), IsOk());
}

TEST_F(AuthenticatorTest, KeepsTheClaims) {
  Caller caller;
  caller.bearer_token = Token("e");
  const absl::StatusOr<Identity> identity = Authenticate(*Make(Options({"jwt"})), &caller);
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->claims["iss"], "https://id.example");
}

TEST_F(AuthenticatorTest, MistakesInTheOptionsAreNamed) {
  const auto mistakes = [](const AuthenticatorOptions& options, std::vector<const char*> parts) {
    const absl::Status status = CheckAuthenticatorOptions(options);
    for (const char* part : parts) {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(part)));
    }
  };
  mistakes({.methods = {}}, {"auth must name"});
  mistakes({.methods = {"JWT", "none"}}, {"auth: 'JWT'"});
  mistakes({.methods = {"jwt", "mtls"}},
           {"one of jwt_keys_file", "jwt_issuer", "jwt_audience", "mtls_allowed_names"});
  mistakes({.jwt_keys_file = "/x"}, {"auth does not name jwt"});
  mistakes({.mtls_allowed_names = {"dns:a"}}, {"auth does not name mtls"});
  mistakes({.methods = {"mtls"}, .mtls_allowed_names = {"a"}}, {"mtls_allowed_names: 'a'"});
  AuthenticatorOptions options = Options({"jwt"});
  EXPECT_THAT(CheckAuthenticatorOptions(options), IsOk());
  options.jwt_hmac_key_file = "/absent";
  options.jwt_keys_url.url = "ftp://x";
  mistakes(options, {"one of jwt_keys_file", "/absent", "jwt_jwks_url"});
  EXPECT_THAT(Authenticator::Create(options, *reactor_),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckAuthenticatorOptions({}), IsOk());
}

}  // namespace
}  // namespace openvidu::token
