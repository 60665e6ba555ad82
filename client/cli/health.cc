#include "client/cli/health.h"

#include <grpcpp/client_context.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/cli/report.h"
#include "client/token_channel.h"
#include "common/flags.h"
#include "common/grpc_status.h"
#include "common/status_details.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "openvidu/token/v1/token_service.grpc.pb.h"

namespace openvidu::token {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr char kUnreachable[] = "UNREACHABLE";
// Between two tries to reach a server; the channel has a rhythm of its own for connections.
constexpr absl::Duration kPause = absl::Seconds(1);

HealthCheckRequest Request() {
  HealthCheckRequest request;
  request.set_service(v1::TokenService::service_full_name());
  return request;
}

std::string WordOf(const HealthCheckResponse& response) {
  return HealthCheckResponse::ServingStatus_Name(response.status());
}

Style StyleOf(absl::string_view word) {
  if (word == "SERVING") return Style::kGreen;
  return word == kUnreachable ? Style::kRed : Style::kYellow;
}

bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status) || absl::IsUnknown(status);
}

/// Watches, again and again.
class Watcher {
 public:
  Watcher(const std::shared_ptr<grpc::Channel>& channel, Console& console)
      : stub_(Health::NewStub(channel)), console_(console) {}

  int Run() {
    while (true) {
      grpc::ClientContext context;
      if (!Begin(&context)) return kExitOk;
      const auto reader = stub_->Watch(&context, Request());
      HealthCheckResponse response;
      bool is_left = false;
      while (reader->Read(&response)) {
        Tell(WordOf(response), "");
        // A server that stops waits for its calls, and this one would not end.
        is_left = response.status() != HealthCheckResponse::SERVING;
        if (is_left) context.TryCancel();
      }
      const absl::Status ended = FromGrpcStatus(reader->Finish());
      if (!End()) return kExitOk;
      if (!is_left && !ended.ok() && !MayPass(ended)) return ReportFailure(ended, console_);
      if (!is_left) Tell(kUnreachable, std::string(ended.message()));
      if (!Pause()) return kExitOk;
    }
  }

  void Stop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    if (context_ != nullptr) context_->TryCancel();
    changed_.notify_all();
  }

 private:
  /// All return whether to go on.
  bool Begin(grpc::ClientContext* context) {
    const std::lock_guard<std::mutex> lock(mutex_);
    context_ = context;
    return !stopped_;
  }
  bool End() {
    const std::lock_guard<std::mutex> lock(mutex_);
    context_ = nullptr;
    return !stopped_;
  }
  bool Pause() {
    std::unique_lock<std::mutex> lock(mutex_);
    return !changed_.wait_for(lock, absl::ToChronoNanoseconds(kPause), [this] { return stopped_; });
  }

  void Tell(const std::string& word, const std::string& why) {
    if (word == last_) return;
    last_ = word;
    const absl::Time now = absl::Now();
    const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", now, absl::UTCTimeZone());
    Json value = {{"time", time}, {"status", word}};
    if (!why.empty()) value["cause"] = why;
    switch (console_.format) {
      case OutputFormat::kText:
        console_.out << time << "\t" << word << "\n";
        break;
      case OutputFormat::kTable:
        console_.out << absl::FormatTime("%H:%M:%S", now, absl::LocalTimeZone()) << "  "
                     << Styled(word, StyleOf(word), console_.colour_out)
                     << (why.empty() ? "" : "  ")
                     << Styled(Displayable(why), Style::kDim, console_.colour_out && !why.empty())
                     << "\n";
        break;
      case OutputFormat::kJson:  // one a line
        console_.out << value.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
        break;
      case OutputFormat::kYaml:  // one a document
        console_.out << "---\n" << ToYaml(value);
        break;
    }
    console_.out.flush();
  }

  const std::unique_ptr<Health::Stub> stub_;
  Console& console_;
  std::string last_;

  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  bool stopped_ = false;
  grpc::ClientContext* context_ = nullptr;  // of the call under way
};

}  // namespace

absl::StatusOr<std::string> HealthOf(const std::shared_ptr<grpc::Channel>& channel,
                                     absl::Duration timeout) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  HealthCheckResponse response;
  const absl::Status asked =
      FromGrpcStatus(Health::NewStub(channel)->Check(&context, Request(), &response));
  if (!asked.ok()) return asked;
  return WordOf(response);
}

int RunHealth(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout,
              Console& console) {
  const absl::StatusOr<std::string> health = HealthOf(channel, timeout);
  const std::string word = health.value_or(kUnreachable);
  if (console.format == OutputFormat::kTable) {
    console.out << Styled(word, StyleOf(word), console.colour_out) << "\n";
  } else {
    Print({{"status", word}}, word, console);
  }
  if (health.ok()) return word == "SERVING" ? kExitOk : kExitUnavailable;
  console.out.flush();
  const absl::Status& why = health.status();
  return ReportFailure(MayPass(why) ? WithReason(why, kTokenServerUnavailable) : why, console);
}

int RunWatch(const std::shared_ptr<grpc::Channel>& channel, Cancellation& end, Console& console) {
  const auto watcher = std::make_shared<Watcher>(channel, console);
  end.SetListener([watcher] { watcher->Stop(); });
  return watcher->Run();
}

}  // namespace openvidu::token
