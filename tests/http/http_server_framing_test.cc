// How requests and answers go over real sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/http/server_under_test.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HttpServerFramingTest, PostWithoutLengthIsAnswered) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  const auto answer = client.Ask(Simple("/a", "POST"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "POST /a ");
}

TEST(HttpServerFramingTest, BodyInASecondPacketIsNoRequest) {
  for (const std::string method : {"OPTIONS", "GET", "DELETE"}) {
    ServerUnderTest server;
    RawClient client = server.Connect();
    const std::string body = Simple("/smuggled");
    ASSERT_TRUE(client.Send(method + " /a HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n"));
    // The round trip of another connection lets the server see the head alone.
    ASSERT_TRUE(server.Connect().Ask(Simple("/between")).has_value());
    const auto answer = client.Ask(body);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, method + " /a " + body);
    const auto next = client.Ask(Simple("/next"));
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->body, "GET /next ");
  }
}

TEST(HttpServerFramingTest, RangeAndAcceptEncodingChangeNothing) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  const auto answer = client.Ask(
      "POST /a HTTP/1.1\r\nHost: h\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip, br\r\n\r\n");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "POST /a ");
  EXPECT_EQ(answer->Header("content-encoding"), "");
}

// CVE-2026-22776: cpp-httplib would unpack it without a limit.
TEST(HttpServerFramingTest, CompressedBodyIsHandedOnAsItCame) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  const std::string packed("\x1F\x8B\x08\0\0\0\0\0\0\x03\x4B\x04\0\x43\xBE\xB7\xE8\x01\0\0\0", 21);
  const auto answer = client.Ask(
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\n"
      "Content-Length: 21\r\n\r\n" +
      packed);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "POST /a " + packed);
}

TEST(HttpServerFramingTest, PipelinedRequestsAreAnsweredInOrder) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    // By workers and by the loop in turn.
    requests += Simple(i % 3 == 0 ? "/inline" : "/" + std::to_string(i));
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 200; ++i) {
    const auto answer = client.Read();
    ASSERT_TRUE(answer.has_value()) << i;
    EXPECT_EQ(answer->body, i % 3 == 0 ? "GET /inline " : "GET /" + std::to_string(i) + " ");
  }
}

TEST(HttpServerFramingTest, ContinueIsSentBeforeTheBody) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  const auto interim = client.Ask(
      "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  ASSERT_TRUE(interim.has_value());
  EXPECT_EQ(interim->status, 100);
  const auto answer = client.Ask("ab");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "POST /a ab");
}

TEST(HttpServerFramingTest, ContinueIsNotSentForABodyThatIsTooLarge) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  const auto answer = client.Ask(
      "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 413);
}

TEST(HttpServerFramingTest, ChunksAreJoined) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  ASSERT_TRUE(
      client.Send("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"));
  const auto answer = client.Ask("c\r\n1\r\nd\r\n0\r\nTrailer: dropped\r\n\r\n");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "POST /a abcd");
}

TEST(HttpServerFramingTest, Http10EndsWithItsAnswer) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send("GET /a HTTP/1.0\r\n\r\n"));
  const auto all = client.ReadToEnd();
  ASSERT_TRUE(all.has_value());
  EXPECT_THAT(*all, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(*all, testing::EndsWith("\r\n\r\nGET /a "));
}

TEST(HttpServerFramingTest, Http10IsKeptWhereItAsks) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.Ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->Header("connection"), "keep-alive");
  }
}

TEST(HttpServerFramingTest, ConnectionCloseIsHonoured) {
  ServerUnderTest server;
  for (const std::string target : {"/a", "/inline"}) {
    RawClient client = server.Connect();
    ASSERT_TRUE(client.Send("GET " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    const auto all = client.ReadToEnd();
    ASSERT_TRUE(all.has_value());
    EXPECT_THAT(*all, HasSubstr("\r\nConnection: close\r\n"));
  }
}

TEST(HttpServerFramingTest, HalfClosedClientIsAnswered) {
  ServerUnderTest server;
  for (const std::string target : {"/a", "/inline"}) {
    RawClient client = server.Connect();
    ASSERT_TRUE(client.Send(Simple(target) + Simple(target)));
    client.ShutdownWrite();
    EXPECT_TRUE(client.Read().has_value());
    EXPECT_TRUE(client.Read().has_value());
    EXPECT_EQ(client.ReadToEnd(), "");
  }
}

TEST(HttpServerFramingTest, RequestCutShortIsToldSo) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHo"));
  client.ShutdownWrite();
  const auto answer = client.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 400);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST(HttpServerFramingTest, HeadAndAsteriskAndAbsoluteForm) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send(Simple("/a", "HEAD")));
  const auto head = client.Read(/*to_head=*/true);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->Header("content-length"), "8");
  const auto asterisk = client.Ask(Simple("*", "OPTIONS"));
  ASSERT_TRUE(asterisk.has_value());
  EXPECT_EQ(asterisk->body, "OPTIONS * ");
  const auto absolute = client.Ask(Simple("http://example.com/a"));
  ASSERT_TRUE(absolute.has_value());
  EXPECT_EQ(absolute->body, "GET /a ");
}

TEST(HttpServerFramingTest, RefusedRequestIsAnsweredAndNothingAfterIt) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  // The rest comes behind the mistake: a server that just closed would reset the connection.
  ASSERT_TRUE(
      client.Send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                  Simple("/smuggled") + std::string(200000, 'x')));
  const auto answer = client.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 400);
  EXPECT_EQ(answer->Header("connection"), "close");
  EXPECT_EQ(answer->Header("content-type"), "application/problem+json");
  EXPECT_THAT(answer->body, HasSubstr("both Content-Length and Transfer-Encoding"));
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST(HttpServerFramingTest, Http2PrefaceIsAnswered505) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  const auto answer = client.Ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 505);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST(HttpServerFramingTest, ExceptionIsAnsweredAndTheConnectionKept) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  const auto answer = client.Ask(Simple("/throw"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 500);
  EXPECT_THAT(answer->body, Not(HasSubstr("secret")));
  EXPECT_TRUE(client.Ask(Simple("/a")).has_value());
}

TEST(HttpServerFramingTest, ReplyThatIsDroppedIsA500) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send(Simple("/later") + Simple("/inline")));
  { const HttpReply dropped = server.TakeLater(); }
  const auto answer = client.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(answer->Header("content-type"), "application/problem+json");
  const auto next = client.Read();
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->body, "GET /inline ");
}

TEST(HttpServerFramingTest, AnswerToAClientThatHasGoneIsDropped) {
  ServerUnderTest server;
  {
    RawClient client = server.Connect();
    ASSERT_TRUE(client.Send(Simple("/later")));
  }
  server.TakeLater().Send({});
  EXPECT_TRUE(server.Connect().Ask(Simple("/a")).has_value());
}

TEST(HttpServerFramingTest, RequestIsHandedOnAsItWasSent) {
  const auto reactor = StartReactor();
  HttpCallbacks callbacks;
  callbacks.handler = [&](const httplib::Request& got, HttpReply reply) {
    EXPECT_EQ(got.method, "PROPFIND");
    EXPECT_EQ(got.target, "/a%2Fb%20c?x=1%262&y=?");
    EXPECT_EQ(got.path, "");
    EXPECT_EQ(got.get_header_value("X"), "%0d%0aY: z");
    EXPECT_EQ(got.body, "body");
    EXPECT_EQ(got.remote_addr, "127.0.0.1");
    EXPECT_EQ(got.get_header_value("REMOTE_ADDR"), "203.0.113.9");  // the client's; ours would lie
    reply.Send({});
  };
  const auto server = HttpServer::Start(OnAnyPort(), callbacks, *reactor);
  ASSERT_TRUE(server.ok());
  RawClient client((*server)->port());
  EXPECT_TRUE(client
                  .Ask("PROPFIND /a%2Fb%20c?x=1%262&y=? HTTP/1.1\r\nHost: h\r\nX: %0d%0aY: z\r\n"
                       "REMOTE_ADDR: 203.0.113.9\r\nContent-Length: 4\r\n\r\nbody")
                  .has_value());
}

TEST(HttpServerFramingTest, LargeAnswerGoesOutPieceByPiece) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send(Simple("/large") + Simple("/next")));
  const auto answer = client.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body.size(), ServerUnderTest::kLargeBytes);
  const auto next = client.Read();
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->body, "GET /next ");
}

TEST(HttpServerFramingTest, RequestByteByByteIsAnswered) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  for (const char byte :
       std::string("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab")) {
    ASSERT_TRUE(client.Send(absl::string_view(&byte, 1)));
  }
  const auto answer = client.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "POST /a ab");
}

TEST(HttpServerFramingTest, ClientThatLeavesWhileItsRequestRunsHarmsNobody) {
  ServerUnderTest server;
  for (int i = 0; i < 20; ++i) {
    RawClient client = server.Connect();
    ASSERT_TRUE(client.Send(Simple("/large")));
  }
  EXPECT_TRUE(server.Connect().Ask(Simple("/a")).has_value());
}

}  // namespace
}  // namespace openvidu::token
