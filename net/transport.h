#ifndef NET_TRANSPORT_H_
#define NET_TRANSPORT_H_

#include <cstddef>
#include <utility>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// The byte stream below a connection, never waiting. Used by one thread at a time. The destructor
/// closes the socket.
class Transport {
 public:
  enum class Status { kOk, kWouldBlock, kEnd, kBroken };

  struct Result {
    Status status;
    size_t bytes = 0;  ///< Read or written, with kOk; more than 0.
    bool drained =
        false;  ///< No byte more was there to read, so trying again is for the next event.
  };

  virtual ~Transport() = default;

  virtual Result Read(char* buffer, size_t size) = 0;
  virtual Result Write(absl::string_view bytes) = 0;

  virtual int fd() const = 0;

  /// Tells the other end that nothing follows; reading goes on.
  virtual void ShutdownWrite() = 0;
};

/// A connected, non-blocking TCP socket, which it owns.
class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(int fd) : fd_(fd) {}
  ~TcpTransport() override;

  TcpTransport(const TcpTransport&) = delete;
  TcpTransport& operator=(const TcpTransport&) = delete;

  Result Read(char* buffer, size_t size) override;
  Result Write(absl::string_view bytes) override;
  int fd() const override { return fd_; }
  void ShutdownWrite() override;

  /// Gives the socket away; what is left is good for destruction only.
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

}  // namespace openvidu::token

#endif  // NET_TRANSPORT_H_
