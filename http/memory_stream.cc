#include "http/memory_stream.h"

#include <algorithm>

namespace openvidu::token {

ssize_t MemoryStream::read(char* buffer, size_t size) {
  const size_t taken = input_.copy(buffer, size);
  input_.remove_prefix(taken);
  return static_cast<ssize_t>(taken);
}

ssize_t MemoryStream::write(const char* bytes, size_t size) {
  output_.append(bytes, size);
  return static_cast<ssize_t>(size);
}

// The addresses are set by the responder, on the request itself.
void MemoryStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void MemoryStream::get_local_ip_and_port(std::string& ip, int& port) const {
  get_remote_ip_and_port(ip, port);
}

}  // namespace openvidu::token
