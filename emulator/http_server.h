#ifndef EMULATOR_HTTP_SERVER_H_
#define EMULATOR_HTTP_SERVER_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "emulator/http_connection.h"
#include "emulator/http_message.h"

namespace openvidu::emulator {

/// A listener and the connections that it accepted, a thread each. Thread-safe.
class HttpServer {
 public:
  /// Listens on `host:port` (port 0: any free one). `handler` outlives the server.
  /// Errors: those of ListenTcp().
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(absl::string_view host_port,
                                                           HttpHandler& handler);

  /// Stops at once, cutting what is left.
  ~HttpServer();

  int port() const { return port_; }

  /// Closes the listener, so that connects are refused, or opens it again on the same port.
  void StopListening();
  void ResumeListening();

  /// As StopListening(), and listens again by itself after `duration`.
  void RefuseFor(absl::Duration duration);

  /// Ends the connections on which no request is being answered, or all of them (and waits up to
  /// two seconds until they are gone).
  void CutIdle();
  void CutAll();

  /// As OpenVidu on SIGTERM [15]: from now on no more connects and no more requests. Waits up to
  /// `grace` until those that are being answered are done.
  void Drain(absl::Duration grace);

  /// Ends all connections and waits until the last handler has returned. To be called after
  /// Drain().
  void Finish();

 private:
  HttpServer(int fd, int port, std::string host_port, HttpHandler& handler);

  void AcceptLoop();
  void Spawn(int fd);
  void Wake();
  /// Waits until no request is being answered, or for `deadline`. `lock` holds mutex_.
  void WhileBusy(std::unique_lock<std::mutex>& lock, absl::Time deadline);
  bool WantsListening() const {
    return wants_listening_ && !is_stopping_ && absl::Now() >= refuse_until_;
  }

  const int port_;
  const std::string host_port_;  // with the port that was chosen
  HttpHandler& handler_;
  const int wake_fd_;
  std::atomic<bool> is_draining_{false};

  std::mutex mutex_;
  std::condition_variable changed_;
  int listen_fd_;
  bool wants_listening_ = true;
  absl::Time refuse_until_ = absl::InfinitePast();
  bool is_stopping_ = false;
  std::unordered_set<HttpConnection*> connections_;

  std::thread accept_thread_;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_HTTP_SERVER_H_
