#ifndef TESTS_SUPPORT_RECORDING_TOKEN_SERVICE_H_
#define TESTS_SUPPORT_RECORDING_TOKEN_SERVICE_H_

#include <mutex>
#include <vector>

#include "proto/async_token_service.h"

namespace openvidu::token {

/// Answers every call with one status, and keeps who called, and of which trace it was.
/// Thread-safe.
class RecordingTokenService final : public AsyncTokenService {
 public:
  void AnswerWith(const absl::Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    status_ = status;
  }

  /// Who called, the first first.
  std::vector<Caller> callers() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return callers_;
  }

  /// Who called last; nobody where nobody did.
  Caller last_caller() const {
    const std::vector<Caller> all = callers();
    return all.empty() ? Caller() : all.back();
  }

  /// Of the last call.
  TraceContext last_trace() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return trace_;
  }

  void InitializeSession(const CallContext& context, const v1::InitializeSessionRequest&,
                         v1::InitializeSessionResponse&, Done done) override {
    Answer(context, std::move(done));
  }
  void CreateConnection(const CallContext& context, const v1::CreateConnectionRequest&,
                        v1::CreateConnectionResponse&, Done done) override {
    Answer(context, std::move(done));
  }
  void JoinSession(const CallContext& context, const v1::JoinSessionRequest&,
                   v1::JoinSessionResponse&, Done done) override {
    Answer(context, std::move(done));
  }

 private:
  void Answer(const CallContext& context, Done done) {
    absl::Status status;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      callers_.push_back(context.caller == nullptr ? Caller() : *context.caller);
      trace_ = context.trace;
      status = status_;
    }
    done(status);
  }

  mutable std::mutex mutex_;
  absl::Status status_;
  std::vector<Caller> callers_;
  TraceContext trace_;
};

}  // namespace openvidu::token

#endif  // TESTS_SUPPORT_RECORDING_TOKEN_SERVICE_H_
