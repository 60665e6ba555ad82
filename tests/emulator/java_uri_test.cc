#include "emulator/java_uri.h"

#include <gtest/gtest.h>

namespace openvidu::emulator {
namespace {

TEST(JavaUriTest, SplitsAUri) {
  const absl::StatusOr<JavaUri> uri = ParseJavaUri("rtsp://user:pw@cam.example:554/a%20b?c=d#e");
  ASSERT_TRUE(uri.ok()) << uri.status();
  EXPECT_EQ(uri->scheme, "rtsp");
  EXPECT_EQ(uri->host, "cam.example");
  EXPECT_EQ(uri->port, 554);
  EXPECT_EQ(uri->path, "/a b");
}

TEST(JavaUriTest, HasNoHostWhereTheAuthorityIsNoServer) {
  const absl::StatusOr<JavaUri> uri = ParseJavaUri("rtsp://my_cam/x");
  ASSERT_TRUE(uri.ok());
  EXPECT_FALSE(uri->host.has_value());
  EXPECT_FALSE(ParseJavaUri("file:///tmp/x")->host.has_value());
  EXPECT_EQ(ParseJavaUri("rtsp://[::1]:554/x")->host, "[::1]");
  EXPECT_FALSE(ParseJavaUri("rtsp:opaque")->path.has_value());
}

TEST(JavaUriTest, SaysWhereItStopped) {
  const std::pair<const char*, const char*> cases[] = {
      {"rtsp://a b", "Illegal character in authority at index 7: rtsp://a b"},
      {"rtsp://a/b c", "Illegal character in path at index 10: rtsp://a/b c"},
      {"rtsp://a/?b c", "Illegal character in query at index 11: rtsp://a/?b c"},
      {"rtsp://", "Expected authority at index 7: rtsp://"},
      {"rtsp:", "Expected scheme-specific part at index 5: rtsp:"},
      {"rtsp://a/%zz", "Malformed escape pair at index 9: rtsp://a/%zz"},
      {"1rtsp://a", "Illegal character in scheme name at index 0: 1rtsp://a"},
      {":a", "Expected scheme name at index 0: :a"},
  };
  for (const auto& [text, message] : cases)
    EXPECT_EQ(ParseJavaUri(text).status().message(), message) << text;
}

}  // namespace
}  // namespace openvidu::emulator
