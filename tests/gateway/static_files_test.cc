#include "gateway/static_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;

/// A folder with files in it, beside a file that is none of its own.
class StaticFilesTest : public testing::Test {
 protected:
  StaticFilesTest() {
    outside_.Write("secret.txt", "SECRET");
    std::filesystem::create_directory(folder_ + "/sub");
    Write("index.html", "<p>home");
    Write("app.js", "0123456789");
    Write("sub/index.html", "<p>sub");
    Write("a b.txt", "spaced");
    Write(".env", "SECRET");
    std::filesystem::create_directory(folder_ + "/.git");
    Write(".git/config", "SECRET");
  }

  void SetUp() override {
    std::filesystem::create_symlink("../secret.txt", folder_ + "/up.txt");
    std::filesystem::create_symlink(outside_.path() + "/secret.txt", folder_ + "/absolute.txt");
    std::filesystem::create_directory_symlink("..", folder_ + "/parent");
    std::filesystem::create_symlink("../app.js", folder_ + "/sub/inside.js");
    ASSERT_EQ(mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  }

  void Write(const std::string& name, absl::string_view text) {
    outside_.Write("folder/" + name, text);
  }

  httplib::Response Get(const std::string& target, const httplib::Headers& headers = {}) {
    httplib::Request request;
    request.method = "GET";
    request.target = target;
    request.headers = headers;
    httplib::Response response;
    files_.Answer(request, response);
    return response;
  }

  const TempFolder outside_;
  const std::string folder_ = [this] {
    std::filesystem::create_directory(outside_.path() + "/folder");
    return outside_.path() + "/folder";
  }();
  const StaticFiles files_ = *StaticFiles::Open(folder_);
};

TEST_F(StaticFilesTest, ServesFilesByTheirPaths) {
  EXPECT_EQ(Get("/").body, "<p>home");
  EXPECT_EQ(Get("/index.html").body, "<p>home");
  EXPECT_EQ(Get("/sub/").body, "<p>sub");
  EXPECT_EQ(Get("/a%20b.txt").body, "spaced");
  EXPECT_EQ(Get("/sub/inside.js").body, "0123456789");
  const httplib::Response script = Get("/app.js?v=1");
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.body, "0123456789");
  EXPECT_EQ(script.get_header_value("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.get_header_value("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(script.get_header_value("Cache-Control"), "no-cache");
}

TEST_F(StaticFilesTest, AFolderIsNeverListed) {
  EXPECT_EQ(Get("/sub?x=1").status, 301);
  EXPECT_EQ(Get("/sub?x=1").get_header_value("Location"), "/sub/?x=1");
  std::filesystem::remove(folder_ + "/sub/index.html");
  EXPECT_EQ(Get("/sub/").status, 404);
}

TEST_F(StaticFilesTest, NothingElseIsServed) {
  for (const char* target :
       {"/nope", "/../secret.txt", "/sub/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt", "/%252e%252e/secret.txt", "/..%5csecret.txt", "/up.txt",
        "/absolute.txt", "/parent/secret.txt", "/parent/folder/app.js", "/.env", "/%2eenv",
        "/.git/config", "/sub/./index.html", "//app.js", "/sub//index.html", "/app.js/",
        "/app.js%00", "/app.js%0a", "/pipe", "/%ff", "/%", "", "*", "//etc/passwd",
        "//example.com/.."}) {
    const httplib::Response response = Get(target);
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_THAT(response.body, testing::Not(HasSubstr("SECRET"))) << target;
    EXPECT_EQ(response.get_header_value("Content-Type"), "application/problem+json") << target;
  }
}

TEST_F(StaticFilesTest, WhatTheClientHasIsNotSentAgain) {
  const httplib::Response first = Get("/app.js");
  const std::string etag = first.get_header_value("ETag");
  EXPECT_FALSE(first.get_header_value("Last-Modified").empty());
  const httplib::Response again = Get("/app.js", {{"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.get_header_value("ETag"), etag);
  EXPECT_EQ(
      Get("/app.js", {{"If-Modified-Since", first.get_header_value("Last-Modified")}}).status, 304);
  Write("app.js", "another version");
  EXPECT_EQ(Get("/app.js", {{"If-None-Match", etag}}).body, "another version");
}

TEST_F(StaticFilesTest, PartsOfAFile) {
  const httplib::Response part = Get("/app.js", {{"Range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.get_header_value("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(Get("/app.js", {{"Range", "bytes=-3"}}).body, "789");
  const httplib::Response none = Get("/app.js", {{"Range", "bytes=10-"}});
  EXPECT_EQ(none.status, 416);
  EXPECT_EQ(none.get_header_value("Content-Range"), "bytes */10");
}

TEST_F(StaticFilesTest, ALargeFileComesInPartsOnly) {
  Write("large.bin", "");
  std::filesystem::resize_file(folder_ + "/large.bin", kMaxStaticBytes + 1);
  const httplib::Response whole = Get("/large.bin");
  EXPECT_EQ(whole.status, 501);
  EXPECT_THAT(whole.body, HasSubstr(absl::StrCat(kMaxStaticBytes)));
  const httplib::Response part = Get("/large.bin", {{"Range", "bytes=1-"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body.size(), kMaxStaticBytes);
}

TEST(StaticFilesOpenTest, NamesAFolderThatIsNone) {
  const TempFolder folder;
  const std::string file = folder.Write("file", "");
  for (const std::string& path : {file, folder.path() + "/nope"}) {
    EXPECT_THAT(StaticFiles::Open(path),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         testing::AllOf(HasSubstr("static_dir"), HasSubstr(path))));
  }
}

TEST(StaticTypeTest, ByExtension) {
  EXPECT_EQ(StaticType("a/b.HTML"), "text/html; charset=utf-8");
  EXPECT_EQ(StaticType("font.woff2"), "font/woff2");
  EXPECT_EQ(StaticType("LICENSE"), "application/octet-stream");
  EXPECT_EQ(StaticType("a.unknown"), "application/octet-stream");
}

}  // namespace
}  // namespace openvidu::token
