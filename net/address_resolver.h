#ifndef NET_ADDRESS_RESOLVER_H_
#define NET_ADDRESS_RESOLVER_H_

#include <sys/socket.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "net/reactor.h"

namespace openvidu::token {

/// A socket address to connect to.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

/// Looks one host up, anew each time, so that its name may move. getaddrinfo knows neither
/// deadlines nor cancellation, so each lookup has a thread of its own, which may outlive the
/// resolver. Of the reactor's thread only.
class AddressResolver {
 public:
  using Addresses = absl::StatusOr<std::vector<Address>>;
  using Done = absl::AnyInvocable<void(const Addresses&)>;

  AddressResolver(Reactor& reactor, const std::string& host, int port);
  /// Drops who still waits.
  ~AddressResolver();

  /// Calls `done` with one address or more, in the system's order of preference: at once where the
  /// host is an address, else on the reactor's thread, later. Who asks while a lookup is under way
  /// gets its result too. Errors: kUnavailable (no such name, no resolver).
  void Resolve(Done done);

 private:
  /// What the lookup's thread and the resolver share.
  struct Lookup;

  Reactor& reactor_;
  const std::string host_;
  const int port_;
  std::shared_ptr<Lookup> lookup_;  // null where none is under way
  std::vector<Done> waiting_;
};

}  // namespace openvidu::token

#endif  // NET_ADDRESS_RESOLVER_H_
