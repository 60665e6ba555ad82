#ifndef SERVER_OPENVIDU_DEPLOYMENTS_H_
#define SERVER_OPENVIDU_DEPLOYMENTS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/openvidu/openvidu_client.h"

namespace openvidu::token {

/// In which order a session tries the deployments of these names: the first has it, the next where
/// that cannot be reached, and so on. By rendezvous hashing: the same in every process, each has
/// about as many sessions, and one that is added takes some from each and moves no others.
std::vector<size_t> DeploymentOrder(const std::vector<std::string>& names,
                                    absl::string_view session_id);

/// Several OpenVidu deployments as one: a session's id says which of them has it. Where that cannot
/// be reached, and so knows of no request, the next one is asked; where that has not heard of the
/// session either, the caller hears so and may create it there. A session without an id gets one of
/// this side's making, in OpenVidu's form. Thread-safe.
class Deployments : public OpenViduClient {
 public:
  struct Deployment {
    std::string name;  ///< Such as its URL: what sessions are distributed by.
    std::unique_ptr<OpenViduClient> client;
  };

  explicit Deployments(std::vector<Deployment> deployments);

  void CreateSession(const CallContext& context, const v1::SessionProperties& properties,
                     Done<v1::Session> done) override;
  void CreateConnection(const CallContext& context, absl::string_view session_id,
                        const v1::ConnectionProperties& properties,
                        Done<v1::Connection> done) override;
  void Shutdown() override;
  void AddStates(std::vector<UpstreamState>& states) const override;

 private:
  template <typename T>
  struct Attempt;

  /// Asks the next deployment in turn, and the one after it where nothing was sent.
  template <typename T>
  void Ask(std::shared_ptr<Attempt<T>> attempt);

  std::vector<std::string> names_;
  std::vector<std::unique_ptr<OpenViduClient>> clients_;
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_DEPLOYMENTS_H_
