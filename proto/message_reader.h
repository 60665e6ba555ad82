#ifndef PROTO_MESSAGE_READER_H_
#define PROTO_MESSAGE_READER_H_

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "proto/json_mapping.h"
#include "proto/json_scanner.h"

namespace openvidu::token {

/// Reads a JSON object into a message in one pass, with no tree in between. For one text.
class MessageReader final : private JsonHandler {
 public:
  enum class Misfits {
    kEnd,      ///< A property that no field can hold exactly ends the reading.
    kSkip,     ///< One that is not known is skipped; one of another type ends the reading.
    kCollect,  ///< The property of the outermost object that it is, or is in, is left out.
  };
  enum class Result { kRead, kNotJson, kNotAnObject, kMisfit };

  MessageReader(Misfits misfits, Scalars scalars) : misfits_(misfits), scalars_(scalars) {}

  /// Reads into `message`, which is empty. `null` is read as an object without properties. Of
  /// duplicate keys the last wins.
  Result Read(absl::string_view json, google::protobuf::Message& message);

  /// After kMisfit: the property's dotted path.
  const std::string& misfit() const { return misfit_; }

  /// With kCollect: the outermost object's properties that were left out.
  const std::vector<std::string>& collected() const { return collected_; }

 private:
  static constexpr size_t kMaxFields = 64;  ///< Of a message of the contract.

  /// An object or an array that is being read.
  struct Level {
    explicit Level(google::protobuf::Message* taker)
        : message(taker), type(taker->GetDescriptor()), reflection(taker->GetReflection()) {}

    google::protobuf::Message* message;  ///< That takes the properties or elements.
    const google::protobuf::Descriptor* type;
    const google::protobuf::Reflection* reflection;
    const google::protobuf::FieldDescriptor* field = nullptr;  ///< Of the value to come, if any's.
    std::bitset<kMaxFields> seen;  ///< By index, the fields that had a value before.
    bool is_array = false;
    bool is_empty = true;
  };

  bool Null() override;
  bool Boolean(bool value) override;
  bool Integer(int64_t value) override;
  bool OtherNumber() override;
  bool String(absl::string_view value) override;
  bool StartObject() override;
  bool Key(absl::string_view name) override;
  bool EndObject() override;
  bool StartArray() override;
  bool EndArray() override;

  /// The field that takes the value at hand, or null where that is skipped. The document's root is
  /// an error.
  const google::protobuf::FieldDescriptor* Taker();
  bool Scalar(absl::string_view text);
  bool Open(bool is_array);
  bool Misfit(absl::string_view name = "");

  const Misfits misfits_;
  const Scalars scalars_;
  google::protobuf::Message* root_ = nullptr;
  std::vector<Level> levels_;
  int skipping_ = 0;      ///< Objects and arrays that are open within what nobody takes.
  std::string top_name_;  ///< The outermost property's.
  Result result_ = Result::kRead;
  std::string misfit_;
  std::vector<std::string> collected_;
};

}  // namespace openvidu::token

#endif  // PROTO_MESSAGE_READER_H_
