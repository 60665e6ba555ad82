#ifndef GATEWAY_GATEWAY_FLAGS_H_
#define GATEWAY_GATEWAY_FLAGS_H_

#include "gateway/gateway_server.h"

namespace openvidu::token {

/// The options that token-gateway and token-standalone share, from flags; without the address.
GatewayOptions GatewayOptionsFromFlags();

}  // namespace openvidu::token

#endif  // GATEWAY_GATEWAY_FLAGS_H_
