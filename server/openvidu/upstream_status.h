#ifndef SERVER_OPENVIDU_UPSTREAM_STATUS_H_
#define SERVER_OPENVIDU_UPSTREAM_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// How an exchange with OpenVidu can end without an HTTP answer.
enum class TransportFailure {
  kNone,
  kBusy,             ///< No connection came free in time.
  kQueueFull,        ///< Too many requests wait for a connection.
  kCircuitOpen,      ///< OpenVidu could not be reached of late, so that it was not tried.
  kCancelled,        ///< The caller has gone.
  kStopping,         ///< This service stops, and nothing was sent.
  kStoppingSent,     ///< …, and the request, or a part of it, was sent.
  kResolve,          ///< The host's name is not known.
  kResolveDeadline,  ///< …or was not found in time.
  kConnect,          ///< Refused, unreachable.
  kConnectDeadline,  ///< Not connected, or TLS not agreed on, in time.
  kTls,              ///< No TLS, or a certificate that is not trusted.
  kSend,             ///< The connection broke while the request was sent.
  kNoAnswer,         ///< The connection ended before the first byte of an answer.
  kCutAnswer,        ///< The connection ended within the answer.
  kAnswerDeadline,   ///< The request was sent, and the time ran out.
  kAnswerTooLarge,   ///< More than we read.
  kNotHttp,          ///< Something that is no HTTP answer.
};

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
