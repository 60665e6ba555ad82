#include "server/access/file_key_source.h"

#include <gmock/gmock.h>

#include <thread>

#include "server/access/json_web_keys.h"
#include "tests/server/access/key_server.h"
#include "tests/server/access/signing_key.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

class FileKeySourceTest : public testing::Test {
 protected:
  /// Waits for keys of which the first is called `id`.
  static void AwaitId(const KeySource& source, const char* id) {
    while (source.keys()->front().id != id) std::this_thread::yield();
  }

  static std::string Set(const char* id) { return JwkSet({EcKey().Jwk(id)}); }

  const TempFolder folder_;
  const std::string path_ = folder_.Write("keys", Set("a"));
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
};

TEST_F(FileKeySourceTest, ReadsTheFileAgainWhenItChanges) {
  const auto source = FileKeySource::Create(*reactor_, path_, ReadKeysFile, absl::Milliseconds(2));
  ASSERT_THAT(source, IsOk());
  EXPECT_EQ((*source)->keys()->front().id, "a");
  EXPECT_EQ(Renewed(**source), (*source)->keys());
  folder_.Write("keys", Set("bb"));
  AwaitId(**source, "bb");
}

TEST_F(FileKeySourceTest, OfABadFileTheKeysBeforeStay) {
  const auto source = FileKeySource::Create(*reactor_, path_, ReadKeysFile, absl::Milliseconds(2));
  ASSERT_THAT(source, IsOk());
  testing::internal::CaptureStderr();
  folder_.Write("keys", "{");
  std::string log;
  while (log.empty()) {
    std::this_thread::yield();
    log = testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
  }
  testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, testing::HasSubstr("the keys of tokens before stay"));
  EXPECT_EQ((*source)->keys()->front().id, "a");
  folder_.Write("keys", Set("ccc"));
  AwaitId(**source, "ccc");
}

TEST_F(FileKeySourceTest, StartsWithAGoodFileOnly) {
  const std::string bad = folder_.Write("bad", "{");
  EXPECT_THAT(FileKeySource::Create(*reactor_, bad, ReadKeysFile, absl::Seconds(1)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace openvidu::token
