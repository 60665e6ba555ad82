#include "emulator/faults.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace openvidu::emulator {
namespace {

constexpr std::pair<absl::string_view, Fault::Kind> kNames[] = {
    {"reset_before_answer", Fault::Kind::kResetBeforeAnswer},
    {"close_before_answer", Fault::Kind::kCloseBeforeAnswer},
    {"handle_then_close", Fault::Kind::kHandleThenClose},
    {"reset_mid_answer", Fault::Kind::kResetMidAnswer},
    {"close_mid_answer", Fault::Kind::kCloseMidAnswer},
    {"reset_after_answer", Fault::Kind::kResetAfterAnswer},
    {"stall_before_head", Fault::Kind::kStallBeforeHead},
    {"stall_mid_body", Fault::Kind::kStallMidBody},
    {"drip", Fault::Kind::kDrip},
    {"status", Fault::Kind::kStatus},
    {"garbage_body", Fault::Kind::kGarbageBody},
    {"truncated_json", Fault::Kind::kTruncatedJson},
    {"wrong_content_type", Fault::Kind::kWrongContentType},
    {"huge_answer", Fault::Kind::kHugeAnswer},
};

Delivery::How HowOf(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::kResetBeforeAnswer:
      return Delivery::How::kResetBefore;
    case Fault::Kind::kCloseBeforeAnswer:
    case Fault::Kind::kHandleThenClose:
      return Delivery::How::kCloseBefore;
    case Fault::Kind::kResetMidAnswer:
      return Delivery::How::kResetMiddle;
    case Fault::Kind::kCloseMidAnswer:
      return Delivery::How::kCloseMiddle;
    case Fault::Kind::kResetAfterAnswer:
      return Delivery::How::kResetAfter;
    case Fault::Kind::kStallBeforeHead:
      return Delivery::How::kStallBefore;
    case Fault::Kind::kStallMidBody:
      return Delivery::How::kStallMiddle;
    case Fault::Kind::kDrip:
      return Delivery::How::kDrip;
    default:
      return Delivery::How::kWhole;
  }
}

}  // namespace

bool Fault::IsHandled() const {
  return kind != Kind::kResetBeforeAnswer && kind != Kind::kCloseBeforeAnswer &&
         kind != Kind::kStatus && kind != Kind::kHugeAnswer;
}

absl::optional<Fault::Kind> FaultKindFromName(absl::string_view name) {
  for (const auto& [known, kind] : kNames) {
    if (known == name) return kind;
  }
  return absl::nullopt;
}

bool PathFits(absl::string_view pattern, absl::string_view path) {
  if (pattern.empty()) return true;
  const bool is_prefix = absl::ConsumeSuffix(&pattern, "*");
  const std::vector<absl::string_view> wanted = absl::StrSplit(pattern, '/');
  const std::vector<absl::string_view> given = absl::StrSplit(path, '/');
  if (is_prefix ? given.size() < wanted.size() : given.size() != wanted.size()) return false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const bool is_variable = absl::StartsWith(wanted[i], "{") && absl::EndsWith(wanted[i], "}");
    const bool is_last = i + 1 == wanted.size();
    const bool fits = is_variable            ? !given[i].empty()
                      : is_prefix && is_last ? absl::StartsWith(given[i], wanted[i])
                                             : given[i] == wanted[i];
    if (!fits) return false;
  }
  return true;
}

void ApplyFault(const Fault& fault, HttpResponse* response) {
  response->delivery.how = HowOf(fault.kind);
  response->delivery.pause = fault.kind == Fault::Kind::kDrip ? fault.interval : fault.duration;
  response->delivery.then_close = fault.then_close;
  switch (fault.kind) {
    case Fault::Kind::kStatus:
      response->status = fault.status;
      response->headers = fault.headers;
      response->body = fault.body;
      break;
    case Fault::Kind::kGarbageBody:
      response->body.assign("\x01\xff\xfe<<< \x00 garbage >>>", 20);
      break;
    case Fault::Kind::kTruncatedJson:
      response->body.resize(response->body.size() / 2);
      break;
    case Fault::Kind::kWrongContentType:
      response->content_type = "text/html;charset=utf-8";
      break;
    case Fault::Kind::kHugeAnswer:
      response->content_type = "application/json";
      response->body = R"({"padding":")";
      response->body.append(fault.bytes, 'x');
      response->body.append(R"("})");
      break;
    default:
      break;
  }
}

void FaultPlan::Add(Fault fault) {
  const std::lock_guard<std::mutex> lock(mutex_);
  faults_.push_back(std::move(fault));
}

void FaultPlan::Clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  faults_.clear();
}

absl::optional<Fault> FaultPlan::Take(const HttpRequest& request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    const bool fits = (fault->method.empty() || fault->method == request.method) &&
                      PathFits(fault->path, request.path);
    if (!fits) continue;
    if (fault->skip > 0) {
      --fault->skip;
      continue;
    }
    Fault taken = *fault;
    if (fault->times > 0 && --fault->times == 0) faults_.erase(fault);
    return taken;
  }
  return absl::nullopt;
}

}  // namespace openvidu::emulator
