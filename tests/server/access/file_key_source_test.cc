#include "server/access/file_key_source.h"

#include <gmock/gmock.h>

#include <atomic>
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
  static std::atomic<int> bad_reads;
  bad_reads = 0;
  const FileKeySource::Read read = [](const std::string& path) {
    absl::StatusOr<VerificationKeys> keys = ReadKeysFile(path);
    if (!keys.ok()) ++bad_reads;
    return keys;
  };
  const auto source = FileKeySource::Create(*reactor_, path_, read, absl::Milliseconds(2));
  ASSERT_THAT(source, IsOk());
  folder_.Write("keys", "{");
  while (bad_reads == 0) std::this_thread::yield();
  reactor_->RunAndWait([] {});  // what follows the reading has happened too
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
