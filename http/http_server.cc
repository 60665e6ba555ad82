#include "http/http_server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/listener.h"
#include "common/log.h"
#include "http/event_loop.h"
#include "http/worker_pool.h"

namespace openvidu::token {
namespace {

// Left for what a process opens beside its clients' connections: the upstream's, files, the loop's
// own.
constexpr rlim_t kSpareDescriptors = 1024;

absl::Status Check(const HttpServerOptions& options, const HttpCallbacks& callbacks) {
  if (!callbacks.handler) return absl::InvalidArgumentError("the HTTP server has no handler");
  if (options.worker_threads < 1) {
    return absl::InvalidArgumentError("worker_threads must be 1 or more");
  }
  if (options.max_connections < 1) {
    return absl::InvalidArgumentError("max_connections must be 1 or more");
  }
  if (options.limits.max_target_bytes < 1 || options.limits.max_head_bytes < 64) {
    return absl::InvalidArgumentError("max_target_bytes or max_head_bytes leaves no request");
  }
  for (const absl::Duration timeout :
       {options.head_timeout, options.body_timeout, options.write_timeout, options.idle_timeout}) {
    if (timeout <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError("the HTTP server's timeouts must be longer than nothing");
    }
  }
  return absl::OkStatus();
}

// Returns how many connections the process can really hold, `wanted` at most: one too many is then
// told so, where without a descriptor it could only be left waiting.
size_t RaiseDescriptorLimit(size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = wanted + kSpareDescriptors;
  if (limit.rlim_cur < needed) {
    rlimit raised = limit;
    raised.rlim_cur = std::min(needed, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  if (limit.rlim_cur >= needed) return wanted;
  const size_t fitting = limit.rlim_cur - std::min(kSpareDescriptors, limit.rlim_cur / 2);
  LogInfo(absl::StrCat("at most ", fitting, " HTTP connections and not ", wanted,
                       ": the limit on descriptors is ", limit.rlim_cur));
  return fitting;
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const HttpServerOptions& options, const HttpCallbacks& callbacks)
      : responder(callbacks.error_handler,
                  static_cast<int>(
                      std::clamp<int64_t>(absl::ToInt64Seconds(options.idle_timeout), 1, 86400))),
        workers(static_cast<size_t>(options.worker_threads), options.max_pending_requests) {}

  Responder responder;
  std::unique_ptr<EventLoop> loop;  // outlives the workers' last call of it
  WorkerPool workers;
  Reactor* reactor = nullptr;
  int port = 0;
  std::once_flag stopped;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { Stop(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& asked,
                                                              const HttpCallbacks& callbacks,
                                                              Reactor& reactor) {
  if (const absl::Status status = Check(asked, callbacks); !status.ok()) return status;
  HttpServerOptions options = asked;
  options.max_connections = RaiseDescriptorLimit(asked.max_connections);
  const absl::StatusOr<Listener> listener = ListenTcp(options.listen_address);
  if (!listener.ok()) return listener.status();

  auto impl = std::make_unique<Impl>(options, callbacks);
  impl->reactor = &reactor;
  impl->port = listener->port;
  impl->loop = std::make_unique<EventLoop>(options, callbacks, *listener, reactor, &impl->responder,
                                           &impl->workers);
  reactor.Post([loop = impl->loop.get()] { loop->Listen(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const { return impl_->port; }

void HttpServer::Stop(absl::Duration grace) {
  std::call_once(impl_->stopped, [&] {
    impl_->loop->Stop(grace);
    impl_->workers.Join();
  });
}

}  // namespace openvidu::token
