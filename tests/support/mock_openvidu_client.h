#ifndef TESTS_SUPPORT_MOCK_OPENVIDU_CLIENT_H_
#define TESTS_SUPPORT_MOCK_OPENVIDU_CLIENT_H_

#include <gmock/gmock.h>

#include <utility>

#include "server/openvidu/openvidu_client.h"

namespace openvidu::token {

class MockOpenViduClient : public OpenViduClient {
 public:
  MOCK_METHOD(void, CreateSession,
              (const CallContext& context, const v1::SessionProperties& properties,
               Done<v1::Session> done),
              (override));
  MOCK_METHOD(void, CreateConnection,
              (const CallContext& context, absl::string_view session_id,
               const v1::ConnectionProperties& properties, Done<v1::Connection> done),
              (override));
  MOCK_METHOD(void, Shutdown, (), (override));
};

/// Ends a call at once, with `result`. The last parameter of each call is its `done`.
template <typename T>
auto Answer(absl::StatusOr<T> result) {
  return [result = std::move(result)](auto&&... arguments) {
    auto all = std::forward_as_tuple(arguments...);
    std::get<sizeof...(arguments) - 1>(all)(result);
  };
}

}  // namespace openvidu::token

#endif  // TESTS_SUPPORT_MOCK_OPENVIDU_CLIENT_H_
