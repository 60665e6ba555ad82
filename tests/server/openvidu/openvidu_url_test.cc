#include "server/openvidu/openvidu_url.h"

#include <gmock/gmock.h>

#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Url {
  const char* text;
  bool tls;
  const char* host;
  int port;
  const char* path;
  const char* host_header;
};

TEST(OpenViduUrlTest, TakesEveryFormOfABaseUrl) {
  for (const Url& url : std::initializer_list<Url>{
           {"http://localhost:4443", false, "localhost", 4443, "", "localhost:4443"},
           {"http://localhost:4443/", false, "localhost", 4443, "", "localhost:4443"},
           {"https://video.example.com", true, "video.example.com", 443, "", "video.example.com"},
           {"HTTPS://video.example.com:443//", true, "video.example.com", 443, "",
            "video.example.com"},
           {"http://a.b/sub/path/", false, "a.b", 80, "/sub/path", "a.b"},
           {"http://127.0.0.1:80", false, "127.0.0.1", 80, "", "127.0.0.1"},
           {"https://[::1]:4443/x", true, "::1", 4443, "/x", "[::1]:4443"},
           {"https://[::1]", true, "::1", 443, "", "[::1]"}}) {
    const absl::StatusOr<OpenViduUrl> parsed = ParseOpenViduUrl(url.text);
    ASSERT_THAT(parsed, IsOk()) << url.text;
    EXPECT_EQ(parsed->tls, url.tls) << url.text;
    EXPECT_EQ(parsed->host, url.host) << url.text;
    EXPECT_EQ(parsed->port, url.port) << url.text;
    EXPECT_EQ(parsed->path, url.path) << url.text;
    EXPECT_EQ(parsed->HostHeader(), url.host_header) << url.text;
  }
}

TEST(OpenViduUrlTest, RefusesWhatIsNone) {
  for (const char* text : {"", "localhost:4443", "ftp://a", "http://", "http:///x", "http://a:0",
                           "http://a:65536", "http://a:x", "http://a b", "http://a/?x=1",
                           "http://a/#f", "http://a?x", "http://::1", "http://a/\r\nX: y"}) {
    EXPECT_THAT(ParseOpenViduUrl(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(OpenViduUrlTest, DoesNotRepeatAPassword) {
  EXPECT_THAT(ParseOpenViduUrl("https://OPENVIDUAPP:MY_SECRET@host"),
              StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("MY_SECRET"))));
}

TEST(SessionIdTest, OnlyWhatOpenViduCanHaveAndAPathCanHold) {
  for (const char* id : {"ses_JM9v0nfD1l", "room-1", "-", "_", "null", "A"}) {
    EXPECT_TRUE(IsPossibleSessionId(id)) << id;
  }
  for (const char* id : {"", "a b", "a/b", "..", "a?b", "a#b", "a%2Fb", "a\n", "\xc3\xa9", "a.b",
                         "a:b", "a;b", "a\\b"}) {
    EXPECT_FALSE(IsPossibleSessionId(id)) << id;
  }
  EXPECT_TRUE(IsPossibleSessionId(std::string(4096, 'a')));
  EXPECT_FALSE(IsPossibleSessionId(std::string(4097, 'a')));
  EXPECT_FALSE(IsPossibleSessionId(absl::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace openvidu::token
