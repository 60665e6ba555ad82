#ifndef HTTP_EVENT_LOOP_H_
#define HTTP_EVENT_LOOP_H_

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/listener.h"
#include "http/connection.h"
#include "http/http_server.h"
#include "http/responder.h"
#include "http/worker_pool.h"

namespace openvidu::token {

/// Holds all connections of a server: accepts them, reads their requests, gives complete ones to
/// workers, and keeps every limit and timeout. One thread runs it.
class EventLoop {
 public:
  /// Takes `listener.fd` in any case. `responder` and `workers` outlive the loop's Run().
  /// Errors: kResourceExhausted.
  static absl::StatusOr<std::unique_ptr<EventLoop>> Create(const HttpServerOptions& options,
                                                           const HttpCallbacks& callbacks,
                                                           const Listener& listener,
                                                           Responder* responder,
                                                           WorkerPool* workers);

  /// To be destroyed after `workers` has joined.
  ~EventLoop();

  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Serves until Stop() has drained the connections.
  void Run();

  /// Makes Run() drain and return, `grace` from now and the time of the handlers still running at
  /// most. From any thread.
  void Stop(absl::Duration grace);

 private:
  using Clock = std::chrono::steady_clock;

  EventLoop(const HttpServerOptions& options, const HttpCallbacks& callbacks,
            const Listener& listener, Responder* responder, WorkerPool* workers);

  // Accepting. Accept() returns whether more may wait.
  bool Accept();
  void Add(int fd, HttpPeer peer);
  void HandleAcceptError(int error);
  void ListenAgain();

  // One connection. Each leaves it in the phase that it belongs to, kClosed maybe.
  void OnEvent(Connection* connection, uint32_t events);
  void Pump(Connection* connection);
  void PumpInput(Connection* connection, RequestReader::Result result);
  void Settle(Connection* connection);
  void Begin(Connection* connection);
  void Send(Connection* connection, HttpAnswer answer);
  void Flush(Connection* connection);
  void Fail(Connection* connection, int status, absl::string_view detail);
  void Linger(Connection* connection);
  void DropInput(Connection* connection);
  void Close(Connection* connection);
  void MoveTo(Connection* connection, Phase phase);
  void RunAgainLater(Connection* connection);
  void Count(Connection* connection, size_t buffered);

  // On a worker's thread.
  void Serve(Connection* connection);

  // All connections.
  void FinishServed();
  void RunUnfinished();
  void Expire();
  void Drain();
  bool Drained() const;
  int TimeoutMs() const;
  void Wake();

  std::list<Connection>& InPhase(Phase phase) { return phases_[static_cast<size_t>(phase)]; }
  const std::list<Connection>& InPhase(Phase phase) const {
    return phases_[static_cast<size_t>(phase)];
  }

  const HttpServerOptions options_;
  const HttpCallbacks callbacks_;
  Responder* const responder_;
  WorkerPool* const workers_;
  int listener_fd_;
  const int epoll_fd_;
  const int wake_fd_;

  // The rest but what mutex_ guards is the loop's own. Connections move from list to list and never
  // in memory. All of one phase have the same timeout, so that each list is in the order of
  // deadlines.
  std::array<std::list<Connection>, kPhases> phases_;
  std::array<Clock::duration, kPhases> timeouts_;
  std::vector<Connection*> unfinished_;  // gave way to others, though more could be read
  bool served_unseen_ = false;           // served_ may hold a connection that has more to read
  std::string scratch_;                  // what is read, for all connections
  Clock::time_point now_;
  size_t buffered_bytes_ = 0;
  size_t rejected_ = 0;  // connections over the limit that still get their answer
  bool accepting_ = true;
  Clock::time_point accept_again_;
  Clock::time_point next_warning_;
  bool draining_ = false;
  Clock::time_point drain_deadline_;

  std::atomic<bool> abandoning_{false};  // no handler is started any more
  std::mutex mutex_;
  std::vector<Connection*> served_;  // answered by a worker
  bool woken_ = false;
  bool stopping_ = false;
  Clock::duration grace_{};
};

}  // namespace openvidu::token

#endif  // HTTP_EVENT_LOOP_H_
