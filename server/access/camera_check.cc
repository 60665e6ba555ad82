#include "server/access/camera_check.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/access/address_class.h"

namespace openvidu::token {
namespace {

constexpr char kField[] = "rtspUri";

absl::Status Judge(const AddressResolver::Addresses& addresses, bool allow_private) {
  const auto is_allowed = [allow_private](const Address& address) {
    const AddressClass address_class = ClassifyAddress(address.storage);
    return address_class == AddressClass::kPublic ||
           (address_class == AddressClass::kPrivate && allow_private);
  };
  if (addresses.ok() && !addresses->empty() &&
      std::all_of(addresses->begin(), addresses->end(), is_allowed)) {
    return absl::OkStatus();
  }
  return Denied(kField, "The camera's host has no address, or one that is not allowed");
}

}  // namespace

CameraCheck::CameraCheck(Reactor& reactor, size_t max_lookups)
    : reactor_(reactor), max_lookups_(max_lookups) {}

CameraCheck::~CameraCheck() {
  for (Lookup& lookup : lookups_) {
    Tell(lookup, absl::UnavailableError("The server is stopping; nothing happened"));
  }
}

void CameraCheck::Check(const CameraHost& camera, absl::Time deadline, Done done) {
  if (lookups_.size() >= max_lookups_) {
    return done(WithField(
        absl::ResourceExhaustedError("Too many cameras' hosts are being looked up; try again"),
        kField));
  }
  const auto lookup = lookups_.insert(
      lookups_.end(),
      Lookup{std::make_unique<AddressResolver>(reactor_, camera.host, 0), {}, std::move(done)});
  if (deadline != absl::InfiniteFuture()) {
    lookup->timer = reactor_.RunAt(
        Reactor::Clock::now() + absl::ToChronoNanoseconds(deadline - absl::Now()), [lookup] {
          // It keeps its place: its thread cannot be ended.
          Tell(*lookup, WithField(absl::DeadlineExceededError(
                                      "The camera's host could not be looked up in time"),
                                  kField));
        });
  }
  lookup->resolver->Resolve([this, lookup, allow_private = camera.allow_private_addresses](
                                const AddressResolver::Addresses& addresses) {
    reactor_.Cancel(lookup->timer);
    // The resolver goes when it has returned from here.
    auto ended = std::make_shared<Lookup>(std::move(*lookup));
    lookups_.erase(lookup);
    reactor_.Post([ended] {});
    Tell(*ended, Judge(addresses, allow_private));
  });
}

void CameraCheck::Tell(Lookup& lookup, const absl::Status& status) {
  if (lookup.done != nullptr) std::exchange(lookup.done, nullptr)(status);
}

}  // namespace openvidu::token
