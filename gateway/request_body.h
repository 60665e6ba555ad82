#ifndef GATEWAY_REQUEST_BODY_H_
#define GATEWAY_REQUEST_BODY_H_

#include <google/protobuf/message.h>
#include <httplib.h>

#include "absl/status/status.h"
#include "openvidu/token/v1/token_service.pb.h"

namespace openvidu::token {

/// Reads a request's body into SessionProperties or ConnectionProperties, by its content type: JSON
/// (also as text/plain or with no type at all) or a form. A body of a form's type that is a JSON
/// object is read as JSON: curl -d says "form" unless told otherwise. No body is no properties,
/// whatever the type. Errors: kInvalidArgument; kUnimplemented (a media type or charset that is not
/// read: 415).
absl::Status ReadProperties(const httplib::Request& request, google::protobuf::Message& properties);

/// The same for a body that has both kinds of properties, which share no name. What neither knows
/// goes to both, for OpenVidu passes over what it does not know either.
absl::Status ReadJoinProperties(const httplib::Request& request, v1::SessionProperties& session,
                                v1::ConnectionProperties& connection);

}  // namespace openvidu::token

#endif  // GATEWAY_REQUEST_BODY_H_
