#ifndef TESTS_PROTO_SCANNED_H_
#define TESTS_PROTO_SCANNED_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "proto/json_scanner.h"

namespace openvidu::token {

/// What ScanJson() tells of a text, one word each; `!` at the end where it is refused.
inline std::string Scanned(absl::string_view json) {
  class Writer final : public JsonHandler {
   public:
    bool Null() override { return Add("null"); }
    bool Boolean(bool value) override { return Add(value ? "true" : "false"); }
    bool Integer(int64_t value) override { return Add(absl::StrCat(value)); }
    bool OtherNumber() override { return Add("other"); }
    bool String(absl::string_view value) override { return Add(absl::StrCat("'", value, "'")); }
    bool StartObject() override { return Add("{"); }
    bool Key(absl::string_view name) override { return Add(absl::StrCat(name, ":")); }
    bool EndObject() override { return Add("}"); }
    bool StartArray() override { return Add("["); }
    bool EndArray() override { return Add("]"); }

    std::string text;

   private:
    bool Add(absl::string_view word) {
      absl::StrAppend(&text, word, " ");
      return true;
    }
  };
  Writer writer;
  if (!ScanJson(json, writer)) writer.text += '!';
  return writer.text;
}

}  // namespace openvidu::token

#endif  // TESTS_PROTO_SCANNED_H_
