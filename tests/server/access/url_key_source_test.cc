#include "server/access/url_key_source.h"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "tests/server/access/key_server.h"
#include "tests/server/access/signing_key.h"
#include "tests/support/certificate.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;

class UrlKeySourceTest : public testing::Test {
 protected:
  static std::string Set(const char* id) { return JwkSet({EcKey().Jwk(id)}); }

  std::unique_ptr<UrlKeySource> Make() {
    absl::StatusOr<std::unique_ptr<UrlKeySource>> made = UrlKeySource::Create(*reactor_, options_);
    EXPECT_THAT(made, IsOk());
    return *std::move(made);
  }

  /// The ids of the keys.
  static std::string Ids(const KeySource::Keys& keys) {
    if (keys == nullptr) return "none";
    std::string ids;
    for (const VerificationKey& key : *keys) ids += key.id;
    return ids;
  }

  KeyServer server_{Set("a")};
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  UrlKeySourceOptions options_{.url = server_.url(), .refresh = absl::Hours(1)};
};

TEST_F(UrlKeySourceTest, FetchesAtOnceAndWhoAsksMeanwhileWaits) {
  const auto source = Make();
  EXPECT_EQ(Ids(Renewed(*source)), "a");
  EXPECT_EQ(Ids(source->keys()), "a");
  EXPECT_EQ(server_.requests(), 1);
}

TEST_F(UrlKeySourceTest, ARenewalFetchesNewKeys) {
  options_.min_interval = absl::ZeroDuration();
  const auto source = Make();
  ASSERT_EQ(Ids(Renewed(*source)), "a");
  server_.Serve(Set("b"));
  EXPECT_EQ(Ids(Renewed(*source)), "b");
  EXPECT_EQ(Ids(source->keys()), "b");
}

TEST_F(UrlKeySourceTest, ARenewalTooSoonFetchesNothing) {
  const auto source = Make();
  ASSERT_EQ(Ids(Renewed(*source)), "a");
  server_.Serve(Set("b"));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Ids(Renewed(*source)), "a");
  EXPECT_EQ(server_.requests(), 1);
}

TEST_F(UrlKeySourceTest, FetchesAgainByItself) {
  options_.refresh = absl::Milliseconds(5);
  const auto source = Make();
  ASSERT_EQ(Ids(Renewed(*source)), "a");
  server_.Serve(Set("b"));
  while (Ids(source->keys()) != "b") std::this_thread::yield();
}

TEST_F(UrlKeySourceTest, OfAFetchThatFailsTheKeysBeforeStay) {
  options_.min_interval = absl::ZeroDuration();
  options_.first_retry = absl::Hours(1);
  const auto source = Make();
  ASSERT_EQ(Ids(Renewed(*source)), "a");
  const KeyServer elsewhere(Set("z"));
  const nlohmann::json secret = {{"kty", "oct"}, {"kid", "s"}, {"k", std::string(43, 'A')}};
  for (const KeyServer::Answer& answer : std::initializer_list<KeyServer::Answer>{
           [](httplib::Response& response) { response.status = 500; },
           [](httplib::Response& response) { response.status = 404; },
           [&](httplib::Response& response) { response.set_redirect(elsewhere.url()); },
           [](httplib::Response& response) { response.set_content("<html>", "text/html"); },
           [](httplib::Response& response) { response.set_content(R"({"keys":[]})", "x/y"); },
           [&](httplib::Response& response) {
             response.set_content(JwkSet({EcKey().Jwk("b"), secret}), "x/y");
           },
           [](httplib::Response& response) {
             response.set_content(std::string(300 << 10, ' ') + Set("b"), "x/y");
           }}) {
    server_.SetAnswer(answer);
    const int before = server_.requests();
    EXPECT_EQ(Ids(Renewed(*source)), "a");
    EXPECT_EQ(server_.requests(), before + 1);
  }
  EXPECT_EQ(elsewhere.requests(), 0);
  server_.Serve(Set("b"));
  EXPECT_EQ(Ids(Renewed(*source)), "b");
}

TEST_F(UrlKeySourceTest, HasNoneUntilAFetchSucceeds) {
  server_.SetAnswer([](httplib::Response& response) { response.status = 503; });
  options_.first_retry = absl::Milliseconds(5);
  const auto source = Make();
  EXPECT_EQ(Renewed(*source), nullptr);
  EXPECT_EQ(source->keys(), nullptr);
  server_.Serve(Set("a"));
  while (source->keys() == nullptr) std::this_thread::yield();
  EXPECT_EQ(Ids(source->keys()), "a");
}

TEST_F(UrlKeySourceTest, KeysThatAreTooOldAreNone) {
  options_.max_staleness = absl::ZeroDuration();
  const auto source = Make();
  EXPECT_EQ(Renewed(*source), nullptr);
  EXPECT_EQ(server_.requests(), 1);
}

TEST_F(UrlKeySourceTest, NobodyListens) {
  {
    const KeyServer gone(Set("a"));
    options_.url = gone.url();
  }
  const auto source = Make();
  EXPECT_EQ(Renewed(*source), nullptr);
}

TEST_F(UrlKeySourceTest, GivesUpASlowFetchInTime) {
  std::promise<void> end;
  server_.SetAnswer([ended = end.get_future().share()](httplib::Response&) { ended.wait(); });
  options_.timeout = absl::Milliseconds(20);
  const auto source = Make();
  EXPECT_EQ(Renewed(*source), nullptr);
  end.set_value();
}

TEST_F(UrlKeySourceTest, WhoWaitsIsAnsweredWhenItGoes) {
  std::promise<void> end;
  server_.SetAnswer([ended = end.get_future().share()](httplib::Response&) { ended.wait(); });
  auto source = Make();
  std::promise<KeySource::Keys> renewed;
  source->Renew(nullptr, [&renewed](KeySource::Keys keys) { renewed.set_value(std::move(keys)); });
  source = nullptr;
  EXPECT_EQ(renewed.get_future().get(), nullptr);
  end.set_value();
}

TEST_F(UrlKeySourceTest, OverTlsTheServerIsVerified) {
  const Certificate certificate("localhost");
  const KeyServer server(Set("t"),
                         std::make_unique<httplib::SSLServer>(certificate.cert_file().c_str(),
                                                              certificate.key_file().c_str()));
  options_.url = server.url("https://localhost");
  options_.ca_file = certificate.cert_file();
  EXPECT_EQ(Ids(Renewed(*Make())), "t");
  const Certificate another("localhost");
  options_.ca_file = another.cert_file();
  EXPECT_EQ(Renewed(*Make()), nullptr);
  options_.url = server.url("https://127.0.0.1");  // not in the certificate
  options_.ca_file = certificate.cert_file();
  EXPECT_EQ(Renewed(*Make()), nullptr);
}

TEST(UrlKeySourceOptionsTest, NamesEveryMistake) {
  for (const char* url : {"", "id.example", "http://id.example/jwks", "http://127.0.0.1.evil/",
                          "http://localhost.evil/", "file:///etc/keys", "https://u:p@id.example/",
                          "https://id.example/a b", "https://id.example:0/"}) {
    EXPECT_THAT(CheckUrlKeySourceOptions({.url = url}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("jwt_jwks_url")))
        << url;
  }
  for (const char* url : {"https://id.example/jwks?p=1", "http://localhost/", "http://[::1]:80/x",
                          "http://127.0.0.1:8080"}) {
    EXPECT_THAT(CheckUrlKeySourceOptions({.url = url}), IsOk()) << url;
  }
  const absl::Status mistakes = CheckUrlKeySourceOptions({.url = "ftp://x",
                                                          .ca_file = "/absent",
                                                          .refresh = absl::ZeroDuration(),
                                                          .max_staleness = absl::Seconds(-1)});
  for (const char* part :
       {"jwt_jwks_url", "jwt_jwks_ca_file", "jwt_jwks_refresh", "jwt_jwks_max_staleness"}) {
    EXPECT_THAT(mistakes, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(part)));
  }
}

}  // namespace
}  // namespace openvidu::token
