#ifndef EMULATOR_JSON_H_
#define EMULATOR_JSON_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::emulator {

/// A JSON value as Jackson hands it to OpenVidu: numbers keep their literal, because an integer
/// literal and one with a fraction become different Java types, and objects keep the order of their
/// keys.
class Json {
 public:
  enum class Kind { kNull, kBoolean, kInteger, kDouble, kString, kArray, kObject };
  using Member = std::pair<std::string, Json>;

  Json() = default;
  static Json Boolean(bool value);
  static Json Integer(std::string literal);
  static Json Double(double value);
  static Json String(std::string value);
  static Json Array(std::vector<Json> elements);
  static Json Object(std::vector<Member> members);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_object() const { return kind_ == Kind::kObject; }

  bool boolean() const { return boolean_; }
  /// The digits of an integer with their sign, or the text of a string (UTF-8).
  const std::string& text() const { return text_; }
  double number() const { return number_; }
  const std::vector<Json>& elements() const { return elements_; }
  const std::vector<Member>& members() const { return members_; }

  /// Returns the member `key`, or nullptr where there is none or it is null: OpenVidu treats both
  /// alike.
  const Json* Find(absl::string_view key) const;
  /// As Find, but a null member is found as well.
  const Json* FindWithNull(absl::string_view key) const;
  /// Removes the member `key`, if there is one.
  void Erase(absl::string_view key);

 private:
  Kind kind_ = Kind::kNull;
  bool boolean_ = false;
  double number_ = 0;
  std::string text_;
  std::vector<Json> elements_;
  std::vector<Member> members_;
};

/// Parses the first JSON value of a request body with the tolerance and the limits of Jackson 2.19
/// (openvidu-rest.md §1 "Bodies"): what follows the value is ignored, a byte order mark and UTF-16
/// and UTF-32 are recognised, of equal keys the last one counts. Errors: kInvalidArgument.
absl::StatusOr<Json> ParseJson(absl::string_view body);

/// Appends `text` (UTF-8) to `out` as a JSON string the way that Gson writes it (openvidu-rest.md
/// §1).
void AppendJsonString(absl::string_view text, std::string* out);

/// Returns AppendJsonString's text alone.
std::string JsonString(absl::string_view text);

}  // namespace openvidu::emulator

#endif  // EMULATOR_JSON_H_
