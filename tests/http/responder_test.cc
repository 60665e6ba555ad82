#include "http/responder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>

namespace openvidu::token {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

HttpRequest Request(std::string method, std::string target) {
  return {.method = std::move(method),
          .target = std::move(target),
          .version = "HTTP/1.1",
          .headers = {{"Host", "h"}},
          .body = "",
          .keep_alive = true};
}

HttpAnswer Answer(HttpHandler handler, HttpRequest request) {
  Responder responder(std::move(handler), nullptr, 75);
  return responder.Respond(std::move(request), {"192.0.2.1", 1234});
}

HttpAnswer Answer(HttpHandler handler) { return Answer(std::move(handler), Request("GET", "/")); }

TEST(ResponderTest, HandlerGetsTheRequestAsItWasSent) {
  HttpRequest request = Request("PROPFIND", "/a%2Fb%20c?x=1%262&y=?");
  request.headers.emplace("X", "%0d%0aY: z");
  request.headers.emplace("REMOTE_ADDR", "203.0.113.9");
  request.body = "body";
  Answer(
      [](const httplib::Request& got, httplib::Response&) {
        EXPECT_EQ(got.method, "PROPFIND");
        EXPECT_EQ(got.target, "/a%2Fb%20c?x=1%262&y=?");
        EXPECT_EQ(got.path, "/a/b c");
        EXPECT_EQ(got.get_param_value("x"), "1&2");
        EXPECT_EQ(got.get_param_value("y"), "?");
        EXPECT_EQ(got.get_header_value("X"), "%0d%0aY: z");
        EXPECT_EQ(got.body, "body");
        EXPECT_EQ(got.remote_addr, "192.0.2.1");
        EXPECT_EQ(got.remote_port, 1234);
        EXPECT_EQ(got.get_header_value_count("REMOTE_ADDR"), 1u);  // the client's; ours would lie
      },
      std::move(request));
}

TEST(ResponderTest, AnswerHasLengthAndDateAndNothingOfTheLibrary) {
  const HttpAnswer answer = Answer([](const httplib::Request&, httplib::Response& response) {
    response.set_header("Server", "x");
    response.set_header("Content-Length", "99");
    response.set_content("room-1", "text/plain; charset=utf-8");
  });
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nContent-Length: 6\r\n"));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(answer.bytes,
              ContainsRegex("\r\nDate: [A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] 20[0-9][0-9] "
                            "[0-9][0-9]:[0-9][0-9]:[0-9][0-9] GMT\r\n"));
  EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\nroom-1"));
  for (const char* name : {"Server", "Keep-Alive", "Connection", "Accept-Ranges", ": 99"}) {
    EXPECT_THAT(answer.bytes, Not(HasSubstr(name)));
  }
  EXPECT_FALSE(answer.close);
}

TEST(ResponderTest, HeadHasTheLengthWithoutTheBody) {
  const HttpAnswer answer =
      Answer([](const httplib::Request&,
                httplib::Response& response) { response.set_content("room-1", "text/plain"); },
             Request("HEAD", "/"));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nContent-Length: 6\r\n"));
  EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\n"));
}

TEST(ResponderTest, NoContentHasNeitherBodyNorLength) {
  const HttpAnswer answer = Answer([](const httplib::Request&, httplib::Response& response) {
    response.set_content("x", "text/plain");
    response.status = 204;
  });
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("Content-")));
  EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\n"));
}

TEST(ResponderTest, EmptyAnswerHasLengthZero) {
  EXPECT_THAT(Answer([](const httplib::Request&, httplib::Response&) {}).bytes,
              HasSubstr("\r\nContent-Length: 0\r\n"));
}

TEST(ResponderTest, HandlersCannotInjectHeaders) {
  const HttpAnswer answer = Answer([](const httplib::Request&, httplib::Response& response) {
    response.headers.emplace("X-One", "a\r\nX-Injected: b");
    response.headers.emplace("X-Two\r\nX-Injected", "b");
    response.headers.emplace("X-Three", std::string("a\0b", 3));
    response.headers.emplace("X-Four", "kept");
    response.set_content("body", "text/plain\r\nX-Injected: b");
  });
  EXPECT_THAT(answer.bytes, Not(HasSubstr("Injected")));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("X-Three")));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nX-Four: kept\r\n"));
}

TEST(ResponderTest, ExceptionBecomes500WithoutItsText) {
  for (const bool standard : {true, false}) {
    const HttpAnswer answer = Answer([&](const httplib::Request&, httplib::Response& response) {
      response.set_header("X-Half", "done");
      if (standard) throw std::runtime_error("secret");
      throw 1;
    });
    EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(answer.bytes, HasSubstr("application/problem+json"));
    EXPECT_THAT(answer.bytes, Not(HasSubstr("secret")));
    EXPECT_THAT(answer.bytes, Not(HasSubstr("EXCEPTION_WHAT")));
    EXPECT_THAT(answer.bytes, Not(HasSubstr("X-Half")));
    EXPECT_FALSE(answer.close);
  }
}

TEST(ResponderTest, ContentProviderIsRefused) {
  const HttpAnswer answer = Answer([](const httplib::Request&, httplib::Response& response) {
    response.set_chunked_content_provider("text/plain", [](size_t, httplib::DataSink&) {
      ADD_FAILURE() << "asked for content";
      return false;
    });
  });
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 500 "));
}

TEST(ResponderTest, ErrorHandlerMakesTheFrontsErrors) {
  Responder responder(
      [](const httplib::Request&, httplib::Response&) { ADD_FAILURE() << "handled"; },
      [](int status, absl::string_view detail, const httplib::Request& request,
         httplib::Response& response) {
        EXPECT_EQ(status, 503);
        EXPECT_EQ(request.get_header_value("Origin"), "http://o");
        response.set_header("Access-Control-Allow-Origin", "*");
        response.set_content(std::string(detail), "text/plain");
      },
      75);
  HttpRequest request = Request("POST", "/a");
  request.headers.emplace("Origin", "http://o");
  request.keep_alive = false;
  const HttpAnswer answer = responder.RespondError(std::move(request), {}, 503, "Busy.");
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nRetry-After: 1\r\n"));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nAccess-Control-Allow-Origin: *\r\n"));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\nBusy."));
  EXPECT_TRUE(answer.close);
}

TEST(ResponderTest, ErrorHandlerThatThrowsIsReplaced) {
  Responder responder([](const httplib::Request&, httplib::Response&) {},
                      [](int, absl::string_view, const httplib::Request&, httplib::Response&) {
                        throw std::runtime_error("secret");
                      },
                      75);
  const HttpAnswer answer = responder.RespondError({}, {}, 400, "Bad.");
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer.bytes, EndsWith("\"detail\":\"Bad.\"}"));
}

TEST(ResponderTest, ConnectionIsAnnouncedPerVersion) {
  const auto handler = [](const httplib::Request&, httplib::Response&) {};
  HttpRequest old = Request("GET", "/");
  old.version = "HTTP/1.0";
  const HttpAnswer kept = Answer(handler, old);
  EXPECT_THAT(kept.bytes, HasSubstr("\r\nConnection: keep-alive\r\n"));
  EXPECT_THAT(kept.bytes, HasSubstr("\r\nKeep-Alive: timeout=75\r\n"));
  EXPECT_FALSE(kept.close);
  old.keep_alive = false;
  const HttpAnswer closed = Answer(handler, old);
  EXPECT_THAT(closed.bytes, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(closed.close);
}

TEST(ResponderTest, CloseFromNowOnClosesKeptConnections) {
  Responder responder([](const httplib::Request&, httplib::Response&) {}, nullptr, 75);
  EXPECT_FALSE(responder.Respond(Request("GET", "/"), {}).close);
  responder.CloseFromNowOn();
  EXPECT_TRUE(responder.Respond(Request("GET", "/"), {}).close);
}

}  // namespace
}  // namespace openvidu::token
