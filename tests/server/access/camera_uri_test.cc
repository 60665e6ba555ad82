#include "server/access/camera_uri.h"

#include <gmock/gmock.h>

#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

struct Good {
  const char* name;
  const char* text;
  const char* scheme;
  const char* host;
  int port = 0;
  bool has_user_info = false;
};

class CameraUriTest : public testing::TestWithParam<Good> {};

TEST_P(CameraUriTest, IsRead) {
  const auto uri = ParseCameraUri(GetParam().text);
  ASSERT_THAT(uri, IsOk());
  EXPECT_EQ(uri->scheme, GetParam().scheme);
  EXPECT_EQ(uri->host, GetParam().host);
  EXPECT_EQ(uri->port, GetParam().port);
  EXPECT_EQ(uri->has_user_info, GetParam().has_user_info);
}

INSTANTIATE_TEST_SUITE_P(
    , CameraUriTest,
    testing::ValuesIn<Good>({
        {"Name", "rtsp://cam.example.com/live", "rtsp", "cam.example.com"},
        {"OneLabel", "rtsp://cam", "rtsp", "cam"},
        {"UpperCase", "rtsps://CAM-1.Example.com:322/", "rtsps", "cam-1.example.com", 322},
        {"Query", "http://cam.example.com?a=b&c=/d", "http", "cam.example.com"},
        {"Ipv4", "rtsp://93.184.216.34:8554/a/b", "rtsp", "93.184.216.34", 8554},
        {"Ipv6", "rtsp://[2001:DB8:0:0::1]:554/", "rtsp", "2001:db8::1", 554},
        {"MappedIpv4", "rtsp://[::ffff:127.0.0.1]/", "rtsp", "::ffff:127.0.0.1"},
        {"UserInfo", "rtsp://ad:m%40in@cam.example.com/", "rtsp", "cam.example.com", 0, true},
        {"UserInfoLikeAHost", "rtsp://good@127.0.0.1/", "rtsp", "127.0.0.1", 0, true},
        {"AtInThePath", "rtsp://cam.example.com/a@127.0.0.1/", "rtsp", "cam.example.com"},
        {"EscapeInThePath", "https://cam.example.com/%2e%2e/a", "https", "cam.example.com"},
        {"File", "file:///video/a.mp4", "file", ""},
    }),
    [](const auto& row) { return row.param.name; });

struct Bad {
  std::string name;
  std::string text;
};

class BadCameraUriTest : public testing::TestWithParam<Bad> {};

TEST_P(BadCameraUriTest, IsRefused) {
  EXPECT_THAT(ParseCameraUri(GetParam().text), StatusIs(absl::StatusCode::kInvalidArgument));
}

INSTANTIATE_TEST_SUITE_P(
    , BadCameraUriTest,
    testing::ValuesIn<Bad>({
        {"Empty", ""},
        {"NoScheme", "cam.example.com/live"},
        {"UpperScheme", "RTSP://cam.example.com/"},
        {"OtherScheme", "gopher://cam.example.com/"},
        {"UdpScheme", "rtspu://cam.example.com/"},
        {"OneSlash", "rtsp:/cam.example.com/"},
        {"Opaque", "rtsp:cam.example.com"},
        {"SpaceBefore", " rtsp://cam.example.com/"},
        {"SpaceWithin", "rtsp://cam.example.com/ a"},
        {"SpaceInTheHost", "rtsp://cam .example.com/"},
        {"LineBreak", "rtsp://cam.example.com/\r\nX: y"},
        {"Tab", "rtsp://cam.example\t.com/"},
        {"Nul", std::string("rtsp://cam.example.com\0.evil/", 29)},
        {"Delete", "rtsp://cam.example.com/\x7f"},
        {"NoHost", "rtsp:///live"},
        {"NoHostButAPort", "rtsp://:554/"},
        {"NoHostButAUser", "rtsp://user@/"},
        {"DecimalIpv4", "rtsp://2130706433/"},
        {"HexIpv4", "rtsp://0x7f000001/"},
        {"HexParts", "rtsp://0x7f.0x0.0x0.0x1/"},
        {"HexLastPart", "rtsp://127.0.0.0x1/"},
        {"OctalIpv4", "rtsp://0177.0.0.1/"},
        {"OctalAll", "rtsp://017700000001/"},
        {"LeadingZeros", "rtsp://127.000.000.001/"},
        {"ShortIpv4", "rtsp://127.1/"},
        {"LongIpv4", "rtsp://127.0.0.1.1/"},
        {"BigIpv4", "rtsp://256.0.0.1/"},
        {"Ipv4TrailingDot", "rtsp://127.0.0.1./"},
        {"TrailingDot", "rtsp://cam.example.com./"},
        {"TwoDots", "rtsp://cam..example.com/"},
        {"LeadingHyphen", "rtsp://-cam.example.com/"},
        {"TrailingHyphen", "rtsp://cam-.example.com/"},
        {"Underscore", "rtsp://my_cam.example.com/"},
        {"LongLabel", "rtsp://" + std::string(64, 'a') + ".example.com/"},
        {"LongName", "rtsp://" + std::string(63, 'a') + "." + std::string(63, 'a') + "." +
                         std::string(63, 'a') + "." + std::string(63, 'a') + "/"},
        {"TwoAts", "rtsp://a@b@cam.example.com/"},
        {"EscapedAt", "rtsp://cam.example.com%40127.0.0.1/"},
        {"EscapedHost", "rtsp://%31%32%37.0.0.1/"},
        {"EscapedSlash", "rtsp://cam.example.com%2f@127.0.0.1/%"},
        {"Backslash", "rtsp://cam.example.com\\@127.0.0.1/"},
        {"BackslashInThePath", "rtsp://cam.example.com/\\127.0.0.1"},
        {"Fragment", "rtsp://cam.example.com#@127.0.0.1/"},
        {"FragmentBehindThePath", "rtsp://cam.example.com/#a"},
        {"Semicolon", "rtsp://cam.example.com;127.0.0.1/"},
        {"Comma", "rtsp://cam.example.com,127.0.0.1/"},
        {"FullwidthDigits", "rtsp://\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.0.0.1/"},
        {"FullwidthDot",
         "rtsp://127\xE3\x80\x82"
         "0\xE3\x80\x82"
         "0\xE3\x80\x82"
         "1/"},
        {"CircledLetters", "rtsp://\xE2\x93\x94xample.com/"},
        {"BadUtf8", "rtsp://cam\xFF.example.com/"},
        {"Ipv6WithoutBrackets", "rtsp://::1/"},
        {"Ipv6Unclosed", "rtsp://[::1/"},
        {"Ipv6Zone", "rtsp://[fe80::1%25eth0]/"},
        {"Ipv6Bad", "rtsp://[::g]/"},
        {"Ipv6AndMore", "rtsp://[2001:db8::1]evil/"},
        {"IpvFuture", "rtsp://[v1.a]/"},
        {"Ipv4InBrackets", "rtsp://[127.0.0.1]/"},
        {"PortEmpty", "rtsp://cam.example.com:/"},
        {"PortZero", "rtsp://cam.example.com:0/"},
        {"PortBig", "rtsp://cam.example.com:65536/"},
        {"PortWraps", "rtsp://cam.example.com:65616/"},
        {"PortSigned", "rtsp://cam.example.com:+80/"},
        {"PortTwice", "rtsp://cam.example.com:80:80/"},
        {"PortLeadingZero", "rtsp://cam.example.com:0554/"},
        {"BadEscape", "rtsp://cam.example.com/%zz"},
        {"CutEscape", "rtsp://cam.example.com/%2"},
        {"FileOnAHost", "file://server/share"},
        {"FileOnLocalhost", "file://localhost/etc/passwd"},
        {"FileRelative", "file:a.mp4"},
    }),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace openvidu::token
