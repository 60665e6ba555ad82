#include "proto/message_reader.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/json_names.h"

namespace openvidu::token {

using ::google::protobuf::EnumValueDescriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Timestamp;

MessageReader::Result MessageReader::Read(absl::string_view json, Message& message) {
  root_ = &message;
  result_ = Result::kRead;
  Json::sax_parse(json.begin(), json.end(), this);
  return result_;
}

// A number beyond the range of a double is an error of nlohmann's, too.
bool MessageReader::parse_error(size_t /*position*/, const std::string& /*token*/,
                                const nlohmann::detail::exception& /*error*/) {
  result_ = Result::kNotJson;
  return false;
}

const FieldDescriptor* MessageReader::Taker() {
  if (skipping_ > 0) return nullptr;
  if (levels_.empty()) {
    result_ = Result::kNotAnObject;
    return nullptr;
  }
  levels_.back().is_empty = false;
  return levels_.back().field;
}

bool MessageReader::null() {
  if (levels_.empty()) return true;
  // A property that is null is absent, an element cannot be.
  return Taker() == nullptr || !levels_.back().is_array || Misfit();
}

bool MessageReader::boolean(bool value) {
  const FieldDescriptor* const field = Taker();
  if (field == nullptr) return result_ == Result::kRead;
  if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_BOOL) return Misfit();
  Message& message = *levels_.back().message;
  message.GetReflection()->SetBool(&message, field, value);
  return true;
}

bool MessageReader::Integer(int64_t value) {
  const FieldDescriptor* const field = levels_.back().field;
  Message& message = *levels_.back().message;
  if (field->is_repeated()) return Misfit();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      if (value != static_cast<int32_t>(value)) return Misfit();
      message.GetReflection()->SetInt32(&message, field, static_cast<int32_t>(value));
      return true;
    case FieldDescriptor::CPPTYPE_INT64:
      message.GetReflection()->SetInt64(&message, field, value);
      return true;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      if (field->message_type() != Timestamp::descriptor()) return Misfit();
      auto& timestamp =
          static_cast<Timestamp&>(*message.GetReflection()->MutableMessage(&message, field));
      timestamp.set_seconds(value / 1000);
      timestamp.set_nanos(static_cast<int>(value % 1000) * 1'000'000);
      return true;
    }
    default:
      return Misfit();
  }
}

bool MessageReader::number_integer(int64_t value) {
  return Taker() == nullptr ? result_ == Result::kRead : Integer(value);
}

bool MessageReader::number_unsigned(uint64_t value) {
  if (Taker() == nullptr) return result_ == Result::kRead;
  return value > std::numeric_limits<int64_t>::max() ? Misfit()
                                                     : Integer(static_cast<int64_t>(value));
}

bool MessageReader::number_float(double /*value*/, const std::string& /*text*/) {
  return Taker() == nullptr ? result_ == Result::kRead : Misfit();
}

bool MessageReader::binary(Json::binary_t& /*value*/) { return Misfit(); }  // not in JSON

bool MessageReader::string(std::string& value) {
  const FieldDescriptor* const field = Taker();
  if (field == nullptr) return result_ == Result::kRead;
  const Level& level = levels_.back();
  if (level.is_array != field->is_repeated()) return Misfit();
  Message& message = *level.message;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (level.is_array) {
        message.GetReflection()->AddString(&message, field, std::move(value));
      } else {
        message.GetReflection()->SetString(&message, field, std::move(value));
      }
      return true;
    case FieldDescriptor::CPPTYPE_ENUM: {
      // A request's words are matched to the letter, as OpenVidu does; some of its answers' are
      // lower-case, and a newer OpenVidu may answer with a word of its own.
      const bool is_answer = misfits_ == Misfits::kSkip;
      const EnumValueDescriptor* found =
          FindEnumValue(*field, is_answer ? absl::AsciiStrToUpper(value) : value);
      if (found == nullptr) return is_answer || Misfit();
      message.GetReflection()->SetEnum(&message, field, found);
      return true;
    }
    default:
      break;
  }
  if (scalars_ != Scalars::kAsText) return Misfit();
  const Json scalar = Json::parse(value, nullptr, /*allow_exceptions=*/false);
  if (scalar.is_boolean()) return boolean(scalar.get<bool>());
  if (scalar.is_number_unsigned()) return number_unsigned(scalar.get<uint64_t>());
  return scalar.is_number_integer() ? Integer(scalar.get<int64_t>()) : Misfit();
}

bool MessageReader::start_object(size_t /*elements*/) {
  if (levels_.empty()) {
    levels_.push_back({.message = root_});
    return true;
  }
  return Open(/*is_array=*/false);
}

bool MessageReader::start_array(size_t /*elements*/) {
  if (!levels_.empty()) return Open(/*is_array=*/true);
  result_ = Result::kNotAnObject;
  return false;
}

bool MessageReader::Open(bool is_array) {
  const FieldDescriptor* const field = Taker();
  if (field != nullptr) {
    const Level& level = levels_.back();
    Message& message = *level.message;
    if (is_array && !level.is_array && field->is_repeated()) {
      levels_.push_back({.message = &message, .field = field, .is_array = true});
      return true;
    }
    if (!is_array && level.is_array == field->is_repeated() &&
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        field->message_type() != Timestamp::descriptor()) {
      Message* const nested = level.is_array
                                  ? message.GetReflection()->AddMessage(&message, field)
                                  : message.GetReflection()->MutableMessage(&message, field);
      levels_.push_back({.message = nested});
      return true;
    }
    if (!Misfit()) return false;
  }
  ++skipping_;
  return true;
}

bool MessageReader::key(std::string& name) {
  if (skipping_ > 0) return true;
  Level& level = levels_.back();
  level.field = FindField(*level.message->GetDescriptor(), name);
  if (levels_.size() == 1 && misfits_ == Misfits::kCollect) {
    top_name_ = name;
    collected_.erase(std::remove(collected_.begin(), collected_.end(), name), collected_.end());
  }
  if (level.field == nullptr) return misfits_ == Misfits::kSkip || Misfit(name);
  level.message->GetReflection()->ClearField(level.message, level.field);
  return true;
}

bool MessageReader::end_object() {
  if (skipping_ > 0) {
    --skipping_;
  } else {
    levels_.pop_back();
  }
  return true;
}

bool MessageReader::end_array() {
  if (skipping_ > 0) {
    --skipping_;
    return true;
  }
  const bool was_empty = levels_.back().is_empty;
  levels_.pop_back();
  // An empty array is not the absence of one, which is all that an empty repeated field can say.
  return !was_empty || misfits_ == Misfits::kSkip || Misfit();
}

bool MessageReader::Misfit(absl::string_view name) {
  if (misfits_ != Misfits::kCollect) {
    result_ = Result::kMisfit;
    for (const Level& level : levels_) {
      if (level.is_array) continue;  // its name is that of the level before
      // The last may be no field at all, and have any name, even an empty one.
      absl::StrAppend(&misfit_, misfit_.empty() ? "" : ".",
                      level.field == nullptr ? name : level.field->json_name());
    }
    return false;
  }
  Level& outermost = levels_.front();
  if (outermost.field != nullptr) {
    outermost.message->GetReflection()->ClearField(outermost.message, outermost.field);
  }
  outermost.field = nullptr;
  collected_.push_back(top_name_);
  skipping_ = static_cast<int>(levels_.size()) - 1;
  levels_.resize(1);
  return true;
}

}  // namespace openvidu::token
