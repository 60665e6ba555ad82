#include "emulator/media_node.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"

namespace openvidu::emulator {
namespace {

// What Gson's lenient reader takes an unquoted word for.
Json::Kind KindOfBareWord(const std::string& word) {
  if (absl::EqualsIgnoreCase(word, "null")) return Json::Kind::kNull;
  if (absl::EqualsIgnoreCase(word, "true") || absl::EqualsIgnoreCase(word, "false")) {
    return Json::Kind::kBoolean;
  }
  const absl::StatusOr<Json> number = ParseJson(word);
  const bool is_number = number.ok() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9')) &&
                         word.find_first_of(" \t\r\n") == std::string::npos;
  return is_number ? number->kind() : Json::Kind::kString;
}

absl::Status NotAnObject() {
  return absl::InvalidArgumentError(
      "Error in parameter 'mediaNode'. It is not a valid JSON object");
}

}  // namespace

absl::StatusOr<std::string> ReadMediaNodeId(const Json& media_node, JavaTypes types) {
  if (media_node.is_string()) {
    // A string that holds JSON text is read as that JSON.
    const absl::StatusOr<Json> inner = ParseJson(media_node.text());
    if (!inner.ok() || !inner->is_object()) return NotAnObject();
    const Json* id = inner->FindWithNull("id");
    if (id != nullptr && id->is_string()) return id->text();
    return ReadMediaNodeId(*inner, types);
  }
  if (!media_node.is_object()) return NotAnObject();
  // Gson drops null members when it builds the tree of defaultRecordingProperties.
  const Json* id =
      types == JavaTypes::kGson ? media_node.Find("id") : media_node.FindWithNull("id");
  if (id == nullptr) {
    return absl::InvalidArgumentError("Error in parameter 'mediaNode'. Property 'id' not found");
  }
  const Json::Kind kind = id->is_string() ? KindOfBareWord(id->text()) : id->kind();
  switch (kind) {
    case Json::Kind::kString:
      return id->text();
    case Json::Kind::kNull:
      return absl::FailedPreconditionError("Not a JSON Primitive: null");
    case Json::Kind::kArray:
    case Json::Kind::kObject:
      return absl::FailedPreconditionError(absl::StrCat("Not a JSON Primitive: ", GsonText(*id)));
    default:
      return absl::InvalidArgumentError("Type error in parameter 'mediaNode.id': not a String");
  }
}

}  // namespace openvidu::emulator
