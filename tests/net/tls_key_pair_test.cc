#include "net/tls_key_pair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "common/read_file.h"
#include "tests/support/certificate.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

auto IsMistake(const testing::Matcher<std::string>& text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, text);
}

class TlsKeyPairTest : public testing::Test {
 protected:
  const Certificate certificate_{"one.example"};
  const Certificate other_{"other.example"};
  const TempFolder folder_;
  const std::string cert_ = *ReadFile(certificate_.cert_file());
  const std::string key_ = *ReadFile(certificate_.key_file());
};

TEST_F(TlsKeyPairTest, PairIsRead) {
  const auto pair = ReadTlsKeyPair({certificate_.cert_file(), certificate_.key_file()});
  ASSERT_THAT(pair, IsOk());
  EXPECT_EQ(pair->chain.size(), 1);
}

TEST_F(TlsKeyPairTest, OneFileMayHoldTheChainAndTheKey) {
  const std::string file =
      folder_.Write("all.pem", key_ + "\nwords\n" + cert_ + *ReadFile(other_.cert_file()));
  const auto pair = ReadTlsKeyPair({file, file});
  ASSERT_THAT(pair, IsOk());
  EXPECT_EQ(pair->chain.size(), 2);
}

TEST_F(TlsKeyPairTest, AnotherCertificatesKeyIsNamed) {
  EXPECT_THAT(ReadTlsKeyPair({certificate_.cert_file(), other_.key_file()}),
              IsMistake(AllOf(HasSubstr(certificate_.cert_file()), HasSubstr(other_.key_file()))));
}

TEST_F(TlsKeyPairTest, BothFilesMistakesAreNamed) {
  EXPECT_THAT(ReadTlsKeyPair({"/nonexistent", "/"}),
              IsMistake(AllOf(HasSubstr("'/nonexistent'"), HasSubstr("'/'"))));
  EXPECT_THAT(ReadTlsKeyPair({certificate_.key_file(), certificate_.cert_file()}),
              IsMistake(AllOf(HasSubstr("no PEM certificate"), HasSubstr("no PEM private key"))));
}

TEST_F(TlsKeyPairTest, BrokenPemIsNamedAndNotQuoted) {
  const std::string broken = folder_.Write("broken.pem", cert_.substr(0, cert_.size() / 2));
  EXPECT_THAT(ReadTlsKeyPair({broken, certificate_.key_file()}), IsMistake(HasSubstr(broken)));
  const std::string chain = folder_.Write(
      "chain.pem", cert_ + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  EXPECT_THAT(ReadTlsKeyPair({chain, certificate_.key_file()}),
              IsMistake(AllOf(HasSubstr("broken"), Not(HasSubstr("AAAA")))));
}

TEST_F(TlsKeyPairTest, KeyUnderAPasswordIsRefusedWithoutAsking) {
  const auto pair = ReadTlsKeyPair({certificate_.cert_file(), certificate_.key_file()});
  ASSERT_THAT(pair, IsOk());
  const std::string path = folder_.Write("encrypted.pem", "");
  std::FILE* const file = std::fopen(path.c_str(), "w");
  ASSERT_EQ(PEM_write_PKCS8PrivateKey(file, pair->key.get(), EVP_aes_128_cbc(), "word", 4, nullptr,
                                      nullptr),
            1);
  std::fclose(file);
  EXPECT_THAT(ReadTlsKeyPair({certificate_.cert_file(), path}), IsMistake(HasSubstr("password")));
}

}  // namespace
}  // namespace openvidu::token
