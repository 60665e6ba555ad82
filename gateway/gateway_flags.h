#ifndef GATEWAY_GATEWAY_FLAGS_H_
#define GATEWAY_GATEWAY_FLAGS_H_

#include "gateway/gateway_server.h"

namespace openvidu::token {

/// The options that token-gateway and token-standalone share, from flags; without the address.
/// `ui_by_default`: whether there is a try-it page where --ui does not say.
GatewayOptions GatewayOptionsFromFlags(bool ui_by_default);

}  // namespace openvidu::token

#endif  // GATEWAY_GATEWAY_FLAGS_H_
