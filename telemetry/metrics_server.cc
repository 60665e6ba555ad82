#include "telemetry/metrics_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/host_port.h"
#include "common/log.h"
#include "http/problem.h"

namespace openvidu::token {
namespace {

constexpr char kType[] = "text/plain; version=0.0.4; charset=utf-8";

/// Few ask, and nobody else shall cost the process much.
HttpServerOptions OptionsFor(const std::string& address) {
  HttpServerOptions options;
  options.listen_address = address;
  options.max_connections = 64;
  options.max_pending_requests = 16;
  options.worker_threads = 1;
  options.limits.max_body_bytes = 1;
  return options;
}

void SetProblem(int status, absl::string_view detail, httplib::Response& response) {
  response.status = status;
  response.set_content(ProblemJson(status, detail), kProblemJsonType);
}

httplib::Response Answer(const httplib::Request& request, Metrics& metrics) {
  httplib::Response response;
  if (request.target.substr(0, request.target.find('?')) != "/metrics") {
    SetProblem(404, "There is nothing at this path; the metrics are at /metrics", response);
  } else if (request.method != "GET" && request.method != "HEAD") {
    SetProblem(405, "This path takes GET, HEAD", response);
    response.set_header("Allow", "GET, HEAD");
  } else {
    response.status = 200;
    response.set_content(metrics.Text(), kType);
    response.set_header("Cache-Control", "no-store");
  }
  return response;
}

}  // namespace

absl::Status MetricsServer::Check(const std::string& address) {
  if (address.empty()) return absl::OkStatus();
  const absl::Status status = HttpServer::Check(OptionsFor(address));
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat("metrics_address: ", status.message()));
}

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(const std::string& address,
                                                                    Metrics& metrics,
                                                                    Reactor& reactor) {
  if (absl::Status mistakes = Check(address); !mistakes.ok()) return mistakes;
  if (address.empty()) return std::unique_ptr<MetricsServer>();
  // Without runs_inline: on a worker's thread, for to write it takes longer than a turn of the
  // reactor's may.
  HttpCallbacks callbacks;
  callbacks.handler = [&metrics](const httplib::Request& request, HttpReply reply) {
    reply.Send(Answer(request, metrics));
  };
  auto http = HttpServer::Start(OptionsFor(address), callbacks, reactor);
  if (!http.ok()) return http.status();
  LogInfo(absl::StrCat("metrics on ", WithPort(address, (*http)->port())));
  return std::unique_ptr<MetricsServer>(new MetricsServer(*std::move(http)));
}

}  // namespace openvidu::token
