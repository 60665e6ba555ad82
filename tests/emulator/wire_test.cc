#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/emulator/raw_client.h"

namespace openvidu::emulator {
namespace {

constexpr char kSessions[] = "/openvidu/api/sessions";
constexpr char kConfig[] = "/openvidu/api/config";

class WireTest : public testing::Test {
 protected:
  const std::unique_ptr<OpenViduEmulator> emulator_ = StartEmulator();
  RawClient client_{emulator_->port()};

  // Whether the connection serves one more request.
  bool IsOpen() { return client_.Exchange(Request("GET", kConfig)).status == 200; }
};

TEST_F(WireTest, HeadersAreThoseOfTheRealServerInItsOrder) {
  RawAnswer answer = client_.Exchange(Request("POST", kSessions, "{}"));
  const size_t date = answer.head.find("Date: ");
  answer.head.replace(date, answer.head.find("\r\n", date) - date, "Date: D");
  EXPECT_EQ(answer.head,
            "HTTP/1.1 200 \r\nVary: Origin\r\nVary: Access-Control-Request-Method\r\n"
            "Vary: Access-Control-Request-Headers\r\nX-Content-Type-Options: "
            "nosniff\r\nX-XSS-Protection: 0\r\n"
            "Cache-Control: no-cache, no-store, max-age=0, must-revalidate\r\nPragma: "
            "no-cache\r\nExpires: 0\r\n"
            "X-Frame-Options: DENY\r\nContent-Type: application/json\r\nContent-Length: "
            "507\r\nDate: D\r\n\r\n");
  EXPECT_EQ(answer.body.size(), 507U);
}

TEST_F(WireTest, AnUnauthorizedClientMayTryAgainOnTheSameConnection) {
  const std::string anonymous =
      "POST /openvidu/api/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";
  const RawAnswer answer = client_.Exchange(anonymous);
  EXPECT_EQ(answer.status, 401);
  const size_t cookie = answer.head.find("Set-Cookie: OVJSESSIONID=");
  ASSERT_NE(cookie, std::string::npos) << answer.head;
  EXPECT_LT(cookie,
            answer.head.find("WWW-Authenticate: Basic realm=\"Realm\"\r\nX-Content-Type-Options"));
  EXPECT_TRUE(IsOpen());
}

TEST_F(WireTest, WrongCredentialsAreAnsweredInAnotherOrder) {
  const RawAnswer answer = client_.Exchange(
      "GET /openvidu/api/sessions HTTP/1.1\r\nHost: a\r\nAuthorization: Basic eDp5\r\n\r\n");
  EXPECT_EQ(answer.status, 401);
  EXPECT_GT(answer.head.find("Set-Cookie: "), answer.head.find("X-Frame-Options: DENY"));
}

TEST_F(WireTest, A400ClosesAnd404And409DoNot) {
  EXPECT_EQ(client_.Exchange(Request("GET", "/openvidu/api/sessions/nope")).status, 404);
  EXPECT_EQ(client_.Exchange(Request("POST", kSessions, R"({"customSessionId":"a"})")).status, 200);
  EXPECT_EQ(client_.Exchange(Request("POST", kSessions, R"({"customSessionId":"a"})")).status, 409);
  const RawAnswer answer = client_.Exchange(Request("POST", kSessions, R"({"mediaMode":"x"})"));
  EXPECT_EQ(answer.status, 400);
  EXPECT_TRUE(absl::EndsWith(answer.head, "Connection: close\r\n\r\n"));
  EXPECT_TRUE(client_.IsClosedByPeer());
}

TEST_F(WireTest, AConnectionServesAHundredRequests) {
  for (int i = 1; i < 100; ++i) {
    const RawAnswer answer = client_.Exchange(Request("GET", kConfig));
    ASSERT_EQ(answer.status, 200) << i;
    ASSERT_FALSE(absl::StrContains(answer.head, "Connection:")) << i;
  }
  EXPECT_TRUE(absl::StrContains(client_.Exchange(Request("GET", kConfig)).head,
                                "\r\nConnection: close\r\n"));
  EXPECT_TRUE(client_.IsClosedByPeer());
}

TEST_F(WireTest, PipelinedRequestsAreAnsweredInOrder) {
  client_.Send(absl::StrCat(Request("GET", kConfig), Request("GET", "/openvidu/api/sessions/nope"),
                            Request("POST", kSessions, "{}")));
  EXPECT_EQ(client_.Read().status, 200);
  EXPECT_EQ(client_.Read().status, 404);
  EXPECT_EQ(client_.Read().status, 200);
}

TEST_F(WireTest, KeepAliveIsOnlyMentionedWhenAskedFor) {
  const RawAnswer asked =
      client_.Exchange(Request("GET", kConfig, "", "Connection: keep-alive\r\n"));
  EXPECT_TRUE(
      absl::EndsWith(asked.head, "Keep-Alive: timeout=60\r\nConnection: keep-alive\r\n\r\n"));
  const RawAnswer old = client_.Exchange(absl::StrCat(
      "GET ", kConfig, " HTTP/1.0\r\n", kAuthorization, "Connection: keep-alive\r\n\r\n"));
  EXPECT_TRUE(absl::EndsWith(old.head, "Connection: keep-alive\r\nKeep-Alive: timeout=60\r\n\r\n"));
  EXPECT_TRUE(IsOpen());
}

TEST_F(WireTest, TomcatAnswersWhatItCannotRead) {
  const RawAnswer answer = client_.Exchange("hello\r\n\r\n");
  EXPECT_EQ(answer.status, 400);
  EXPECT_TRUE(absl::StrContains(
      answer.head, "Content-Type: text/html;charset=utf-8\r\nContent-Language: en\r\n"));
  EXPECT_FALSE(absl::StrContains(answer.head, "Vary"));
  EXPECT_EQ(answer.body.size(), 435U);
  EXPECT_TRUE(client_.IsClosedByPeer());
}

TEST_F(WireTest, UnknownMethodsGetAnEmpty400) {
  const RawAnswer answer = client_.Exchange(Request("FOO", kSessions));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "");
  EXPECT_FALSE(absl::StrContains(answer.head, "Vary"));
}

TEST_F(WireTest, ChunkedBodiesAreBodies) {
  const std::string head =
      absl::StrCat("POST ", kSessions, " HTTP/1.1\r\nHost: a\r\n", kAuthorization,
                   "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  const RawAnswer answer = client_.Exchange(
      head + "A;x=y\r\n{\"customSe\r\n10\r\nssionId\":\"chunk\"\r\n1\r\n}\r\n0\r\nX: y\r\n\r\n");
  EXPECT_TRUE(absl::StrContains(answer.body, R"("id":"chunk")")) << answer.body;
  EXPECT_EQ(client_.Exchange(head + "0\r\n\r\n").status, 200);
  const RawAnswer broken = client_.Exchange(head + "zz\r\n{}\r\n0\r\n\r\n");
  EXPECT_EQ(broken.status, 403);
  EXPECT_FALSE(absl::StrContains(broken.head, "X-Frame-Options"));
  EXPECT_TRUE(client_.IsClosedByPeer());
}

TEST_F(WireTest, ConfigBooleansComeInChunks) {
  const RawAnswer answer =
      client_.Exchange(Request("GET", "/openvidu/api/config/openvidu-recording"));
  EXPECT_TRUE(absl::StrContains(answer.head, "Transfer-Encoding: chunked\r\n"));
  EXPECT_EQ(answer.body, "5\r\nfalse\r\n0\r\n\r\n");
  EXPECT_TRUE(IsOpen());
}

TEST_F(WireTest, ContinueIsGrantedAtOnce) {
  client_.Send(Request("POST", kSessions, "",
                       "Content-Type: application/json\r\nContent-Length: 2\r\n"
                       "Expect: 100-continue\r\n"));
  EXPECT_EQ(client_.Read().status, 100);
  EXPECT_EQ(client_.Exchange("{}").status, 200);
}

TEST_F(WireTest, HeadHasTheHeadersAlone) {
  client_.Send(Request("HEAD", kConfig));
  const RawAnswer answer = client_.Read(/*to_head=*/true);
  EXPECT_TRUE(absl::StrContains(answer.head, "Content-Length: 609\r\n")) << answer.head;
  EXPECT_TRUE(IsOpen());
}

TEST_F(WireTest, MaskedErrorsKeepTheirLeftovers) {
  EXPECT_TRUE(absl::StrContains(
      client_.Exchange(Request("PUT", kSessions, "{}")).head,
      "Access-Control-Request-Headers\r\nAllow: GET, POST\r\nX-Content-Type-Options"));
  const RawAnswer type = client_.Exchange(
      Request("POST", kSessions, "", "Content-Type: text/plain\r\nContent-Length: 2\r\n") + "{}");
  EXPECT_EQ(type.status, 403);
  EXPECT_TRUE(absl::StrContains(type.head, "\r\nAccept: application/json, application/*+json\r\n"));
  EXPECT_EQ(client_.Exchange(Request("POST", kSessions, "{")).status, 403);
  EXPECT_EQ(
      client_.Exchange(Request("GET", "/openvidu/api/sessions?pendingConnections=foo")).status,
      403);
  EXPECT_EQ(client_.Exchange(Request("GET", "/openvidu/api/health")).status, 403);
}

TEST_F(WireTest, ThePublicUrlIsOpenToAll) {
  const RawAnswer answer =
      client_.Exchange("GET /openvidu/api/config/openvidu-publicurl HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "https://localhost:4443/");
}

TEST_F(WireTest, WhatIsNotEmulatedSaysSo) {
  const RawAnswer answer = client_.Exchange(
      "GET /openvidu HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  EXPECT_EQ(answer.status, 501);
  EXPECT_TRUE(absl::StrContains(answer.body, "emulator/README.md"));
}

TEST_F(WireTest, OneCustomIdIsCreatedOnceByManyClients) {
  std::atomic<int> created{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      const int status =
          Send(emulator_->port(), Request("POST", kSessions, R"({"customSessionId":"race"})"))
              .status;
      created += status == 200 ? 1 : 0;
      refused += status == 409 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(created, 1);
  EXPECT_EQ(refused, 11);
}

TEST(EmulatorOptionsTest, NamesComeFromTheOptions) {
  EmulatorOptions options;
  options.domain = "video.example";
  options.https_port = 443;
  options.garbage_interval = absl::ZeroDuration();
  const std::unique_ptr<OpenViduEmulator> emulator = StartEmulator(options);
  const RawAnswer config = Send(emulator->port(), Request("GET", kConfig));
  EXPECT_TRUE(absl::StrContains(config.body, R"("OPENVIDU_PUBLICURL":"https://video.example")"))
      << config.body;
  EXPECT_TRUE(absl::StrContains(config.body, R"("OPENVIDU_SESSIONS_GARBAGE_INTERVAL":0)"));
  Send(emulator->port(), Request("POST", kSessions, R"({"customSessionId":"a"})"));
  const RawAnswer connection =
      Send(emulator->port(), Request("POST", "/openvidu/api/sessions/a/connection"));
  EXPECT_TRUE(absl::StrContains(connection.body, "wss://video.example?sessionId=a&token=tok_"))
      << connection.body;
}

TEST(EmulatorOptionsTest, MistakesAreNamed) {
  EXPECT_FALSE(OpenViduEmulator::Start({.listen_address = "127.0.0.1:0"}).ok());  // no secret
  EXPECT_FALSE(OpenViduEmulator::Start({.listen_address = "nonsense", .secret = "s"}).ok());
  EXPECT_FALSE(
      OpenViduEmulator::Start({.listen_address = "127.0.0.1:0", .secret = "s", .https_port = 0})
          .ok());
}

}  // namespace
}  // namespace openvidu::emulator
