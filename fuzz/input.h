#ifndef FUZZ_INPUT_H_
#define FUZZ_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"

/// Ends the run as a finding, in every build type.
#define FUZZ_CHECK(condition)                                                      \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

namespace openvidu::token {

/// What libFuzzer gives a target, taken apart from the front; what is not there reads as empty or
/// 0.
class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  size_t TakeByte() { return rest_.empty() ? 0 : static_cast<unsigned char>(TakeBytes(1)[0]); }

  absl::string_view TakeBytes(size_t count) {
    const absl::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  /// Up to the next line feed, which is used up.
  absl::string_view TakeLine() {
    const absl::string_view line = TakeBytes(rest_.find('\n'));
    TakeBytes(1);
    return line;
  }

  absl::string_view rest() const { return rest_; }

 private:
  absl::string_view rest_;
};

/// The way in which a stream is cut: sizes of its pieces, again and again; none: bytes.
class Cuts {
 public:
  /// Takes the number of sizes (seven at most) and the sizes.
  explicit Cuts(FuzzInput& input) : sizes_(input.TakeBytes(input.TakeByte() % 8)) {}

  /// Takes the next piece off `stream`.
  absl::string_view Next(absl::string_view* stream) {
    const size_t size =
        sizes_.empty() ? 1 : 1 + static_cast<unsigned char>(sizes_[turn_++ % sizes_.size()]);
    const absl::string_view piece = stream->substr(0, size);
    stream->remove_prefix(piece.size());
    return piece;
  }

 private:
  absl::string_view sizes_;
  size_t turn_ = 0;
};

}  // namespace openvidu::token

#endif  // FUZZ_INPUT_H_
