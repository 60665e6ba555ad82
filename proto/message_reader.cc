#include "proto/message_reader.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

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
  if (!ScanJson(json, *this) && result_ == Result::kRead) result_ = Result::kNotJson;
  return result_;
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

bool MessageReader::Null() {
  if (levels_.empty()) return true;
  // A property that is null is absent, an element cannot be.
  return Taker() == nullptr || !levels_.back().is_array || Misfit();
}

bool MessageReader::Boolean(bool value) {
  const FieldDescriptor* const field = Taker();
  if (field == nullptr) return result_ == Result::kRead;
  if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_BOOL) return Misfit();
  const Level& level = levels_.back();
  level.reflection->SetBool(level.message, field, value);
  return true;
}

bool MessageReader::Integer(int64_t value) {
  const FieldDescriptor* const field = Taker();
  if (field == nullptr) return result_ == Result::kRead;
  if (field->is_repeated()) return Misfit();
  const Level& level = levels_.back();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      if (value != static_cast<int32_t>(value)) return Misfit();
      level.reflection->SetInt32(level.message, field, static_cast<int32_t>(value));
      return true;
    case FieldDescriptor::CPPTYPE_INT64:
      level.reflection->SetInt64(level.message, field, value);
      return true;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      if (field->message_type() != Timestamp::descriptor()) return Misfit();
      auto& timestamp =
          static_cast<Timestamp&>(*level.reflection->MutableMessage(level.message, field));
      timestamp.set_seconds(value / 1000);
      timestamp.set_nanos(static_cast<int>(value % 1000) * 1'000'000);
      return true;
    }
    default:
      return Misfit();
  }
}

bool MessageReader::OtherNumber() {
  return Taker() == nullptr ? result_ == Result::kRead : Misfit();
}

bool MessageReader::String(absl::string_view value) {
  const FieldDescriptor* const field = Taker();
  if (field == nullptr) return result_ == Result::kRead;
  const Level& level = levels_.back();
  if (level.is_array != field->is_repeated()) return Misfit();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (level.is_array) {
        level.reflection->AddString(level.message, field, std::string(value));
      } else {
        level.reflection->SetString(level.message, field, std::string(value));
      }
      return true;
    case FieldDescriptor::CPPTYPE_ENUM: {
      // A request's words are matched to the letter, as OpenVidu does; some of its answers' are
      // lower-case, and a newer OpenVidu may answer with a word of its own.
      const bool is_answer = misfits_ == Misfits::kSkip;
      const EnumValueDescriptor* const found =
          is_answer ? FindEnumValue(*field, absl::AsciiStrToUpper(value))
                    : FindEnumValue(*field, value);
      if (found == nullptr) return is_answer || Misfit();
      level.reflection->SetEnum(level.message, field, found);
      return true;
    }
    default:
      return scalars_ == Scalars::kAsText ? Scalar(value) : Misfit();
  }
}

// `text` is a string that says a value of another type.
bool MessageReader::Scalar(absl::string_view text) {
  const auto scalar = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (scalar.is_boolean()) return Boolean(scalar.get<bool>());
  const bool fits =
      scalar.is_number_integer() && (!scalar.is_number_unsigned() ||
                                     scalar.get<uint64_t>() <= std::numeric_limits<int64_t>::max());
  return fits ? Integer(scalar.get<int64_t>()) : Misfit();
}

bool MessageReader::StartObject() {
  if (levels_.empty()) {
    levels_.emplace_back(root_);
    return true;
  }
  return Open(/*is_array=*/false);
}

bool MessageReader::StartArray() {
  if (!levels_.empty()) return Open(/*is_array=*/true);
  result_ = Result::kNotAnObject;
  return false;
}

bool MessageReader::Open(bool is_array) {
  const FieldDescriptor* const field = Taker();
  if (field != nullptr) {
    const Level& level = levels_.back();
    if (is_array && !level.is_array && field->is_repeated()) {
      Level array(level.message);
      array.field = field;
      array.is_array = true;
      levels_.push_back(array);
      return true;
    }
    if (!is_array && level.is_array == field->is_repeated() &&
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        field->message_type() != Timestamp::descriptor()) {
      levels_.emplace_back(level.is_array ? level.reflection->AddMessage(level.message, field)
                                          : level.reflection->MutableMessage(level.message, field));
      return true;
    }
    if (!Misfit()) return false;
  }
  ++skipping_;
  return true;
}

bool MessageReader::Key(absl::string_view name) {
  if (skipping_ > 0) return true;
  Level& level = levels_.back();
  level.field = FindField(*level.type, name);
  if (levels_.size() == 1 && misfits_ == Misfits::kCollect) {
    top_name_.assign(name.data(), name.size());
    collected_.erase(std::remove(collected_.begin(), collected_.end(), name), collected_.end());
  }
  if (level.field == nullptr) return misfits_ == Misfits::kSkip || Misfit(name);
  auto seen = level.seen[static_cast<size_t>(level.field->index())];
  if (seen) level.reflection->ClearField(level.message, level.field);
  seen = true;
  return true;
}

bool MessageReader::EndObject() {
  if (skipping_ > 0) {
    --skipping_;
  } else {
    levels_.pop_back();
  }
  return true;
}

bool MessageReader::EndArray() {
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
    outermost.reflection->ClearField(outermost.message, outermost.field);
  }
  outermost.field = nullptr;
  collected_.push_back(top_name_);
  skipping_ = static_cast<int>(levels_.size()) - 1;
  levels_.erase(levels_.begin() + 1, levels_.end());
  return true;
}

}  // namespace openvidu::token
