#ifndef PROTO_MESSAGE_READER_H_
#define PROTO_MESSAGE_READER_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "proto/json_mapping.h"

namespace openvidu::token {

/// Reads a JSON object into a message in one pass, with no tree in between. For one text.
class MessageReader {
 public:
  using Json = nlohmann::json;

  enum class Misfits {
    kEnd,      ///< A property that no field can hold exactly ends the reading.
    kSkip,     ///< One that is not known is skipped; one of another type ends the reading.
    kCollect,  ///< The property of the outermost object that it is, or is in, is left out.
  };
  enum class Result { kRead, kNotJson, kNotAnObject, kMisfit };

  MessageReader(Misfits misfits, Scalars scalars) : misfits_(misfits), scalars_(scalars) {}

  /// `null` is read as an object without properties. Of duplicate keys the last wins.
  Result Read(absl::string_view json, google::protobuf::Message& message);

  /// After kMisfit: the property's dotted path.
  const std::string& misfit() const { return misfit_; }

  /// With kCollect: the outermost object's properties that were left out.
  const std::vector<std::string>& collected() const { return collected_; }

  // What nlohmann's parser calls; false ends the parsing.
  bool null();
  bool boolean(bool value);
  bool number_integer(int64_t value);
  bool number_unsigned(uint64_t value);
  bool number_float(double value, const std::string& text);
  bool string(std::string& value);
  bool binary(Json::binary_t& value);
  bool start_object(size_t elements);
  bool key(std::string& name);
  bool end_object();
  bool start_array(size_t elements);
  bool end_array();
  bool parse_error(size_t position, const std::string& token,
                   const nlohmann::detail::exception& error);

 private:
  /// An object or an array that is being read.
  struct Level {
    google::protobuf::Message* message;              ///< That takes the properties or elements.
    const google::protobuf::FieldDescriptor* field;  ///< Of the value to come; null: nobody's.
    bool is_array = false;
    bool is_empty = true;
  };

  /// The field that takes the value at hand, or null where that is skipped. The document's root is
  /// an error.
  const google::protobuf::FieldDescriptor* Taker();
  bool Integer(int64_t value);
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
