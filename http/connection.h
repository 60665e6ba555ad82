#ifndef HTTP_CONNECTION_H_
#define HTTP_CONNECTION_H_

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <utility>

#include "http/request_reader.h"
#include "http/responder.h"
#include "http/transport.h"

namespace openvidu::token {

/// What a connection waits for. The event loop keeps one list of connections for each.
enum class Phase {
  kIdle,    ///< The first byte of a request.
  kHead,    ///< The rest of a head.
  kBody,    ///< The rest of a body.
  kBusy,    ///< A worker, which alone touches `request`, `answer`, `sent`, `broken` and `transport`
            ///< now.
  kWrite,   ///< The client, to take the rest of an answer.
  kLinger,  ///< The client, to close: it has the last answer and may still be sending.
  kClosed,  ///< Its deletion, at the end of the loop's turn.
};
inline constexpr size_t kPhases = 7;

/// Whether input is what the connection waits for.
inline bool IsReading(Phase phase) {
  return phase == Phase::kIdle || phase == Phase::kHead || phase == Phase::kBody;
}

/// One client. All but what Phase::kBusy lends to a worker belongs to the event loop's thread.
struct Connection {
  Connection(std::unique_ptr<Transport> opened, HttpPeer other_end, const RequestLimits* limits)
      : transport(std::move(opened)), peer(std::move(other_end)), reader(limits) {}

  std::unique_ptr<Transport> transport;  // null when closed
  const HttpPeer peer;
  RequestReader reader;

  HttpRequest request;  // the one request in progress
  HttpAnswer answer;
  size_t sent = 0;      // bytes of the answer
  bool broken = false;  // the answer cannot be sent

  Phase phase = Phase::kIdle;
  std::chrono::steady_clock::time_point deadline;  // of the phase
  std::list<Connection>::iterator self;            // in the list of the phase

  bool readable = false;    // the socket may have bytes; edge-triggered epoll says it once
  bool hung_up = false;     // the end of input is behind those bytes
  bool runs_again = false;  // is in the loop's list of unfinished turns
  bool rejected = false;    // over the limit of connections
  bool wakes_loop = false;  // when its worker is done; guarded by the loop's mutex
  size_t buffered = 0;      // its part in what the loop counts
  size_t lingered = 0;      // bytes read and dropped in kLinger
};

}  // namespace openvidu::token

#endif  // HTTP_CONNECTION_H_
