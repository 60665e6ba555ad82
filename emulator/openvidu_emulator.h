#ifndef EMULATOR_OPENVIDU_EMULATOR_H_
#define EMULATOR_OPENVIDU_EMULATOR_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace openvidu::emulator {

class ControlSurface;
class HttpServer;
class Upstream;

struct EmulatorOptions {
  std::string listen_address =
      "127.0.0.1:4443";              ///< host:port of the REST API; port 0: any free one.
  std::string secret;                ///< OPENVIDU_SECRET; not empty.
  std::string control_address;       ///< host:port of the control surface; empty: off.
  std::string domain = "localhost";  ///< DOMAIN_OR_PUBLIC_IP, which tokens and /config name.
  int https_port = 4443;             ///< HTTPS_PORT, the same.
  /// How often sessions that nobody joined are collected, and from what age on. Interval 0: never.
  absl::Duration garbage_interval = absl::Seconds(900);
  absl::Duration garbage_threshold = absl::Seconds(3600);
  /// What each authenticated request costs and how many are served at once; see CostModel.
  absl::Duration cost_per_request;
  int concurrency = 0;
  /// What time it is for sessions, connections and their collection.
  std::function<absl::Time()> clock = absl::Now;
};

/// An in-memory stand-in for the REST API of openvidu-server 2.32.2 that its clients cannot tell
/// from the real one (emulator/README.md). Thread-safe.
class OpenViduEmulator {
 public:
  /// Errors: kInvalidArgument (an option), kUnavailable (a port is taken).
  static absl::StatusOr<std::unique_ptr<OpenViduEmulator>> Start(EmulatorOptions options);

  /// Stops at once if Stop() was not called.
  ~OpenViduEmulator();

  int port() const;
  /// 0 where there is no control surface.
  int control_port() const;

  /// Stops as the real server does on SIGTERM: connects are refused, requests in progress finish
  /// for up to 30 s, idle connections end. Returns when all is over.
  void Stop();

 private:
  explicit OpenViduEmulator(const EmulatorOptions& options);

  void StopWithin(absl::Duration grace);
  void CollectGarbage(absl::Duration interval, absl::Duration threshold);

  const std::unique_ptr<Upstream> upstream_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<ControlSurface> control_;
  std::unique_ptr<HttpServer> control_server_;

  std::mutex mutex_;
  std::condition_variable stopped_;
  bool is_stopped_ = false;
  std::thread garbage_thread_;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_OPENVIDU_EMULATOR_H_
