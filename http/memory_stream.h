#ifndef HTTP_MEMORY_STREAM_H_
#define HTTP_MEMORY_STREAM_H_

#include <httplib.h>

#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// What cpp-httplib takes for a connection: bytes to read, and a string that takes what it writes.
/// Never waits, so the library's own timeouts and its ways of waiting have no part in serving.
class MemoryStream final : public httplib::Stream {
 public:
  /// `input` outlives the stream.
  explicit MemoryStream(absl::string_view input) : input_(input) {}

  /// Returns what was written.
  std::string TakeOutput() { return std::move(output_); }

  bool is_readable() const override { return !input_.empty(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* buffer, size_t size) override;
  ssize_t write(const char* bytes, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  // The library answers 500 where this is FD_SETSIZE or more, although it never selects on it.
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  absl::string_view input_;
  std::string output_;
};

}  // namespace openvidu::token

#endif  // HTTP_MEMORY_STREAM_H_
