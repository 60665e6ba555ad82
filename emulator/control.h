#ifndef EMULATOR_CONTROL_H_
#define EMULATOR_CONTROL_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "emulator/http_message.h"
#include "emulator/http_server.h"
#include "emulator/upstream.h"

namespace openvidu::emulator {

/// The control surface of tests, on a port of its own: JSON over HTTP under /control
/// (emulator/README.md).
class ControlSurface : public HttpHandler {
 public:
  /// Both outlive this.
  ControlSurface(Upstream& upstream, HttpServer& server) : upstream_(upstream), server_(server) {}

  HttpResponse Handle(const HttpRequest& request, RequestBody& body) override;

 private:
  HttpResponse Answer(const std::string& what, const nlohmann::json& body);
  HttpResponse AnswerSession(const std::string& what, const nlohmann::json& body);
  HttpResponse PostFault(const nlohmann::json& body);
  HttpResponse GetRequests();
  HttpResponse GetLog();
  HttpResponse GetState();
  void Restart();

  Upstream& upstream_;
  HttpServer& server_;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_CONTROL_H_
