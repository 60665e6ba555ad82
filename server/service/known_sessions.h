#ifndef SERVER_SERVICE_KNOWN_SESSIONS_H_
#define SERVER_SERVICE_KNOWN_SESSIONS_H_

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace openvidu::token {

/// The sessions that were there when they were last heard of, the most recent ones. A hint and no
/// truth: it only decides what OpenVidu is asked first. Thread-safe.
class KnownSessions {
 public:
  explicit KnownSessions(size_t capacity = 10'000) : capacity_(capacity) {}

  bool Has(const std::string& id) const;
  void Add(const std::string& id);
  void Remove(const std::string& id);

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;      // guards all below
  std::list<std::string> order_;  // the most recent first
  std::unordered_map<std::string, std::list<std::string>::iterator> places_;
};

}  // namespace openvidu::token

#endif  // SERVER_SERVICE_KNOWN_SESSIONS_H_
