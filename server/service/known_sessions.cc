#include "server/service/known_sessions.h"

#include <mutex>

namespace openvidu::token {

bool KnownSessions::Has(const std::string& id) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return places_.count(id) > 0;
}

void KnownSessions::Add(const std::string& id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const auto known = places_.find(id); known != places_.end()) {
    order_.splice(order_.begin(), order_, known->second);
    return;
  }
  if (places_.size() >= capacity_) {
    places_.erase(order_.back());
    order_.pop_back();
  }
  order_.push_front(id);
  places_[id] = order_.begin();
}

void KnownSessions::Remove(const std::string& id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto known = places_.find(id);
  if (known == places_.end()) return;
  order_.erase(known->second);
  places_.erase(known);
}

}  // namespace openvidu::token
