#include "common/certificate_names.h"

#include <gmock/gmock.h>

#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(CertificateNamesTest, FindsTheFirstThatIsMeant) {
  const CertificateNames names({"dns:Gateway.example", "dns:*.apps.example", "uri:spiffe://a/B",
                                "email:ada@x.example", "ip:10.0.0.1", "cn:Ada"});
  for (const char* name : {"dns:gateway.example", "dns:GATEWAY.example", "dns:one.apps.example",
                           "dns:a-1.APPS.example", "uri:spiffe://a/B", "email:ada@x.example",
                           "ip:10.0.0.1", "cn:Ada"}) {
    const std::vector<std::string> presented = {"cn:other", name};
    EXPECT_EQ(names.Find(presented), &presented[1]) << name;
  }
}

TEST(CertificateNamesTest, FindsNoOther) {
  const CertificateNames names(
      {"dns:gateway.example", "dns:*.apps.example", "uri:spiffe://a/B", "cn:Ada"});
  for (const char* name :
       {"", "dns:", "dns:gateway.example.", "dns:xgateway.example", "dns:apps.example",
        "dns:.apps.example", "dns:a.b.apps.example", "dns:*.apps.example", "dns:a\nb.apps.example",
        "dns:apps.example.apps.evil", "uri:spiffe://a/b", "uri:gateway.example",
        "cn:gateway.example", "cn:one.apps.example", "cn:ada", "gateway.example",
        "DNS:gateway.example"}) {
    EXPECT_EQ(names.Find({name}), nullptr) << name;
  }
  EXPECT_EQ(names.Find({}), nullptr);
  EXPECT_EQ(CertificateNames().Find({"dns:a.example"}), nullptr);
}

TEST(CertificateNamesTest, NamesWhatIsNone) {
  EXPECT_THAT(CertificateNames::Check(
                  "names", {"dns:a", "dns:*.a.b", "uri:x:*", "email:a@b", "ip:::1", "cn:*"}),
              IsOk());
  for (const char* name : {"", "dns:", "gateway.example", "*.example.com", "dns:*", "dns:*.",
                           "dns:*.com", "dns:*.*.com", "dns:a.*.com", "dns:a*.b.com", "dns:*..com",
                           "cn:a\nb", "CN:a", "cn:\xc3\xbc"}) {
    EXPECT_THAT(CertificateNames::Check("trusted_gateways", {"cn:good", name}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("trusted_gateways")))
        << name;
  }
}

TEST(CertificateNamesTest, NamesEveryMistakeAndWhoseItIs) {
  EXPECT_THAT(CertificateNames::Check("mtls_allowed_names", {"a", "dns:b", "dns:*.c"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("mtls_allowed_names: 'a'"), HasSubstr("'dns:*.c'"),
                             Not(HasSubstr("'dns:b'")))));
}

TEST(CertificateNamesTest, AreBounded) {
  const std::string longest = "cn:" + std::string(kMaxCertificateNameBytes - 3, 'x');
  EXPECT_TRUE(IsCertificateName(longest));
  EXPECT_TRUE(CertificateNames::IsEntry(longest));
  EXPECT_FALSE(IsCertificateName(longest + "x"));
  EXPECT_FALSE(CertificateNames::IsEntry(longest + "x"));
  EXPECT_FALSE(
      CertificateNames::IsEntry("dns:*." + std::string(kMaxCertificateNameBytes, 'x') + ".y"));
}

TEST(CertificateNamesTest, ACertificateMayHaveAWildcardThatMeansNobody) {
  EXPECT_TRUE(IsCertificateName("dns:*.apps.example"));
  EXPECT_FALSE(IsCertificateName("dns:"));
  EXPECT_FALSE(IsCertificateName("apps.example"));
  EXPECT_FALSE(IsCertificateName("cn:a\nb"));
}

}  // namespace
}  // namespace openvidu::token
