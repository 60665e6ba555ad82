#ifndef SERVER_OPENVIDU_UPSTREAM_STREAM_H_
#define SERVER_OPENVIDU_UPSTREAM_STREAM_H_

#include <httplib.h>
#include <openssl/ssl.h>

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/openvidu/upstream_status.h"

namespace openvidu::token {

/// One request and its answer on a connected socket, as cpp-httplib wants to write and read them,
/// but with a deadline for the whole exchange (httplib's own timeouts start anew at each byte) and
/// in one send and few receives. The answer's head is read whole and checked before httplib sees
/// any of it: httplib matches the status line by a regular expression that a long one would crash
/// (traps of 0.11.4). Not thread-safe. Borrows `fd` and `tls`.
class UpstreamStream : public httplib::Stream {
 public:
  /// `fd` is non-blocking; `tls` is null for plain HTTP.
  UpstreamStream(int fd, SSL* tls, absl::Time deadline) : fd_(fd), tls_(tls), deadline_(deadline) {}

  /// Why the exchange failed; kNone while it has not.
  TransportFailure failure() const { return failure_; }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return failure_ == TransportFailure::kNone; }
  ssize_t read(char* out, size_t size) override;
  ssize_t write(const char* data, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return fd_; }

  static constexpr size_t kMaxStatusLineBytes = 1024;
  static constexpr size_t kMaxHeadBytes = 64 * 1024;
  static constexpr size_t kMaxAnswerBytes = 8 * 1024 * 1024;

 private:
  bool Flush();
  bool ReadHead();
  /// Appends what has come to `in_`; false at its end, on an error and at the deadline.
  bool Receive();
  bool Fail(TransportFailure failure);
  bool HeadIsSane(size_t head_end) const;

  const int fd_;
  SSL* const tls_;
  const absl::Time deadline_;
  TransportFailure failure_ = TransportFailure::kNone;
  std::string out_;
  std::string in_;
  size_t read_ = 0;  ///< How much of `in_` httplib has taken.
  bool head_read_ = false;
  bool ended_ = false;
};

/// Waits until `fd` is ready for `events` (POLLIN, POLLOUT) or in error; false at the deadline.
bool WaitForSocket(int fd, short events, absl::Time deadline);

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_UPSTREAM_STREAM_H_
