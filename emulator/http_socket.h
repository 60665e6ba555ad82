#ifndef EMULATOR_HTTP_SOCKET_H_
#define EMULATOR_HTTP_SOCKET_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace openvidu::emulator {

/// One accepted TCP connection with what was received of it and not yet used. Used by one thread,
/// but for Cut(), which any thread may call.
class HttpSocket {
 public:
  enum class Received { kData, kEnd, kTimeout };

  /// Takes over `fd`.
  explicit HttpSocket(int fd);
  ~HttpSocket();

  HttpSocket(const HttpSocket&) = delete;
  HttpSocket& operator=(const HttpSocket&) = delete;

  absl::string_view pending() const { return absl::string_view(buffer_).substr(used_); }
  void Consume(size_t bytes);

  /// Waits up to `timeout` for more bytes.
  Received Receive(absl::Duration timeout);

  /// Sends everything. Returns false where the peer is gone or takes nothing for a minute.
  bool Send(absl::string_view bytes);

  /// Waits for `duration`. Returns false at once where the connection is cut or reset meanwhile.
  bool Pause(absl::Duration duration);

  /// Sends FIN behind what was sent, unless ResetOnClose() was called.
  void FinishSending();

  /// Lets the destructor send RST instead of FIN.
  void ResetOnClose();

  /// Ends the connection from another thread: the owner's reads and writes fail from now on.
  void Cut();

 private:
  const int fd_;
  std::string buffer_;
  size_t used_ = 0;
  bool is_reset_wanted_ = false;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_HTTP_SOCKET_H_
