#include "emulator/java.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace openvidu::emulator {
namespace {

constexpr absl::string_view kGsonMap = "com.google.gson.internal.LinkedTreeMap";

// The class that Jackson gives an integer: the smallest that holds it.
absl::string_view IntegerClass(const std::string& literal) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(literal, &value)) return "java.math.BigInteger";
  const bool fits_int =
      value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max();
  return fits_int ? "java.lang.Integer" : "java.lang.Long";
}

absl::string_view ClassName(const Json& value, JavaTypes types) {
  switch (value.kind()) {
    case Json::Kind::kBoolean:
      return "java.lang.Boolean";
    case Json::Kind::kInteger:
      return types == JavaTypes::kGson ? "java.lang.Double" : IntegerClass(value.text());
    case Json::Kind::kDouble:
      return "java.lang.Double";
    case Json::Kind::kString:
      return "java.lang.String";
    case Json::Kind::kArray:
      return "java.util.ArrayList";
    case Json::Kind::kObject:
      return types == JavaTypes::kGson ? kGsonMap : "java.util.LinkedHashMap";
    case Json::Kind::kNull:
      break;
  }
  return "null";
}

// The low 64 bits of a decimal integer of any length, in two's complement.
uint64_t LowBits(absl::string_view literal) {
  const bool negative = absl::StartsWith(literal, "-");
  if (negative) literal.remove_prefix(1);
  uint64_t bits = 0;
  for (const char digit : literal) bits = bits * 10 + static_cast<uint64_t>(digit - '0');
  return negative ? 0 - bits : bits;
}

template <typename Int>
Int Clamped(double value) {
  if (std::isnan(value)) return 0;
  if (value >= static_cast<double>(std::numeric_limits<Int>::max())) {
    return std::numeric_limits<Int>::max();
  }
  if (value <= static_cast<double>(std::numeric_limits<Int>::min())) {
    return std::numeric_limits<Int>::min();
  }
  return static_cast<Int>(value);
}

}  // namespace

std::string CastMessage(const Json& value, absl::string_view target, JavaTypes types) {
  const absl::string_view from = ClassName(value, types);
  std::string message = absl::StrCat("class ", from, " cannot be cast to class ", target, " (");
  if (from == kGsonMap) {
    // The loader's identity hash is that of the recorded process [02]; it differs from boot to
    // boot.
    absl::StrAppend(&message, from,
                    " is in unnamed module of loader org.springframework.boot.loader.launch."
                    "LaunchedClassLoader @6433a2; ",
                    target, " is in module java.base of loader 'bootstrap')");
  } else {
    absl::StrAppend(&message, from, " and ", target,
                    " are in module java.base of loader 'bootstrap')");
  }
  return message;
}

std::string JavaDoubleText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  const double magnitude = std::fabs(value);
  const bool plain = magnitude >= 1e-3 && magnitude < 1e7;
  char buffer[64];
  const auto result =
      std::to_chars(buffer, buffer + sizeof buffer, value,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(buffer, result.ptr);
  if (plain) return absl::StrContains(text, '.') ? text : text + ".0";
  // to_chars writes 1e+300 and 1e-05; Java writes 1.0E300 and 1.0E-5.
  const size_t e = text.find('e');
  std::string mantissa = text.substr(0, e);
  if (!absl::StrContains(mantissa, '.')) mantissa += ".0";
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(),
                  exponent);
  return absl::StrCat(mantissa, "E", exponent);
}

std::string GsonScalarText(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::kBoolean:
      return value.boolean() ? "true" : "false";
    case Json::Kind::kDouble:
      return JavaDoubleText(value.number());
    case Json::Kind::kNull:
      return "null";
    default:
      return value.text();
  }
}

std::string GsonText(const Json& value) {
  if (value.is_string()) return JsonString(value.text());
  std::string out;
  if (value.is_array()) {
    for (const Json& element : value.elements()) {
      absl::StrAppend(&out, out.empty() ? "[" : ",", GsonText(element));
    }
    return out.empty() ? "[]" : out + "]";
  }
  if (value.is_object()) {
    for (const auto& [key, member] : value.members()) {
      if (member.is_null()) continue;
      absl::StrAppend(&out, out.empty() ? "{" : ",", JsonString(key), ":", GsonText(member));
    }
    return out.empty() ? "{}" : out + "}";
  }
  return GsonScalarText(value);
}

int32_t JavaIntValue(const Json& number) {
  if (number.kind() == Json::Kind::kInteger) return static_cast<int32_t>(LowBits(number.text()));
  return Clamped<int32_t>(number.number());
}

int64_t JavaLongValue(const Json& number) {
  if (number.kind() == Json::Kind::kInteger) return static_cast<int64_t>(LowBits(number.text()));
  return Clamped<int64_t>(number.number());
}

Json GsonNumber(const Json& number) {
  if (number.kind() == Json::Kind::kDouble) return number;
  return Json::Double(std::strtod(number.text().c_str(), nullptr));
}

bool HoldsInfinity(const Json& value) {
  if (value.kind() == Json::Kind::kDouble) return std::isinf(value.number());
  for (const Json& element : value.elements()) {
    if (HoldsInfinity(element)) return true;
  }
  for (const auto& [key, member] : value.members()) {
    if (HoldsInfinity(member)) return true;
  }
  return false;
}

}  // namespace openvidu::emulator
