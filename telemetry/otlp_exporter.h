#ifndef TELEMETRY_OTLP_EXPORTER_H_
#define TELEMETRY_OTLP_EXPORTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "http/client_connection.h"
#include "http/http_url.h"
#include "net/address_resolver.h"
#include "net/reactor.h"
#include "net/tls_client.h"
#include "telemetry/otlp_json.h"
#include "telemetry/span.h"

namespace openvidu::token {

/// Where spans go, and how. The numbers are those of OpenTelemetry's batch span processor.
struct OtlpExporterOptions {
  /// Of an OTLP/HTTP collector, http:// or https://; its path for traces is added.
  std::string endpoint;
  std::string ca_file;        ///< PEM bundle to verify the collector by. Empty: the system's.
  std::string headers;        ///< More headers of each request, each with its line's end.
  OtlpResource resource;      ///< What the spans come from.
  size_t max_waiting = 2048;  ///< More spans are dropped, and counted.
  size_t max_batch = 512;     ///< Spans of one request.
  absl::Duration delay = absl::Seconds(5);     ///< The longest time that a span waits for others.
  absl::Duration timeout = absl::Seconds(10);  ///< Of one request.
  /// After a failure; doubles with each more in a row, up to max_retry.
  absl::Duration first_retry = absl::Seconds(1);
  absl::Duration max_retry = absl::Seconds(30);
  absl::Duration end_timeout = absl::Seconds(2);  ///< What waits at the end has this time.
};

/// Errors: kInvalidArgument naming every mistake, by the flag's name, one a line.
absl::Status CheckOtlpExporterOptions(const OtlpExporterOptions& options);

/// Sends spans to a collector by OTLP/HTTP, in JSON. Whoever has a span never waits for it: what a
/// collector that is slow, or away, does not take is dropped. That it fails is logged, and that it
/// works again.
class OtlpExporter final : public SpanSink, private ClientConnection::Owner {
 public:
  /// `reactor`, which the encoding takes time of, outlives it. Errors: those of
  /// CheckOtlpExporterOptions.
  static absl::StatusOr<std::unique_ptr<OtlpExporter>> Create(Reactor& reactor,
                                                              const OtlpExporterOptions& options);
  /// Sends what waits, as far as `end_timeout` goes. Not on the reactor's thread.
  ~OtlpExporter() override;

  void Add(Span span) override;

  /// The spans that were lost: too many waited, or the collector refused them.
  uint64_t dropped() const;

 private:
  OtlpExporter(Reactor& reactor, const OtlpExporterOptions& options, HttpUrl url,
               std::unique_ptr<TlsClient> tls);

  void OnExchange(ClientConnection* connection, Exchange exchange) override;
  void OnIdleClosed(ClientConnection* /*connection*/) override {}

  void SendLater();
  void SendNow();
  void Send();
  void EndSend(const Exchange& exchange);
  void TryAgain(const std::string& why);
  void Lose(uint64_t spans, const std::string& why);
  void ReportLosses();
  void TellIfDone();

  Reactor& reactor_;
  const OtlpExporterOptions options_;
  const HttpUrl url_;
  const std::unique_ptr<TlsClient> tls_;

  mutable std::mutex mutex_;
  std::vector<Span> waiting_;  // guarded by mutex_
  uint64_t dropped_ = 0;       // the same

  // Of the reactor's thread.
  std::unique_ptr<AddressResolver> resolver_;
  std::unique_ptr<ClientConnection> connection_;
  std::string body_;  // under way, or to be sent again; empty: none
  uint64_t body_spans_ = 0;
  bool sending_ = false;
  int failures_ = 0;                 // in a row
  uint64_t reported_ = 0;            // of dropped_
  absl::AnyInvocable<void()> done_;  // what waits for the end; null: it has not come
  Reactor::Timer timer_;
};

}  // namespace openvidu::token

#endif  // TELEMETRY_OTLP_EXPORTER_H_
