#include "server/openvidu/address_resolver.h"

#include <netdb.h>

#include <cstring>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace openvidu::token {
namespace {

using Addresses = absl::StatusOr<std::vector<Address>>;

Addresses Lookup(const std::string& host, int port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failed != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot look up the host '", host, "': ", gai_strerror(failed)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* a = list.get(); a != nullptr; a = a->ai_next) {
    Address address;
    std::memcpy(&address.storage, a->ai_addr, a->ai_addrlen);
    address.size = a->ai_addrlen;
    addresses.push_back(address);
  }
  return addresses;
}

struct Pending {
  absl::Notification done;
  Addresses result = absl::UnknownError("");
};

}  // namespace

Addresses ResolveAddresses(const std::string& host, int port, absl::Time deadline) {
  Addresses numeric = Lookup(host, port, AI_NUMERICHOST);
  if (numeric.ok()) return numeric;

  // A resolver that hangs is asked once for all who wait, not once by each.
  static absl::Mutex mutex(absl::kConstInit);
  static auto& running = *new std::vector<std::pair<std::string, std::weak_ptr<Pending>>>();
  std::shared_ptr<Pending> pending;
  {
    const std::string key = absl::StrCat(host, ":", port);
    absl::MutexLock lock(&mutex);
    for (auto it = running.begin(); it != running.end();) {
      std::shared_ptr<Pending> other = it->second.lock();
      const bool useful = other != nullptr && !other->done.HasBeenNotified();
      if (useful && it->first == key) pending = std::move(other);
      it = useful ? it + 1 : running.erase(it);
    }
    if (pending == nullptr) {
      pending = std::make_shared<Pending>();
      running.emplace_back(key, pending);
      std::thread([pending, host, port] {
        pending->result = Lookup(host, port, 0);
        pending->done.Notify();
      }).detach();
    }
  }
  if (!pending->done.WaitForNotificationWithDeadline(deadline)) {
    return absl::DeadlineExceededError(
        absl::StrCat("the lookup of the host '", host, "' took too long"));
  }
  return pending->result;
}

}  // namespace openvidu::token
