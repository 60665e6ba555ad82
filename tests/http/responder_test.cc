#include "http/responder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <utility>

namespace openvidu::token {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr AnswerForm kKept = {.keep_alive = true};

using Fill = std::function<void(httplib::Response& response)>;

HttpAnswer Answer(const Fill& fill, const AnswerForm& form = kKept) {
  Responder responder(nullptr, 75);
  httplib::Response response;
  fill(response);
  return responder.Format(form, std::move(response));
}

TEST(ResponderTest, AnswerHasLengthAndDateAndNothingOfTheLibrary) {
  const HttpAnswer answer = Answer([](httplib::Response& response) {
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

TEST(ResponderTest, AHandlerMaySayThatItTakesRanges) {
  const HttpAnswer answer = Answer([](httplib::Response& response) {
    response.set_header("Accept-Ranges", "bytes");
    response.set_content("room-1", "text/plain");
  });
  EXPECT_THAT(answer.bytes, ContainsRegex("\r\nAccept-Ranges: bytes\r\n"));
  EXPECT_EQ(answer.bytes.find("Accept-Ranges"), answer.bytes.rfind("Accept-Ranges"));
}

TEST(ResponderTest, HeadHasTheLengthWithoutTheBody) {
  const HttpAnswer answer =
      Answer([](httplib::Response& response) { response.set_content("room-1", "text/plain"); },
             {.head = true, .keep_alive = true});
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nContent-Length: 6\r\n"));
  EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\n"));
}

TEST(ResponderTest, NoContentHasNeitherBodyNorLength) {
  const HttpAnswer answer = Answer([](httplib::Response& response) {
    response.set_content("x", "text/plain");
    response.status = 204;
  });
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("Content-")));
  EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\n"));
}

TEST(ResponderTest, EmptyAnswerHasLengthZero) {
  EXPECT_THAT(Answer([](httplib::Response&) {}).bytes, HasSubstr("\r\nContent-Length: 0\r\n"));
}

TEST(ResponderTest, HandlersCannotInjectHeaders) {
  const HttpAnswer answer = Answer([](httplib::Response& response) {
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

TEST(ResponderTest, ContentProviderIsRefused) {
  const HttpAnswer answer = Answer([](httplib::Response& response) {
    response.set_chunked_content_provider("text/plain", [](size_t, httplib::DataSink&) {
      ADD_FAILURE() << "asked for content";
      return false;
    });
  });
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 500 "));
}

TEST(ResponderTest, ErrorHandlerMakesTheFrontsErrors) {
  Responder responder(
      [](int status, absl::string_view detail, const httplib::Request& request,
         httplib::Response& response) {
        EXPECT_EQ(status, 503);
        EXPECT_EQ(request.get_header_value("Origin"), "http://o");
        response.set_header("Access-Control-Allow-Origin", "*");
        response.set_content(std::string(detail), "text/plain");
      },
      75);
  httplib::Request request;
  request.headers.emplace("Origin", "http://o");
  const HttpAnswer answer = responder.FormatError({}, request, 503, "Busy.");
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nRetry-After: 1\r\n"));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nAccess-Control-Allow-Origin: *\r\n"));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\nBusy."));
  EXPECT_TRUE(answer.close);
}

TEST(ResponderTest, ErrorHandlerThatThrowsIsReplaced) {
  Responder responder(
      [](int, absl::string_view, const httplib::Request&, httplib::Response& response) {
        response.set_header("X-Half", "done");
        throw std::runtime_error("secret");
      },
      75);
  const HttpAnswer answer = responder.FormatError({}, {}, 400, "Bad.");
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("secret")));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("X-Half")));
  EXPECT_THAT(answer.bytes, EndsWith("\"detail\":\"Bad.\"}"));
}

TEST(ResponderTest, ConnectionIsAnnouncedPerVersion) {
  const auto nothing = [](httplib::Response&) {};
  const HttpAnswer kept = Answer(nothing, {.http_1_0 = true, .keep_alive = true});
  EXPECT_THAT(kept.bytes, HasSubstr("\r\nConnection: keep-alive\r\n"));
  EXPECT_THAT(kept.bytes, HasSubstr("\r\nKeep-Alive: timeout=75\r\n"));
  EXPECT_FALSE(kept.close);
  const HttpAnswer closed = Answer(nothing, {.http_1_0 = true});
  EXPECT_THAT(closed.bytes, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(closed.close);
}

TEST(ResponderTest, CloseFromNowOnClosesKeptConnections) {
  Responder responder(nullptr, 75);
  EXPECT_FALSE(responder.Format(kKept, {}).close);
  responder.CloseFromNowOn();
  EXPECT_TRUE(responder.Format(kKept, {}).close);
}

TEST(ResponderTest, HstsIsForTlsOnlyAndNotTheHandlersToSet) {
  Responder with(nullptr, 75, 31536000);
  constexpr char kHeader[] = "\r\nStrict-Transport-Security: max-age=31536000\r\n";
  EXPECT_THAT(with.Format({.tls = true}, {}).bytes, HasSubstr(kHeader));
  EXPECT_THAT(with.FormatError({.tls = true}, {}, 503, "busy").bytes, HasSubstr(kHeader));
  httplib::Response forged;
  forged.set_header("Strict-Transport-Security", "max-age=0");
  EXPECT_THAT(with.Format({}, forged).bytes, Not(HasSubstr("Strict-Transport-Security")));
  Responder without(nullptr, 75);
  EXPECT_THAT(without.Format({.tls = true}, {}).bytes, Not(HasSubstr("Strict-Transport-Security")));
}

}  // namespace
}  // namespace openvidu::token
