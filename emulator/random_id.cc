#include "emulator/random_id.h"

#include <random>

#include "absl/strings/str_cat.h"

namespace openvidu::emulator {
namespace {

std::string Random(absl::string_view alphabet, int length) {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  std::uniform_int_distribution<size_t> distribution(0, alphabet.size() - 1);
  std::string text;
  for (int i = 0; i < length; ++i) text.push_back(alphabet[distribution(engine)]);
  return text;
}

}  // namespace

std::string RandomAlphanumeric(int length) {
  return Random("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", length);
}

std::string RandomId(absl::string_view prefix, int length) {
  return absl::StrCat(prefix, Random("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1),
                      RandomAlphanumeric(length - 1));
}

std::string RandomLoginSessionId() { return Random("0123456789ABCDEF", 32); }

}  // namespace openvidu::emulator
