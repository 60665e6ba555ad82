#ifndef HTTP_EXCHANGE_H_
#define HTTP_EXCHANGE_H_

#include <string>

#include "absl/time/time.h"

namespace openvidu::token {

/// How a request to another server can end without an HTTP answer.
enum class TransportFailure {
  kNone,
  kBusy,             ///< No connection came free in time.
  kQueueFull,        ///< Too many requests wait for a connection.
  kCircuitOpen,      ///< The server could not be reached of late, so that it was not tried.
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

/// What came of one request: an HTTP answer, or why there is none.
struct Exchange {
  TransportFailure failure = TransportFailure::kNone;
  std::string cause;  ///< Of the failure; may be empty.
  /// Of a request that was refused unsent: when to come again. Zero: not known.
  absl::Duration retry_after;
  int status = 0;  ///< Of the answer; 0 where there is none.
  std::string body;
};

}  // namespace openvidu::token

#endif  // HTTP_EXCHANGE_H_
