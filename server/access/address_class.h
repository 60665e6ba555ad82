#ifndef SERVER_ACCESS_ADDRESS_CLASS_H_
#define SERVER_ACCESS_ADDRESS_CLASS_H_

#include <sys/socket.h>

namespace openvidu::token {

/// How far an address leads.
enum class AddressClass {
  kPublic,   ///< Into the Internet.
  kPrivate,  ///< Into a network of the operator's: RFC 1918, shared (RFC 6598), unique local (RFC
             ///< 4193).
  /// Where no camera is: this machine, this link (and so a cloud's metadata service), a multicast
  /// group, nowhere, or what IANA keeps for itself or for documents.
  kSpecial,
};

/// By IANA's special-purpose address registries. An IPv6 address that stands for an IPv4 one
/// (mapped, NAT64) is of its class; 6to4 and Teredo are special. So is another family than these.
AddressClass ClassifyAddress(const sockaddr_storage& address);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_ADDRESS_CLASS_H_
