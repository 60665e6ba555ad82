#ifndef EMULATOR_REST_FRONT_H_
#define EMULATOR_REST_FRONT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "emulator/api.h"
#include "emulator/basic_auth.h"
#include "emulator/cost_model.h"
#include "emulator/http_message.h"
#include "emulator/login_sessions.h"

namespace openvidu::emulator {

/// What Spring does before and after the controllers, in its order (openvidu-rest.md §1 "Order of
/// checks"): firewall, CORS, authentication, access rules, routes, and the headers of every answer.
/// Thread-safe.
class RestFront {
 public:
  /// `api` and `cost` outlive this.
  RestFront(Api& api, CostModel& cost, std::string secret);

  HttpResponse Handle(const HttpRequest& request, RequestBody& body);

  /// The route that the request would take, for counting and for faults.
  Route RouteOf(const HttpRequest& request) const;
  Credentials CredentialsOf(const HttpRequest& request) const {
    return CheckBasicAuth(request, secret_);
  }

  /// Forgets the cookies that were handed out.
  void Clear() { login_sessions_.Clear(); }

 private:
  HttpResponse RefuseByFirewall(const HttpRequest& request);
  HttpResponse Unauthorized(const HttpRequest& request, Credentials credentials,
                            HttpResponse response);
  HttpResponse AnswerPage(const HttpRequest& request, Credentials credentials,
                          HttpResponse response);
  HttpResponse AnswerWebSocketPath(const HttpRequest& request, const std::string& path,
                                   HttpResponse response);
  HttpResponse AnswerApi(const HttpRequest& request, RequestBody& body, const std::string& api_path,
                         HttpResponse response);

  Api& api_;
  CostModel& cost_;
  const std::string secret_;
  LoginSessions login_sessions_;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_REST_FRONT_H_
