#include "gateway/gateway_server.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/host_port.h"

namespace openvidu::token {

absl::StatusOr<std::unique_ptr<GatewayServer>> GatewayServer::Start(
    const GatewayOptions& options, std::unique_ptr<TokenClient> client) {
  std::vector<std::string> mistakes;
  if (const auto address = ParseHostPort(options.http.listen_address); !address.ok()) {
    mistakes.push_back(absl::StrCat("HTTP address: ", address.status().message()));
  }
  absl::StatusOr<Cors> cors = Cors::Create(options.cors_allowed_origins);
  if (!cors.ok()) mistakes.emplace_back(cors.status().message());
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));

  std::unique_ptr<GatewayServer> server(new GatewayServer(std::move(client), *std::move(cors)));
  Gateway& gateway = server->gateway_;
  HttpCallbacks callbacks;
  callbacks.handler = [&gateway](const httplib::Request& request, httplib::Response& response) {
    gateway.Handle(request, response);
  };
  callbacks.error_handler = [&gateway](int status, absl::string_view detail,
                                       const httplib::Request& request,
                                       httplib::Response& response) {
    gateway.HandleError(status, detail, request, response);
  };
  callbacks.runs_inline = Gateway::AnswersAtOnce;
  absl::StatusOr<std::unique_ptr<HttpServer>> http = HttpServer::Start(options.http, callbacks);
  if (!http.ok()) return http.status();
  server->http_ = *std::move(http);
  return server;
}

}  // namespace openvidu::token
