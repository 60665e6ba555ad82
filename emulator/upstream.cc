#include "emulator/upstream.h"

#include "absl/status/status.h"

namespace openvidu::emulator {
namespace {

// Notes whether somebody read the body, because reading it for the log alone would wait where the
// real one answers.
class NotingBody : public RequestBody {
 public:
  explicit NotingBody(RequestBody& body) : body_(body) {}
  const absl::StatusOr<std::string>& Read() override {
    was_read_ = true;
    return body_.Read();
  }
  bool was_read() const { return was_read_; }

 private:
  RequestBody& body_;
  bool was_read_ = false;
};

bool IsAnswered(const Delivery& delivery) {
  return delivery.how != Delivery::How::kResetBefore && delivery.how != Delivery::How::kCloseBefore;
}

}  // namespace

Upstream::Upstream(const ApiConfig& config, std::string secret,
                   const std::function<absl::Time()>& clock)
    : store_(PublicUrl("wss", config), clock),
      api_(store_, config, clock),
      front_(api_, cost_, std::move(secret)) {}

HttpResponse Upstream::Handle(const HttpRequest& request, RequestBody& body) {
  NotingBody noting_body(body);
  const absl::optional<Fault> fault = faults_.Take(request);
  HttpResponse response;
  if (!fault.has_value() || fault->IsHandled()) {
    response = front_.Handle(request, noting_body);
  } else {
    noting_body.Read().status().IgnoreError();  // so that a test can see what it missed
  }
  if (fault.has_value()) ApplyFault(*fault, &response);
  response.delivery.latency = absl::Milliseconds(latency_ms_.load());
  if (is_logging_) Log(request, body, noting_body.was_read(), response);
  return response;
}

void Upstream::Log(const HttpRequest& request, RequestBody& body, bool body_was_read,
                   const HttpResponse& response) {
  RequestRecord record;
  record.endpoint = front_.RouteOf(request).name;
  record.method = request.method;
  record.target = request.target;
  if (body_was_read && body.Read().ok()) record.body = *body.Read();
  record.status = IsAnswered(response.delivery) ? response.status : 0;
  record.is_authenticated = front_.CredentialsOf(request) == Credentials::kAccepted;
  log_.Add(std::move(record));
}

void Upstream::Forget() {
  store_.Clear();
  front_.Clear();
}

}  // namespace openvidu::emulator
