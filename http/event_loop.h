#ifndef HTTP_EVENT_LOOP_H_
#define HTTP_EVENT_LOOP_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <latch>
#include <list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/listener.h"
#include "http/connection.h"
#include "http/http_server.h"
#include "http/responder.h"
#include "http/worker_pool.h"
#include "net/reactor.h"
#include "net/tls_server.h"

namespace openvidu::token {

/// Holds all connections of a server: accepts them, reads their requests, gives complete ones to
/// the handler, sends the answers, and keeps every limit and timeout. But for Stop(), all of it
/// runs on the reactor's thread.
class EventLoop final : private Reactor::Source {
 public:
  using Clock = Reactor::Clock;

  /// Takes `listener.fd`. The rest outlives the loop; `tls` is null where TLS is off.
  EventLoop(const HttpServerOptions& options, const HttpCallbacks& callbacks,
            const Listener& listener, Reactor& reactor, TlsServer* tls, Responder* responder,
            WorkerPool* workers);

  /// After Stop(), and to be destroyed after `workers` has joined.
  ~EventLoop() override;

  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Begins to accept connections.
  void Listen();

  /// Drains and returns, `grace` from now at the latest. From any other thread.
  void Stop(absl::Duration grace);

  /// HttpServer::state().
  HttpServerState state() const;

  /// `events` on the socket of `connection`.
  void OnEvent(Connection* connection, uint32_t events);
  /// The turn's end, when its answer goes out.
  void WriteAnswer(Connection* connection);
  /// The handler's answer, or that it gave none.
  void Answer(Connection* connection, httplib::Response response);
  void AnswerNothing(Connection* connection);

 private:
  void OnEvents(uint32_t events) override;  // of the listening socket

  // Accepting. Accept() returns whether more may wait.
  bool Accept();
  void Add(int fd, HttpPeer peer);
  void HandleAcceptError(int error);
  void ListenLater();

  // TLS or not. Each returns whether HTTP can be read now.
  bool Recognise(Connection* connection);
  bool BeginTls(Connection* connection);
  bool Handshake(Connection* connection);
  void TurnAway(Connection* connection);

  // One connection. Each leaves it in the phase that it belongs to, kClosed maybe.
  void Pump(Connection* connection);
  void PumpInput(Connection* connection, RequestReader::Result result);
  void Settle(Connection* connection);
  void Begin(Connection* connection);
  void Handle(const httplib::Request& request, HttpReply reply);
  void Observe(Connection* connection, const httplib::Request& request);
  void TellObservers(Connection* connection, const httplib::Response* response);
  void Respond(Connection* connection, const httplib::Response& response);
  void Refuse(Connection* connection, const httplib::Request& request, int status,
              absl::string_view detail);
  void Send(Connection* connection, HttpAnswer answer);
  void SetAnswer(Connection* connection, HttpAnswer answer);
  void Flush(Connection* connection);
  void Fail(Connection* connection, int status, absl::string_view detail);
  void Linger(Connection* connection);
  void DropInput(Connection* connection);
  void Close(Connection* connection);
  void MoveTo(Connection* connection, Phase phase);
  void RunAgainLater(Connection* connection);
  void Count(Connection* connection, size_t buffered);

  // All connections.
  void RunUnfinished();
  void Expire();
  void ExpireAt(Clock::time_point time);
  void Drain(Clock::duration grace);
  void CloseFresh();
  void EndGrace();
  void Cut();
  void DeleteClosed();

  std::list<Connection>& InPhase(Phase phase) { return phases_[static_cast<size_t>(phase)]; }

  const HttpServerOptions options_;
  const HttpCallbacks callbacks_;
  Reactor& reactor_;
  TlsServer* const tls_;
  Responder* const responder_;
  WorkerPool* const workers_;
  int listener_fd_;

  // Connections move from list to list and never in memory. All of one phase have the same timeout,
  // so that each list is in the order of deadlines.
  std::array<std::list<Connection>, kPhases> phases_;
  std::array<Clock::duration, kPhases> timeouts_;
  Reactor::Timer timer_;                 // of the first deadline, or earlier
  std::deque<Connection*> unfinished_;  // gave way to others, though more could be read
  bool runs_unfinished_ = false;        // RunUnfinished() is posted
  std::string scratch_;                  // what is read, for all connections
  size_t buffered_bytes_ = 0;
  size_t unsent_bytes_ = 0;  // of all answers, whole ones as long as a part is left
  size_t rejected_ = 0;  // connections over the limit that still get their answer
  bool accepting_ = false;
  Clock::time_point next_warning_;
  bool deletes_closed_ = false;  // is posted
  bool draining_ = false;
  Reactor::Timer fresh_timer_;
  Reactor::Timer grace_timer_;
  Reactor::Timer listen_timer_;
  std::atomic<bool> abandoning_{false};  // no handler is started any more
  std::latch drained_{1};
};

}  // namespace openvidu::token

#endif  // HTTP_EVENT_LOOP_H_
