#include "server/observed_token_service.h"

#include <gmock/gmock.h>

#include "tests/support/recording_token_service.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using Code = absl::StatusCode;

/// Signs the context, and keeps what it is told.
class RecordingObserver final : public RpcObserver {
 public:
  explicit RecordingObserver(std::string name) : name_(std::move(name)) {}

  void OnStart(RpcMethod method, CallContext& context) override {
    started_.push_back(method);
    Caller caller = context.caller == nullptr ? Caller() : *context.caller;
    caller.request_id += name_;
    context.caller = std::make_shared<const Caller>(caller);
  }

  void OnEnd(RpcMethod method, const CallContext& context, const absl::Status& status,
             std::chrono::steady_clock::duration took) override {
    EXPECT_GE(took.count(), 0);
    ended_.emplace_back(method, status.code());
    signed_by_.push_back(context.caller->request_id);
  }

  const std::string name_;
  std::vector<RpcMethod> started_;
  std::vector<std::pair<RpcMethod, Code>> ended_;
  std::vector<std::string> signed_by_;
};

class ObservedTokenServiceTest : public testing::Test {
 protected:
  RecordingTokenService inner_;
  RecordingObserver first_{"a"};
  RecordingObserver second_{"b"};
  ObservedTokenService service_{inner_, {&first_, &second_}};
};

TEST_F(ObservedTokenServiceTest, TellsOfEachRpcAndItsEnd) {
  std::vector<Code> heard;
  const auto done = [&](const absl::Status& status) { heard.push_back(status.code()); };
  v1::InitializeSessionResponse initialized;
  service_.InitializeSession({}, {}, initialized, done);
  inner_.AnswerWith(absl::NotFoundError("no session"));
  v1::CreateConnectionResponse created;
  service_.CreateConnection({}, {}, created, done);
  inner_.AnswerWith(absl::UnavailableError("gone"));
  v1::JoinSessionResponse joined;
  service_.JoinSession({}, {}, joined, done);

  EXPECT_THAT(heard, ElementsAre(Code::kOk, Code::kNotFound, Code::kUnavailable));
  EXPECT_THAT(second_.started_, ElementsAre(RpcMethod::kInitializeSession,
                                            RpcMethod::kCreateConnection, RpcMethod::kJoinSession));
  for (const RecordingObserver* const observer : {&first_, &second_}) {
    EXPECT_THAT(observer->ended_, ElementsAre(Pair(RpcMethod::kInitializeSession, Code::kOk),
                                              Pair(RpcMethod::kCreateConnection, Code::kNotFound),
                                              Pair(RpcMethod::kJoinSession, Code::kUnavailable)));
  }
}

TEST_F(ObservedTokenServiceTest, TheCallGoesOnWithWhatTheObserversLeft) {
  CallContext context;
  context.caller = std::make_shared<const Caller>(Caller{.request_id = "r"});
  v1::JoinSessionResponse joined;
  service_.JoinSession(context, {}, joined, [](const absl::Status&) {});
  EXPECT_EQ(inner_.last_caller().request_id, "rab");
  EXPECT_THAT(first_.signed_by_, ElementsAre("rab"));
  EXPECT_EQ(context.caller->request_id, "r");
}

TEST(RpcMethodTest, AreCalledAsInTheContract) {
  const auto* const service = v1::JoinSessionRequest::descriptor()->file()->service(0);
  std::vector<std::string> missing;
  for (int i = 0; i < service->method_count(); ++i) missing.push_back(service->method(i)->name());
  for (const RpcMethod method : kRpcMethods) {
    ASSERT_NE(service->FindMethodByName(std::string(NameOf(method))), nullptr);
    std::erase(missing, std::string(NameOf(method)));
  }
  EXPECT_THAT(missing, IsEmpty());
}

}  // namespace
}  // namespace openvidu::token
