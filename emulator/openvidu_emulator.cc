#include "emulator/openvidu_emulator.h"

#include <vector>

#include "absl/status/status.h"
#include "common/flags.h"
#include "common/log.h"
#include "emulator/control.h"
#include "emulator/http_server.h"
#include "emulator/upstream.h"

namespace openvidu::emulator {
namespace {

constexpr absl::Duration kShutdownGrace = absl::Seconds(30);  // [15]

absl::Status CheckOptions(const EmulatorOptions& options) {
  std::vector<absl::Status> statuses;
  const auto require = [&statuses](bool holds, absl::string_view mistake) {
    if (!holds) statuses.push_back(absl::InvalidArgumentError(mistake));
  };
  require(!options.secret.empty(), "the secret is empty");
  require(!options.domain.empty(), "domain is empty");
  require(options.https_port >= 1 && options.https_port <= 65535, "https_port is not 1…65535");
  require(options.garbage_interval >= absl::ZeroDuration(), "garbage_interval is negative");
  require(options.garbage_threshold >= absl::ZeroDuration(), "garbage_threshold is negative");
  require(options.cost_per_request >= absl::ZeroDuration(), "cost_per_request is negative");
  require(options.concurrency >= 0, "concurrency is negative");
  return token::AllMistakes(statuses);
}

ApiConfig ConfigOf(const EmulatorOptions& options) {
  return {.domain = options.domain,
          .https_port = options.https_port,
          .garbage_interval = options.garbage_interval,
          .garbage_threshold = options.garbage_threshold};
}

}  // namespace

absl::StatusOr<std::unique_ptr<OpenViduEmulator>> OpenViduEmulator::Start(EmulatorOptions options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  std::unique_ptr<OpenViduEmulator> emulator(new OpenViduEmulator(options));
  absl::StatusOr<std::unique_ptr<HttpServer>> server =
      HttpServer::Start(options.listen_address, *emulator->upstream_);
  if (!server.ok()) return server.status();
  emulator->server_ = *std::move(server);
  if (!options.control_address.empty()) {
    emulator->upstream_->StartLog();
    emulator->control_ = std::make_unique<ControlSurface>(*emulator->upstream_, *emulator->server_);
    absl::StatusOr<std::unique_ptr<HttpServer>> control =
        HttpServer::Start(options.control_address, *emulator->control_);
    if (!control.ok()) return control.status();
    emulator->control_server_ = *std::move(control);
  }
  if (options.garbage_interval > absl::ZeroDuration()) {
    emulator->garbage_thread_ = std::thread(&OpenViduEmulator::CollectGarbage, emulator.get(),
                                            options.garbage_interval, options.garbage_threshold);
  }
  return emulator;
}

OpenViduEmulator::OpenViduEmulator(const EmulatorOptions& options)
    : upstream_(std::make_unique<Upstream>(ConfigOf(options), options.secret, options.clock)) {
  upstream_->cost().Set(options.cost_per_request, options.concurrency);
}

OpenViduEmulator::~OpenViduEmulator() { StopWithin(absl::ZeroDuration()); }

int OpenViduEmulator::port() const { return server_->port(); }

int OpenViduEmulator::control_port() const {
  return control_server_ == nullptr ? 0 : control_server_->port();
}

void OpenViduEmulator::Stop() { StopWithin(kShutdownGrace); }

void OpenViduEmulator::StopWithin(absl::Duration grace) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (is_stopped_) return;
    is_stopped_ = true;
    stopped_.notify_all();
  }
  if (garbage_thread_.joinable()) garbage_thread_.join();
  if (control_server_ != nullptr) {
    control_server_->Drain(absl::ZeroDuration());
    control_server_->Finish();
  }
  if (server_ != nullptr) server_->Drain(grace);
  upstream_->cost().Stop();  // whoever still waits for its turn then has waited long enough
  if (server_ != nullptr) server_->Finish();
}

void OpenViduEmulator::CollectGarbage(absl::Duration interval, absl::Duration threshold) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopped_.wait_for(lock, absl::ToChronoNanoseconds(interval),
                            [this] { return is_stopped_; })) {
    const size_t collected = upstream_->store().CollectGarbage(threshold);
    if (collected > 0) {
      token::LogInfo(absl::StrCat("collected ", collected, " sessions that nobody joined"));
    }
  }
}

}  // namespace openvidu::emulator
