#ifndef HTTP_CONNECTION_H_
#define HTTP_CONNECTION_H_

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <utility>

#include "http/http_handler.h"
#include "http/request_reader.h"
#include "http/responder.h"
#include "net/reactor.h"
#include "net/tls_transport.h"
#include "net/transport.h"

namespace openvidu::token {

class EventLoop;

/// What a connection waits for. The event loop keeps one list of connections for each.
enum class Phase {
  kIdle,       ///< The first byte of a request.
  kHandshake,  ///< The rest of a TLS handshake.
  kHead,       ///< The rest of a head.
  kBody,       ///< The rest of a body.
  kBusy,       ///< The handler's answer.
  kWrite,      ///< The client, to take the rest of an answer.
  kLinger,     ///< The client, to close: it has the last answer and may still be sending.
  kClosed,     ///< Its deletion, at the end of the loop's turn.
};
inline constexpr size_t kPhases = 8;

/// Whether input of HTTP is what the connection waits for.
inline bool IsReading(Phase phase) {
  return phase == Phase::kIdle || phase == Phase::kHead || phase == Phase::kBody;
}

/// One client. All of it belongs to the reactor's thread.
struct Connection final : Reactor::Source {
  Connection(EventLoop* event_loop, int fd, HttpPeer other_end, const RequestLimits* limits)
      : loop(event_loop),
        transport(std::make_unique<TcpTransport>(fd)),
        peer(std::move(other_end)),
        reader(limits) {}

  void OnEvents(uint32_t events) override;
  void OnTurnEnd() override;

  EventLoop* const loop;
  std::unique_ptr<Transport> transport;  // null when closed
  TlsTransport* tls = nullptr;           // the same, where it is TLS
  HttpPeer peer;
  RequestReader reader;

  // Of the one request in progress.
  std::shared_ptr<HttpReply::Pending> pending;  // null where nobody works on an answer
  std::shared_ptr<ObservedRequest> observed;    // null where nobody observes, or it is answered
  std::chrono::steady_clock::time_point began;  // when its first byte came
  AnswerForm form;
  HttpAnswer answer;
  size_t sent = 0;  // bytes of the answer

  Phase phase = Phase::kIdle;
  std::chrono::steady_clock::time_point deadline;  // of the phase
  std::list<Connection>::iterator self;            // in the list of the phase

  bool fresh = true;         // no request of it has come yet
  bool closes_soon = false;  // where none comes
  bool recognised = false;   // whether it is TLS is known
  bool readable = false;     // the socket may have bytes; edge-triggered epoll says it once
  bool hung_up = false;      // the end of input is behind those bytes
  bool gone = false;         // nothing that is sent reaches the client any more
  bool runs_again = false;   // is in the loop's list of unfinished turns
  bool rejected = false;     // over the limit of connections
  size_t buffered = 0;       // its part in what the loop counts
  size_t lingered = 0;       // bytes read and dropped in kLinger
};

}  // namespace openvidu::token

#endif  // HTTP_CONNECTION_H_
