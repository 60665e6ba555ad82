#ifndef SERVER_OPENVIDU_UPSTREAM_STATUS_H_
#define SERVER_OPENVIDU_UPSTREAM_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "http/exchange.h"

namespace openvidu::token {

/// The one table from what OpenVidu answers, or fails to answer, to what our caller is told.
/// `message` is OpenVidu's own, where it gave one, or the cause of a transport failure.
absl::Status StatusFromHttp(int http_status, absl::string_view message);
/// A 404 that is not OpenVidu's: its own is for a session that is not there, and has no body
/// (openvidu-rest.md §0, §2).
absl::Status ForeignNotFound();
absl::Status StatusFromTransport(TransportFailure failure, absl::string_view message);

/// OpenVidu answered 200 with something else than the JSON of the contract.
absl::Status BadAnswer(absl::string_view why);

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_UPSTREAM_STATUS_H_
