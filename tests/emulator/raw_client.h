#ifndef TESTS_EMULATOR_RAW_CLIENT_H_
#define TESTS_EMULATOR_RAW_CLIENT_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "emulator/openvidu_emulator.h"

namespace openvidu::emulator {

/// An answer as it was on the wire.
struct RawAnswer {
  int status = 0;         ///< 0: no answer came.
  std::string head;       ///< Status line and headers with their CR LF.
  std::string body;       ///< As far as it came, by Content-Length or chunked.
  bool is_whole = false;  ///< Whether all of it came.
};

/// One TCP connection to 127.0.0.1 and nothing between a test and its bytes.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();

  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool is_connected() const { return is_connected_; }
  void Send(absl::string_view bytes);
  /// Reads the next answer; `to_head` says that it is one to a HEAD.
  RawAnswer Read(bool to_head = false);
  RawAnswer Exchange(absl::string_view bytes);

  /// Waits for the end of the connection: true after FIN or RST, false if the peer stays or sends
  /// more.
  bool IsClosedByPeer();
  /// Whether the end was an RST.
  bool was_reset() const { return was_reset_; }

 private:
  bool Receive();

  int fd_ = -1;
  bool is_connected_ = false;
  bool was_reset_ = false;
  std::string buffer_;
};

/// The secret of the emulators in these tests, and the header that carries it.
inline constexpr char kSecret[] = "MY_SECRET";
inline constexpr char kAuthorization[] = "Authorization: Basic T1BFTlZJRFVBUFA6TVlfU0VDUkVU\r\n";

/// A request with credentials; JSON where there is a body. `headers` end with CR LF each.
std::string Request(absl::string_view method, absl::string_view path, absl::string_view body = "",
                    absl::string_view headers = "");

/// Starts an emulator on free ports, with a control surface; fails the test where it cannot.
std::unique_ptr<OpenViduEmulator> StartEmulator(EmulatorOptions options = {});

/// Sends one request on a connection of its own.
RawAnswer Send(int port, absl::string_view request);

}  // namespace openvidu::emulator

#endif  // TESTS_EMULATOR_RAW_CLIENT_H_
