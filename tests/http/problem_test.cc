#include "http/problem.h"

#include <gtest/gtest.h>

namespace openvidu::token {
namespace {

TEST(ProblemJsonTest, HasTheMembersOfRfc9457InOrder) {
  EXPECT_EQ(
      ProblemJson(404, "No such session."),
      R"({"type":"about:blank","title":"Not Found","status":404,"detail":"No such session."})");
}

TEST(ProblemJsonTest, LeavesOutAnEmptyDetail) {
  EXPECT_EQ(ProblemJson(413, ""),
            R"({"type":"about:blank","title":"Content Too Large","status":413})");
}

TEST(ProblemJsonTest, AppendsExtensions) {
  EXPECT_EQ(ProblemJson(400, "x", {{"field", "role"}, {"values", {"A", "B"}}}),
            R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"x",)"
            R"("field":"role","values":["A","B"]})");
}

TEST(ProblemJsonTest, MendsTextThatIsNotUtf8) {
  EXPECT_EQ(ProblemJson(400, "a\xFF\"b"),
            "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
            "\"detail\":\"a\xEF\xBF\xBD\\\"b\"}");
}

TEST(ReasonPhraseTest, IsUnknownForOthers) { EXPECT_EQ(ReasonPhrase(599), "Unknown"); }

}  // namespace
}  // namespace openvidu::token
