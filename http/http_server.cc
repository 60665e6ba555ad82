#include "http/http_server.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/descriptor_limit.h"
#include "common/flags.h"
#include "common/listener.h"
#include "common/log.h"
#include "http/event_loop.h"
#include "http/worker_pool.h"

namespace openvidu::token {
class HttpServer::Impl {
 public:
  Impl(const HttpServerOptions& options, const HttpCallbacks& callbacks)
      : responder(callbacks.error_handler,
                  static_cast<int>(
                      std::clamp<int64_t>(absl::ToInt64Seconds(options.idle_timeout), 1, 86400)),
                  absl::ToInt64Seconds(options.hsts)),
        workers(static_cast<size_t>(options.worker_threads), options.max_pending_requests) {}

  Responder responder;
  std::unique_ptr<TlsServer> tls;
  std::unique_ptr<EventLoop> loop;  // outlives the workers' last call of it
  WorkerPool workers;
  Reactor* reactor = nullptr;
  int port = 0;
  std::once_flag stopped;
};

absl::Status HttpServer::Check(const HttpServerOptions& options) {
  std::vector<absl::Status> statuses;
  const auto require = [&statuses](bool holds, absl::string_view mistake) {
    if (!holds) statuses.push_back(absl::InvalidArgumentError(mistake));
  };
  if (const auto address = CheckListenAddress(options.listen_address); !address.ok()) {
    statuses.push_back(
        absl::InvalidArgumentError(absl::StrCat("HTTP address: ", address.message())));
  }
  require(options.worker_threads >= 1, "worker_threads must be 1 or more");
  require(options.max_connections >= 1, "max_http_connections must be 1 or more");
  require(options.max_pending_requests >= 1, "max_pending_requests must be 1 or more");
  require(options.limits.max_body_bytes >= 1, "max_body_bytes must be 1 or more");
  require(options.limits.max_target_bytes >= 1 && options.limits.max_head_bytes >= 64,
          "max_target_bytes or max_head_bytes leaves no request");
  require(std::min({options.head_timeout, options.body_timeout, options.write_timeout,
                    options.idle_timeout}) > absl::ZeroDuration(),
          "the HTTP server's timeouts must be longer than nothing");
  require(options.hsts == absl::ZeroDuration() ||
              (options.hsts >= absl::Seconds(1) && options.hsts < absl::InfiniteDuration()),
          "hsts must be 0 or at least a second");
  require(options.tls_mode != TlsMode::kOff || options.hsts == absl::ZeroDuration(),
          "hsts is for HTTPS, and TLS is off");
  require(options.tls_mode != TlsMode::kOff || options.tls.client_ca_file.empty(),
          "tls_client_ca_file is for HTTPS, and TLS is off");
  if (options.tls_mode != TlsMode::kOff) statuses.push_back(TlsServer::Check(options.tls));
  return AllMistakes(statuses);
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { Stop(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& asked,
                                                              const HttpCallbacks& callbacks,
                                                              Reactor& reactor) {
  if (!callbacks.handler) return absl::InvalidArgumentError("the HTTP server has no handler");
  if (const absl::Status status = Check(asked); !status.ok()) return status;
  HttpServerOptions options = asked;
  options.max_connections = RaiseDescriptorLimit(asked.max_connections);
  if (options.max_connections < asked.max_connections) {
    // One too many is then told so, where without a descriptor it could only be left waiting.
    LogInfo(absl::StrCat("at most ", options.max_connections, " HTTP connections and not ",
                         asked.max_connections, ": the limit on descriptors"));
  }
  std::unique_ptr<TlsServer> tls;
  if (options.tls_mode != TlsMode::kOff) {
    absl::StatusOr<std::unique_ptr<TlsServer>> made = TlsServer::Create(options.tls, reactor);
    if (!made.ok()) return made.status();
    tls = *std::move(made);
  }
  const absl::StatusOr<Listener> listener = ListenOrTake(options.listen_address);
  if (!listener.ok()) return listener.status();

  auto impl = std::make_unique<Impl>(options, callbacks);
  impl->reactor = &reactor;
  impl->port = listener->port;
  impl->tls = std::move(tls);
  impl->loop = std::make_unique<EventLoop>(options, callbacks, *listener, reactor, impl->tls.get(),
                                           &impl->responder, &impl->workers);
  reactor.Post([loop = impl->loop.get()] { loop->Listen(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const { return impl_->port; }

HttpServerState HttpServer::state() const { return impl_->loop->state(); }

void HttpServer::BeginDrain() { impl_->responder.CloseFromNowOn(); }

void HttpServer::Stop(absl::Duration grace) {
  std::call_once(impl_->stopped, [&] {
    impl_->loop->Stop(grace);
    impl_->workers.Join();
  });
}

}  // namespace openvidu::token
