#include "emulator/request_log.h"

namespace openvidu::emulator {
namespace {

constexpr size_t kMaxRecords = 1000;
constexpr size_t kMaxBytes = 64 << 20;

size_t SizeOf(const RequestRecord& record) {
  return sizeof record + record.target.size() + record.body.size();
}

}  // namespace

void RequestLog::Add(RequestRecord record) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++counts_["total"];
  if (record.is_authenticated) ++counts_["authenticated"];
  ++counts_[record.endpoint];
  bytes_ += SizeOf(record);
  records_.push_back(std::move(record));
  while (records_.size() > kMaxRecords || (bytes_ > kMaxBytes && records_.size() > 1)) {
    bytes_ -= SizeOf(records_.front());
    records_.pop_front();
  }
}

void RequestLog::Clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  counts_.clear();
  records_.clear();
  bytes_ = 0;
}

std::map<std::string, int64_t> RequestLog::Counts() {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::map<std::string, int64_t> counts = counts_;
  counts.emplace("total", 0);
  counts.emplace("authenticated", 0);
  return counts;
}

std::vector<RequestRecord> RequestLog::Records() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return {records_.begin(), records_.end()};
}

}  // namespace openvidu::emulator
