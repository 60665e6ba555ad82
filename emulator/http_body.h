#ifndef EMULATOR_HTTP_BODY_H_
#define EMULATOR_HTTP_BODY_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "emulator/http_head.h"
#include "emulator/http_message.h"
#include "emulator/http_socket.h"

namespace openvidu::emulator {

/// The body of the request whose head was just consumed from `socket`.
class SocketBody : public RequestBody {
 public:
  /// Both outlive this.
  SocketBody(HttpSocket& socket, const RequestFraming& framing)
      : socket_(socket), framing_(framing) {}

  const absl::StatusOr<std::string>& Read() override;

  /// Whether nothing of the body is left on the connection.
  bool IsRead() const {
    return (was_read_ && body_.ok()) || (!framing_.chunked && framing_.content_length == 0);
  }

  /// Whether so much is left that Tomcat closes instead of reading over it.
  bool IsTooBigToSkip() const;

  /// Reads over what is left, so that the next request can follow. Returns false where the
  /// connection is of no more use.
  bool Skip();

 private:
  absl::Status ReadSized(int64_t size);
  absl::Status ReadChunked();
  absl::StatusOr<std::string> ReadLine();
  absl::Status ReceiveMore();

  HttpSocket& socket_;
  const RequestFraming& framing_;
  bool was_read_ = false;
  bool is_broken_ = false;  // not even a wait can mend it
  absl::StatusOr<std::string> body_ = std::string();
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_HTTP_BODY_H_
