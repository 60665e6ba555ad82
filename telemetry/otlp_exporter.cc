#include "telemetry/otlp_exporter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"
#include "common/flags.h"
#include "common/log.h"
#include "common/version.h"

namespace openvidu::token {
namespace {

constexpr char kEndpointName[] = "otlp_endpoint";
constexpr char kCaFileName[] = "otlp_ca_file";
constexpr char kTracesPath[] = "/v1/traces";

absl::StatusOr<HttpUrl> ParseEndpoint(const std::string& endpoint) {
  return ParseHttpUrl(absl::StrCat(absl::StripSuffix(endpoint, "/"), kTracesPath), kEndpointName);
}

/// OTLP/HTTP: these are worth to be sent again, all others are not.
bool IsRetryable(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

absl::Status CheckOtlpExporterOptions(const OtlpExporterOptions& options) {
  return AllMistakes(
      {ParseEndpoint(options.endpoint).status(), CheckCaFile(options.ca_file, kCaFileName)});
}

absl::StatusOr<std::unique_ptr<OtlpExporter>> OtlpExporter::Create(
    Reactor& reactor, const OtlpExporterOptions& options) {
  absl::StatusOr<HttpUrl> url = ParseEndpoint(options.endpoint);
  if (!url.ok()) return url.status();
  absl::StatusOr<std::unique_ptr<TlsClient>> tls =
      MakeTlsClient(*url, options.ca_file, kCaFileName);
  if (!tls.ok()) return tls.status();
  return std::unique_ptr<OtlpExporter>(
      new OtlpExporter(reactor, options, *std::move(url), *std::move(tls)));
}

OtlpExporter::OtlpExporter(Reactor& reactor, const OtlpExporterOptions& options, HttpUrl url,
                           std::unique_ptr<TlsClient> tls)
    : reactor_(reactor), options_(options), url_(std::move(url)), tls_(std::move(tls)) {
  reactor_.RunAndWait([this] {
    resolver_ = std::make_unique<AddressResolver>(reactor_, url_.host, url_.port);
    Owner& owner = *this;
    connection_ = std::make_unique<ClientConnection>(reactor_, url_, *resolver_, tls_.get(), owner);
  });
}

OtlpExporter::~OtlpExporter() {
  absl::Notification done;
  reactor_.RunAndWait([this, &done] {
    done_ = [&done] { done.Notify(); };
    if (!sending_) SendNow();
    TellIfDone();
  });
  done.WaitForNotificationWithTimeout(options_.end_timeout);
  reactor_.RunAndWait([this] {
    done_ = nullptr;
    reactor_.Cancel(timer_);
    connection_ = nullptr;
    resolver_ = nullptr;
  });
}

void OtlpExporter::Add(Span span) {
  size_t size = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.size() >= options_.max_waiting) {
      ++dropped_;
      return;
    }
    waiting_.push_back(std::move(span));
    size = waiting_.size();
  }
  // The first one begins the time, the last one of a batch ends it.
  if (size == 1) reactor_.Post([this] { SendLater(); });
  if (size == options_.max_batch) {
    reactor_.Post([this] {
      if (!sending_ && body_.empty()) SendNow();
    });
  }
}

uint64_t OtlpExporter::dropped() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return dropped_;
}

void OtlpExporter::SendLater() {
  if (sending_ || !body_.empty()) return;  // the end of that goes on
  reactor_.Cancel(timer_);
  timer_ = reactor_.RunAt(Reactor::Clock::now() + absl::ToChronoNanoseconds(options_.delay),
                          [this] { SendNow(); });
}

void OtlpExporter::SendNow() {
  reactor_.Cancel(timer_);
  if (!body_.empty()) return Send();
  std::vector<Span> batch;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto end = waiting_.begin() +
                     static_cast<std::ptrdiff_t>(std::min(waiting_.size(), options_.max_batch));
    batch.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
  }
  if (batch.empty()) return;
  body_ = OtlpJson(options_.resource, batch);
  body_spans_ = batch.size();
  Send();
}

void OtlpExporter::Send() {
  sending_ = true;
  connection_->Send(
      absl::StrCat("POST ", url_.path, " HTTP/1.1\r\nHost: ", url_.HostHeader(),
                   "\r\nContent-Type: application/json\r\nUser-Agent: " TOKEN_USER_AGENT "\r\n",
                   options_.headers, "Content-Length: ", body_.size(), "\r\n\r\n", body_),
      Reactor::Clock::now() + absl::ToChronoNanoseconds(options_.timeout));
}

void OtlpExporter::OnExchange(ClientConnection* /*connection*/, Exchange exchange) {
  // Not here and now: this may be within Send().
  timer_ =
      reactor_.RunAt(reactor_.now(), [this, exchange = std::move(exchange)] { EndSend(exchange); });
}

void OtlpExporter::EndSend(const Exchange& exchange) {
  sending_ = false;
  if (exchange.failure != TransportFailure::kNone) {
    return TryAgain(exchange.cause.empty() ? "no answer" : exchange.cause);
  }
  if (IsRetryable(exchange.status)) return TryAgain(absl::StrCat("it answers ", exchange.status));
  if (exchange.status / 100 != 2) {
    Lose(body_spans_, absl::StrCat("it answers ", exchange.status));
  } else {
    if (failures_ > 0) LogInfo("spans are sent again");
    if (const uint64_t refused = RejectedSpans(exchange.body); refused > 0) {
      Lose(refused, "it refused them");
    }
  }
  failures_ = 0;
  body_.clear();
  ReportLosses();
  size_t waiting = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting = waiting_.size();
  }
  if (waiting >= options_.max_batch || (waiting > 0 && done_ != nullptr)) {
    SendNow();
  } else if (waiting > 0) {
    SendLater();
  }
  TellIfDone();
}

void OtlpExporter::TryAgain(const std::string& why) {
  if (failures_ == 0) {
    LogWarning("spans cannot be sent", {{"collector", url_.HostHeader()}, {"why", why}});
  }
  const absl::Duration pause =
      std::min(options_.first_retry * (1 << std::min(failures_, 10)), options_.max_retry);
  ++failures_;
  ReportLosses();
  if (done_ != nullptr) return TellIfDone();
  timer_ = reactor_.RunAt(Reactor::Clock::now() + absl::ToChronoNanoseconds(pause),
                          [this] { SendNow(); });
}

void OtlpExporter::Lose(uint64_t spans, const std::string& why) {
  LogWarning("spans were refused",
             {{"collector", url_.HostHeader()}, {"why", why}, {"spans", absl::StrCat(spans)}});
  const std::lock_guard<std::mutex> lock(mutex_);
  dropped_ += spans;
  reported_ += spans;
}

void OtlpExporter::ReportLosses() {
  const uint64_t lost = dropped() - reported_;
  if (lost == 0) return;
  reported_ += lost;
  LogWarning("spans were lost: too many waited", {{"spans", absl::StrCat(lost)}});
}

/// At the end nothing is tried again.
void OtlpExporter::TellIfDone() {
  if (done_ == nullptr || sending_) return;
  absl::AnyInvocable<void()> done = std::exchange(done_, nullptr);
  done();
}

}  // namespace openvidu::token
