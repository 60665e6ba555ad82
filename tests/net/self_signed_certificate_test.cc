#include "net/self_signed_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "common/read_file.h"
#include "tests/support/certificate.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

int ModeOf(const std::string& path) {
  struct stat file {};
  EXPECT_EQ(stat(path.c_str(), &file), 0) << path;
  return static_cast<int>(file.st_mode & 0777);
}

class SelfSignedCertificateTest : public testing::Test {
 protected:
  TlsFiles Keep() {
    const auto files = KeepSelfSignedCertificate(folder_);
    EXPECT_THAT(files, IsOk());
    return files.value_or(TlsFiles());
  }

  const TempFolder parent_;
  const std::string folder_ = parent_.path() + "/a/b";
};

TEST_F(SelfSignedCertificateTest, IsForThisMachine) {
  const auto pair = ReadTlsKeyPair(Keep());
  ASSERT_THAT(pair, IsOk());
  ASSERT_EQ(pair->chain.size(), 1);
  X509* const certificate = pair->chain.front().get();
  EXPECT_EQ(X509_check_host(certificate, "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate, "example.com", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(certificate, "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "::1", 0), 1);
  EXPECT_EQ(X509_verify(certificate, pair->key.get()), 1);
}

TEST_F(SelfSignedCertificateTest, NobodyElseCanReadTheKey) {
  const TlsFiles files = Keep();
  EXPECT_EQ(ModeOf(folder_), 0700);
  EXPECT_EQ(ModeOf(files.key_file), 0600);
}

TEST_F(SelfSignedCertificateTest, IsKept) {
  const TlsFiles first = Keep();
  const std::string cert = *ReadFile(first.cert_file), key = *ReadFile(first.key_file);
  const TlsFiles second = Keep();
  EXPECT_EQ(second.cert_file, first.cert_file);
  EXPECT_EQ(*ReadFile(second.cert_file), cert);
  EXPECT_EQ(*ReadFile(second.key_file), key);
}

TEST_F(SelfSignedCertificateTest, IsMadeAnewWhereItIsNoGood) {
  const Certificate ends_soon("localhost");
  const auto put = [](const std::string& from, const std::string& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  };
  const std::vector<void (*)(const TlsFiles&)> harms = {
      [](const TlsFiles& files) { std::filesystem::remove(files.cert_file); },
      [](const TlsFiles& files) { std::filesystem::remove(files.key_file); },
      [](const TlsFiles& files) { std::filesystem::resize_file(files.key_file, 100); },
      [](const TlsFiles& files) { chmod(files.key_file.c_str(), 0640); },
  };
  for (const auto& harm : harms) {
    const TlsFiles files = Keep();
    const std::string key = *ReadFile(files.key_file);
    harm(files);
    Keep();
    EXPECT_NE(*ReadFile(files.key_file), key);
    EXPECT_EQ(ModeOf(files.key_file), 0600);
    EXPECT_THAT(ReadTlsKeyPair(files), IsOk());
  }
  const TlsFiles files = Keep();
  put(ends_soon.cert_file(), files.cert_file);
  put(ends_soon.key_file(), files.key_file);
  Keep();
  EXPECT_NE(*ReadFile(files.cert_file), *ReadFile(ends_soon.cert_file()));
}

TEST_F(SelfSignedCertificateTest, ThoseWhoStartTogetherShareIt) {
  std::vector<std::thread> threads;
  std::vector<std::string> keys(8);
  for (std::string& key : keys) {
    threads.emplace_back([this, &key] {
      const auto files = KeepSelfSignedCertificate(folder_);
      if (files.ok()) key = ReadFile(files->key_file).value_or("");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_NE(keys[0], "");
  EXPECT_THAT(keys, testing::Each(keys[0]));
}

TEST_F(SelfSignedCertificateTest, AFolderThatCannotBeIsNamed) {
  const std::string file = parent_.Write("file", "");
  for (const std::string& folder : {file, file + "/below"}) {
    EXPECT_THAT(KeepSelfSignedCertificate(folder),
                StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr(folder)));
  }
}

}  // namespace
}  // namespace openvidu::token
