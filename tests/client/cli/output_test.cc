#include "client/cli/output.h"

#include <gmock/gmock.h>

#include <sstream>

#include "openvidu/token/v1/token_service.pb.h"

namespace openvidu::token {
namespace {

TEST(OutputTest, YamlQuotesWhatIsNotPlain) {
  const Json value = {{"plain", "room-1"},
                      {"number", 7},
                      {"yes", true},
                      {"text", {"true", "No", "1", "", "a: b", "#x", "- x", "tok_A", "~"}},
                      {"object", {{"deep", {{"deeper", nullptr}}}, {"empty", Json::object()}}},
                      {"list", {{{"a", 1}, {"b", {1, 2}}}, {{"c", "line\nbreak\x7f"}}}},
                      {"none", Json::array()}};
  EXPECT_EQ(ToYaml(value), R"(plain: room-1
number: 7
"yes": true
text:
  - "true"
  - "No"
  - "1"
  - ""
  - "a: b"
  - "#x"
  - "- x"
  - tok_A
  - "~"
object:
  deep:
    deeper: null
  empty: {}
list:
  - a: 1
    b:
      - 1
      - 2
  - c: "line\nbreak\x7f"
none: []
)");
  EXPECT_EQ(ToYaml(Json::object()), "{}\n");
}

TEST(OutputTest, ATableHasALineForWhatIsThere) {
  const Json value = {{"id", "room-1"},
                      {"empty", ""},
                      {"created", false},
                      {"nested", {{"a", "x\033[2Jy"}}},
                      {"list", {"u", {{"v", 1}}}}};
  EXPECT_EQ(ToTable(value, false),
            "id         room-1\n"
            "created    false\n"
            "nested.a   x\\x1b[2Jy\n"
            "list[0]    u\n"
            "list[1].v  1\n");
}

TEST(OutputTest, NoTextCommandsATerminal) {
  EXPECT_EQ(Displayable("a\033]0;x\007\r\n"), R"(a\x1b]0;x\x07\x0d\x0a)");
  EXPECT_EQ(Displayable("Ä\xC2\x9B\x7F \xE2\x80\xA8\xEF\xBB\xBF"), R"(Ä\x9b\x7f \u2028\ufeff)");
  EXPECT_EQ(Displayable("こんにちは 🎥"), "こんにちは 🎥");
}

TEST(OutputTest, ColoursOnlyWhereTheyAreWanted) {
  EXPECT_EQ(Styled("x", Style::kRed, false), "x");
  EXPECT_EQ(Styled("x", Style::kRed, true), "\033[31mx\033[0m");
}

TEST(OutputTest, EachFormPrintsTheSame) {
  v1::Connection connection;
  connection.set_connection_id("con_A");
  const auto print = [&](OutputFormat format) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{.out = out, .err = err, .format = format};
    Print({{"id", "con_A"}}, "the text", console);
    return out.str();
  };
  EXPECT_EQ(print(OutputFormat::kText), "the text\n");
  EXPECT_EQ(print(OutputFormat::kTable), "id  con_A\n");
  EXPECT_EQ(print(OutputFormat::kJson), "{\n  \"id\": \"con_A\"\n}\n");
  EXPECT_EQ(print(OutputFormat::kYaml), "id: con_A\n");
  EXPECT_EQ(JsonOf(connection)["connectionId"], "con_A");
}

}  // namespace
}  // namespace openvidu::token
