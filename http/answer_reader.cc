#include "http/answer_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

constexpr absl::string_view kHeadEnd = "\r\n\r\n";
constexpr size_t kMaxLineBytes = 8 * 1024;  // of a chunk's size or a trailer

// "HTTP/1.1 200" and then a space before the reason phrase, or nothing (RFC 9112 4).
bool IsStatusLine(absl::string_view line) {
  return line.size() >= 12 && line.size() <= AnswerReader::kMaxStatusLineBytes &&
         absl::StartsWith(line, "HTTP/1.") && absl::ascii_isdigit(line[7]) && line[8] == ' ' &&
         std::all_of(line.begin() + 9, line.begin() + 12, absl::ascii_isdigit) &&
         (line.size() == 12 || line[12] == ' ');
}

bool HasOption(absl::string_view list, absl::string_view option) {
  for (const absl::string_view element : absl::StrSplit(list, ',')) {
    if (absl::EqualsIgnoreCase(StripBlanks(element), option)) return true;
  }
  return false;
}

}  // namespace

AnswerReader::Result AnswerReader::Feed(absl::string_view bytes) {
  untouched_ = untouched_ && bytes.empty();
  Result result = Result::kNeedMore;
  while (result == Result::kNeedMore && !bytes.empty()) result = Step(&bytes);
  // Nobody asked for what stands behind the answer, so the next answer would not be the next one.
  if (!bytes.empty()) answer_.keep_alive = false;
  return result;
}

AnswerReader::Result AnswerReader::End() {
  if (stage_ == Stage::kToTheEnd) return Done();
  if (stage_ == Stage::kHead && !buffer_.empty()) {
    // A few bytes that cannot become a status line are no cut answer.
    const absl::string_view begin = "HTTP/1.";
    const size_t size = std::min(begin.size(), buffer_.size());
    if (absl::string_view(buffer_).substr(0, size) != begin.substr(0, size)) {
      return Result::kNotHttp;
    }
  }
  return Result::kCut;
}

HttpMessage AnswerReader::TakeAnswer() {
  HttpMessage answer = std::move(answer_);
  *this = AnswerReader();
  return answer;
}

AnswerReader::Result AnswerReader::Done() {
  stage_ = Stage::kDone;
  return Result::kAnswer;
}

AnswerReader::Result AnswerReader::Step(absl::string_view* in) {
  switch (stage_) {
    case Stage::kHead:
      return ReadHead(in);
    case Stage::kLength:
    case Stage::kChunkData:
    case Stage::kToTheEnd:
      return ReadBody(in);
    default:
      return ReadLine(in);
  }
}

AnswerReader::Result AnswerReader::ReadHead(absl::string_view* in) {
  // Mostly the head comes whole and is read where it stands.
  absl::string_view whole = *in;
  const size_t before = buffer_.size();
  if (before > 0) {
    buffer_.append(in->data(), in->size());
    whole = buffer_;
  }
  const size_t end = whole.find(kHeadEnd, before - std::min(before, kHeadEnd.size()));
  const absl::string_view head = whole.substr(0, end);
  const size_t line_end = head.find("\r\n");
  const absl::string_view line = head.substr(0, line_end);
  if (line_end == absl::string_view::npos && end == absl::string_view::npos) {
    if (line.size() > kMaxStatusLineBytes) return Result::kNotHttp;
  } else if (!IsStatusLine(line)) {
    return Result::kNotHttp;
  }
  if (head.size() > kMaxHeadBytes) return Result::kTooLarge;
  if (end == absl::string_view::npos) {
    if (before == 0) buffer_ = std::string(*in);
    in->remove_prefix(in->size());
    return Result::kNeedMore;
  }
  const Result result = ParseHead(head);
  in->remove_prefix(end + kHeadEnd.size() - before);
  buffer_.clear();
  return result;
}

AnswerReader::Result AnswerReader::ParseHead(absl::string_view head) {
  answer_.status = (head[9] - '0') * 100 + (head[10] - '0') * 10 + (head[11] - '0');
  answer_.keep_alive = head[7] != '0';
  int lengths = 0;
  int codings = 0;
  bool first = true;
  for (const absl::string_view line : absl::StrSplit(head, "\r\n")) {
    if (std::exchange(first, false)) continue;
    const size_t colon = line.find(':');
    if (colon == absl::string_view::npos || !IsToken(line.substr(0, colon))) {
      return Result::kNotHttp;
    }
    const absl::string_view name = line.substr(0, colon);
    const absl::string_view value = StripBlanks(line.substr(colon + 1));
    if (absl::EqualsIgnoreCase(name, "Content-Length")) {
      ++lengths;
      if (value.empty() || !std::all_of(value.begin(), value.end(), absl::ascii_isdigit)) {
        return Result::kNotHttp;
      }
      if (!absl::SimpleAtoi(value, &left_) || left_ > kMaxBodyBytes) return Result::kTooLarge;
    } else if (absl::EqualsIgnoreCase(name, "Transfer-Encoding")) {
      ++codings;
      if (!absl::EqualsIgnoreCase(value, "chunked")) return Result::kNotHttp;
    } else if (absl::EqualsIgnoreCase(name, "Connection")) {
      if (HasOption(value, "close")) answer_.keep_alive = false;
    }
  }
  if (lengths + codings > 1) return Result::kNotHttp;

  if (answer_.status < 200) {  // RFC 9110 15.2: the answer is still to come
    answer_ = {};
    left_ = 0;
    return Result::kNeedMore;
  }
  if (answer_.status == 204 || answer_.status == 304) return Done();
  if (codings > 0) {
    stage_ = Stage::kChunkSize;
  } else if (lengths == 0) {
    answer_.keep_alive = false;
    stage_ = Stage::kToTheEnd;
  } else if (left_ == 0) {
    return Done();
  } else {
    answer_.body.reserve(left_);
    stage_ = Stage::kLength;
  }
  return Result::kNeedMore;
}

AnswerReader::Result AnswerReader::ReadBody(absl::string_view* in) {
  const size_t size = stage_ == Stage::kToTheEnd ? in->size() : std::min(left_, in->size());
  if (answer_.body.size() + size > kMaxBodyBytes) return Result::kTooLarge;
  answer_.body.append(in->data(), size);
  in->remove_prefix(size);
  if (stage_ == Stage::kToTheEnd) return Result::kNeedMore;
  left_ -= size;
  if (left_ > 0) return Result::kNeedMore;
  if (stage_ == Stage::kLength) return Done();
  stage_ = Stage::kChunkEnd;
  return Result::kNeedMore;
}

AnswerReader::Result AnswerReader::ReadLine(absl::string_view* in) {
  const size_t end = in->find('\n');
  buffer_.append(in->data(), std::min(end, in->size()));
  in->remove_prefix(std::min(end, in->size() - 1) + 1);
  if (buffer_.size() > kMaxLineBytes) return Result::kTooLarge;
  if (end == absl::string_view::npos) return Result::kNeedMore;
  if (buffer_.empty() || buffer_.back() != '\r') return Result::kNotHttp;
  buffer_.pop_back();
  const std::string line = std::exchange(buffer_, "");
  switch (stage_) {
    case Stage::kChunkSize:
      return ParseChunkSize(line);
    case Stage::kChunkEnd:
      if (!line.empty()) return Result::kNotHttp;
      stage_ = Stage::kChunkSize;
      return Result::kNeedMore;
    default:  // kTrailer
      return line.empty() ? Done() : Result::kNeedMore;
  }
}

AnswerReader::Result AnswerReader::ParseChunkSize(absl::string_view line) {
  const absl::string_view digits = StripBlanks(line.substr(0, line.find(';')));
  if (digits.empty() || digits.size() > 8 ||
      !std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit)) {
    return Result::kNotHttp;
  }
  uint32_t size = 0;
  if (!absl::SimpleHexAtoi(digits, &size)) return Result::kNotHttp;
  left_ = size;
  stage_ = left_ == 0 ? Stage::kTrailer : Stage::kChunkData;
  return Result::kNeedMore;
}

}  // namespace openvidu::token
