#include "server/resilience/resilient_openvidu_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log.h"
#include "common/status_details.h"
#include "server/openvidu/upstream_status.h"
#include "server/resilience/deterministic_bytes.h"

namespace openvidu::token {
namespace {

void LogRetry(const CallContext& context, int attempts, const absl::Status& status) {
  LogDebug("OpenVidu is asked again",
           {{"attempts", absl::StrCat(attempts)},
            {"code", absl::StatusCodeToString(status.code())},
            {"reason", ReasonOf(status)},
            {"requestId", context.caller == nullptr ? "" : context.caller->request_id}});
}

}  // namespace

template <typename T>
struct ResilientOpenViduClient::Call {
  CallContext context;
  bool harmless_twice = false;
  absl::AnyInvocable<void(Done<T>)> send;
  Done<T> done;
  int attempts = 0;
  absl::Status unsure;   // how an attempt ended that may have done something
  Reactor::Timer pause;  // while it waits for its next attempt
};

ResilientOpenViduClient::ResilientOpenViduClient(Reactor& reactor, OpenViduClient& openvidu,
                                                 absl::Duration timeout,
                                                 const RetryOptions& options)
    : reactor_(reactor),
      openvidu_(openvidu),
      options_(options),
      self_(this, [](const ResilientOpenViduClient*) {}),
      sessions_(std::make_unique<SharedCalls<v1::Session>>(
          reactor, timeout, /*keep=*/absl::ZeroDuration(), /*max_kept=*/0)) {}

ResilientOpenViduClient::~ResilientOpenViduClient() {
  reactor_.RunAndWait([this] {
    self_ = nullptr;
    sessions_ = nullptr;
    GiveUpAll();
  });
}

void ResilientOpenViduClient::Shutdown() {
  reactor_.RunAndWait([this] {
    stopping_ = true;
    GiveUpAll();
  });
  openvidu_.Shutdown();
}

void ResilientOpenViduClient::CreateSession(const CallContext& context,
                                            const v1::SessionProperties& properties,
                                            Done<v1::Session> done) {
  const auto call = [this](const CallContext& caller, const v1::SessionProperties& sent,
                           Done<v1::Session> ended) {
    // With an id OpenVidu answers a second one with 409, which is as good.
    Begin<v1::Session>(
        caller, !sent.custom_session_id().empty(),
        [this, caller, &sent](Done<v1::Session> attempted) {
          openvidu_.CreateSession(caller, sent, std::move(attempted));
        },
        std::move(ended));
  };
  reactor_.Run([this, call, context, &properties, done = std::move(done)]() mutable {
    if (properties.custom_session_id().empty()) {
      return call(context, properties, std::move(done));
    }
    // A copy, for who asked first may be gone before the others.
    const auto leads = std::make_shared<bool>(false);
    sessions_->Join(
        DeterministicBytes(properties), /*content=*/"", context,
        [call, leads, shared = std::make_shared<v1::SessionProperties>(properties)](
            const CallContext& caller, Done<v1::Session> ended) {
          *leads = true;
          call(caller, *shared,
               [shared, ended = std::move(ended)](absl::StatusOr<v1::Session> session) mutable {
                 ended(std::move(session));
               });
        },
        [leads, done = std::move(done)](absl::StatusOr<v1::Session> session) mutable {
          // One has created it; for the others it was there.
          if (session.ok() && !*leads) return done(StatusFromHttp(409, ""));
          done(std::move(session));
        });
  });
}

void ResilientOpenViduClient::CreateConnection(const CallContext& context,
                                               absl::string_view session_id,
                                               const v1::ConnectionProperties& properties,
                                               Done<v1::Connection> done) {
  reactor_.Run([this, context, session_id = std::string(session_id), &properties,
                done = std::move(done)]() mutable {
    Begin<v1::Connection>(
        context, /*harmless_twice=*/false,
        [this, context, session_id, &properties](Done<v1::Connection> attempted) {
          openvidu_.CreateConnection(context, session_id, properties, std::move(attempted));
        },
        std::move(done));
  });
}

template <typename T>
void ResilientOpenViduClient::Begin(const CallContext& context, bool harmless_twice,
                                    absl::AnyInvocable<void(Done<T>)> send, Done<T> done) {
  Attempt(std::make_shared<Call<T>>(
      Call<T>{context, harmless_twice, std::move(send), std::move(done)}));
}

template <typename T>
void ResilientOpenViduClient::Attempt(const std::shared_ptr<Call<T>>& call) {
  ++call->attempts;
  call->send([self = std::weak_ptr(self_), call](absl::StatusOr<T> result) {
    const auto live = self.lock();
    if (live == nullptr) return call->done(std::move(result));
    live->End(call, std::move(result));
  });
}

template <typename T>
void ResilientOpenViduClient::End(const std::shared_ptr<Call<T>>& call, absl::StatusOr<T> result) {
  const bool may_repeat = MayRepeat(result.status(), call->harmless_twice);
  // What an attempt may have done is not undone by another that did not reach OpenVidu.
  if (!SaysNothingHappened(result.status())) {
    call->unsure = result.status();
  } else if (!call->unsure.ok()) {
    result = call->unsure;
  }
  if (!may_repeat) {
    budget_.OnSuccess();
    return call->done(std::move(result));
  }
  budget_.OnFailure();
  const absl::Duration pause = Backoff(options_, call->attempts + 1, random_);
  if (stopping_ || call->attempts >= options_.max_attempts || !budget_.MayRetry() ||
      absl::Now() + pause >= call->context.deadline) {
    return call->done(std::move(result));
  }
  if (IsLogged(LogLevel::kDebug)) LogRetry(call->context, call->attempts, result.status());
  call->pause =
      reactor_.RunAt(Reactor::Clock::now() + absl::ToChronoNanoseconds(pause), [this, call] {
        paused_.erase(call->pause);
        ++retries_;
        Attempt(call);
      });
  paused_[call->pause] = [call](TransportFailure why) { call->done(StatusFromTransport(why, "")); };
  if (call->context.cancellation == nullptr) return;
  call->context.cancellation->SetListener(
      [reactor = &reactor_, self = std::weak_ptr(self_), timer = call->pause] {
        reactor->Post([self, timer] {
          if (const auto live = self.lock(); live != nullptr) live->GiveUp(timer);
        });
      });
}

void ResilientOpenViduClient::GiveUp(const Reactor::Timer& timer) {
  auto paused = paused_.extract(timer);
  if (paused.empty()) return;
  reactor_.Cancel(timer);
  paused.mapped()(TransportFailure::kCancelled);
}

// What was tried before may have been carried out.
void ResilientOpenViduClient::GiveUpAll() {
  for (auto& [timer, give_up] : std::exchange(paused_, {})) {
    reactor_.Cancel(timer);
    give_up(TransportFailure::kStoppingSent);
  }
}

}  // namespace openvidu::token
