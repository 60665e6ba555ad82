#include "emulator/http_head.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "emulator/http_chars.h"

namespace openvidu::emulator {
namespace {

constexpr size_t kMaxHeadBytes = 8192;
constexpr size_t kMaxHeaders = 100;

class Parser {
 public:
  explicit Parser(absl::string_view input) : input_(input) {}

  HeadResult Parse() {
    while (at_ < input_.size() && (input_[at_] == '\r' || input_[at_] == '\n')) ++at_;
    const size_t start = at_;
    if (absl::StartsWith(input_.substr(at_), "PRI * HTTP/2.0\r\n")) return Result(State::kRefused);
    State state = ParseRequestLine();
    while (state == State::kComplete && result_.request.version != HttpVersion::kHttp09 &&
           !head_ended_) {
      state = ParseHeaderLine();
    }
    const size_t used = state == State::kComplete ? at_ - start : input_.size() - start;
    if (state != State::kMalformed && used > kMaxHeadBytes) state = State::kMalformed;
    result_.size = at_;
    return Result(state);
  }

 private:
  using State = HeadResult::State;

  HeadResult Result(State state) {
    result_.state = state;
    return std::move(result_);
  }

  // Reads up to the end of the line, checking each character; CR LF or LF alone end it.
  State ReadUntilEol(bool (*allowed)(unsigned char), absl::string_view* out) {
    const size_t start = at_;
    for (; at_ < input_.size(); ++at_) {
      const char c = input_[at_];
      if (c == '\n') {
        *out = input_.substr(start, at_ - start);
        ++at_;
        return State::kComplete;
      }
      if (c == '\r') {
        if (at_ + 1 == input_.size()) return State::kIncomplete;
        if (input_[at_ + 1] != '\n') return State::kMalformed;
        *out = input_.substr(start, at_ - start);
        at_ += 2;
        return State::kComplete;
      }
      if (!allowed(static_cast<unsigned char>(c))) return State::kMalformed;
    }
    return State::kIncomplete;
  }

  void SkipBlanks() {
    while (at_ < input_.size() && (input_[at_] == ' ' || input_[at_] == '\t')) ++at_;
  }

  State ParseRequestLine() {
    const size_t method_start = at_;
    while (at_ < input_.size() && IsTokenChar(input_[at_])) ++at_;
    if (at_ == input_.size()) return State::kIncomplete;
    if (at_ == method_start || (input_[at_] != ' ' && input_[at_] != '\t')) {
      return State::kMalformed;
    }
    result_.request.method = std::string(input_.substr(method_start, at_ - method_start));
    SkipBlanks();

    const size_t target_start = at_;
    while (at_ < input_.size() && IsTargetChar(input_[at_])) ++at_;
    if (at_ == input_.size()) return State::kIncomplete;
    if (at_ == target_start) return State::kMalformed;
    result_.request.target = std::string(input_.substr(target_start, at_ - target_start));
    const char end = input_[at_];
    if (end != ' ' && end != '\t' && end != '\r' && end != '\n') return State::kMalformed;
    SkipBlanks();

    absl::string_view protocol;
    const State state = ReadUntilEol(IsProtocolChar, &protocol);
    if (state != State::kComplete) return state;
    result_.request.version = protocol.empty()         ? HttpVersion::kHttp09
                              : protocol == "HTTP/1.0" ? HttpVersion::kHttp10
                              : protocol == "HTTP/1.1" ? HttpVersion::kHttp11
                                                       : HttpVersion::kUnknown;
    SplitTarget();
    return State::kComplete;
  }

  void SplitTarget() {
    absl::string_view path = result_.request.target;
    const absl::string_view scheme_end = "://";
    if (absl::StartsWithIgnoreCase(path, "http://") ||
        absl::StartsWithIgnoreCase(path, "https://")) {
      const size_t authority = path.find(scheme_end) + scheme_end.size();
      const size_t slash = path.find_first_of("/?", authority);
      path = slash == absl::string_view::npos ? absl::string_view("/") : path.substr(slash);
    }
    const size_t question = path.find('?');
    result_.request.path = std::string(path.substr(0, question));
    if (question != absl::string_view::npos) {
      result_.request.query = std::string(path.substr(question + 1));
    }
    if (result_.request.path.empty()) result_.request.path = "/";
  }

  State ParseHeaderLine() {
    if (at_ == input_.size()) return State::kIncomplete;
    const char first = input_[at_];
    if (first == '\r' || first == '\n') {
      absl::string_view nothing;
      const State state = ReadUntilEol(IsHeaderValueChar, &nothing);
      head_ended_ = state == State::kComplete;
      return state;
    }
    std::vector<HttpHeader>& headers = result_.request.headers;
    absl::string_view value;
    if (first == ' ' || first == '\t') {  // obs-fold
      if (headers.empty()) return State::kMalformed;
      const State state = ReadUntilEol(IsHeaderValueChar, &value);
      if (state == State::kComplete) {
        headers.back().value += ' ';
        headers.back().value += std::string(absl::StripAsciiWhitespace(value));
      }
      return state;
    }
    const size_t name_start = at_;
    while (at_ < input_.size() && IsTokenChar(input_[at_])) ++at_;
    if (at_ == input_.size()) return State::kIncomplete;
    if (at_ == name_start || input_[at_] != ':') return State::kMalformed;
    std::string name(input_.substr(name_start, at_ - name_start));
    ++at_;
    const State state = ReadUntilEol(IsHeaderValueChar, &value);
    if (state != State::kComplete) return state;
    if (headers.size() == kMaxHeaders) return State::kMalformed;
    headers.push_back({std::move(name), std::string(absl::StripAsciiWhitespace(value))});
    return State::kComplete;
  }

  absl::string_view input_;
  size_t at_ = 0;
  bool head_ended_ = false;
  HeadResult result_;
};

}  // namespace

HeadResult ParseHead(absl::string_view input) { return Parser(input).Parse(); }

}  // namespace openvidu::emulator
