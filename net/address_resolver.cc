#include "net/address_resolver.h"

#include <netdb.h>

#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

AddressResolver::Addresses LookUp(const std::string& host, int port, int flags) {
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

}  // namespace

struct AddressResolver::Lookup {
  std::mutex mutex;
  AddressResolver* resolver;  // null when it is gone; guarded by mutex
};

AddressResolver::AddressResolver(Reactor& reactor, const std::string& host, int port)
    : reactor_(reactor), host_(host), port_(port) {}

AddressResolver::~AddressResolver() {
  if (lookup_ == nullptr) return;
  const std::lock_guard<std::mutex> lock(lookup_->mutex);
  lookup_->resolver = nullptr;
}

void AddressResolver::Resolve(Done done) {
  const Addresses numeric = LookUp(host_, port_, AI_NUMERICHOST);
  if (numeric.ok()) return done(numeric);

  waiting_.push_back(std::move(done));
  if (lookup_ != nullptr) return;
  lookup_ = std::make_shared<Lookup>();
  lookup_->resolver = this;
  const auto tell = [lookup = lookup_](const Addresses& addresses) {
    // The lock keeps the resolver, and so its reactor, alive until the task is posted.
    const std::lock_guard<std::mutex> lock(lookup->mutex);
    if (lookup->resolver == nullptr) return;
    lookup->resolver->reactor_.Post([lookup, addresses] {
      // Who posted this has left the reactor when it leaves the lock.
      const std::lock_guard<std::mutex> posted(lookup->mutex);
      AddressResolver* const resolver = lookup->resolver;
      if (resolver == nullptr) return;
      resolver->lookup_ = nullptr;
      for (Done& waiting : std::exchange(resolver->waiting_, {})) waiting(addresses);
    });
  };
  try {
    std::thread([tell, host = host_, port = port_] { tell(LookUp(host, port, 0)); }).detach();
  } catch (const std::system_error&) {
    tell(absl::UnavailableError(
        absl::StrCat("cannot look up the host '", host_, "': no thread to do it")));
  }
}

}  // namespace openvidu::token
