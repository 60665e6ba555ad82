#ifndef TESTS_SUPPORT_SCRIPTED_UPSTREAM_H_
#define TESTS_SUPPORT_SCRIPTED_UPSTREAM_H_

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// A TCP server that answers by the byte what a test says, to see what a client makes of it.
class ScriptedUpstream {
 public:
  /// One connection, as its script sees it.
  class Peer {
   public:
    explicit Peer(int fd, ScriptedUpstream& upstream) : fd_(fd), upstream_(upstream) {}
    /// Reads one request, whose length is its Content-Length; false at the end of the connection.
    bool ReadRequest();
    void Send(absl::string_view bytes);
    /// Ends the connection with a reset instead of a FIN.
    void Reset();
    int fd() const { return fd_; }
    /// Whether the upstream is being destroyed, for scripts that wait.
    bool Stopping() const;

   private:
    const int fd_;
    ScriptedUpstream& upstream_;
  };
  using Script = std::function<void(Peer&)>;

  /// Runs `script` for each connection, on a thread of its own; the connection ends with it.
  explicit ScriptedUpstream(Script script);
  ~ScriptedUpstream();

  int port() const { return port_; }
  std::string url() const;
  /// The requests read so far, whole.
  std::vector<std::string> requests() const;
  int connections() const;

 private:
  void Accept();

  const Script script_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;  // guards all below
  bool stopping_ = false;
  std::vector<std::string> requests_;
  std::vector<int> fds_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// An HTTP answer with a Content-Length.
std::string HttpAnswerText(int status, absl::string_view body,
                           absl::string_view content_type = "application/json");

}  // namespace openvidu::token

#endif  // TESTS_SUPPORT_SCRIPTED_UPSTREAM_H_
