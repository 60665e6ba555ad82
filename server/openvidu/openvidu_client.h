#ifndef SERVER_OPENVIDU_OPENVIDU_CLIENT_H_
#define SERVER_OPENVIDU_OPENVIDU_CLIENT_H_

#include <cstddef>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/call_context.h"
#include "openvidu/token/v1/token_service.pb.h"

namespace openvidu::token {

/// How one deployment of OpenVidu is used at a moment.
struct UpstreamState {
  int in_flight = 0;            ///< Requests that are there, without those that are stuck.
  int stuck = 0;                ///< Requests that take very much longer than others.
  int limit = 0;                ///< Of those in flight.
  size_t waiting = 0;           ///< Requests that wait for their turn.
  size_t idle_connections = 0;  ///< Of those without a request.
  bool circuit_closed = true;   ///< Else it could not be reached, and is only probed.
  absl::Duration latency;       ///< Of late. Zero: not known.
  absl::Duration base_latency;  ///< Without a queue there. Zero: not known.
};

/// Speaks the OpenVidu 2.x REST API. Thread-safe. No call waits: each ends by calling `done`, once,
/// by `context.deadline`, on the client's own thread or before the call returns. Properties are
/// borrowed until then.
///
/// Errors of every call, each with a reason (common/status_details.h), beside those named at the
/// call:
/// * kInvalidArgument: OpenVidu, or a check before it, rejects a property; names it.
/// * kUnavailable: UPSTREAM_UNREACHABLE (nothing was sent), UPSTREAM_CIRCUIT_OPEN (the same, not
///   tried again by itself), UPSTREAM_ANSWER_LOST (it may have happened) or UPSTREAM_ERROR
///   (OpenVidu answered 5xx).
/// * kDeadlineExceeded: UPSTREAM_UNREACHABLE or UPSTREAM_ANSWER_LOST.
/// * kResourceExhausted: UPSTREAM_BUSY (too many calls wait for OpenVidu; nothing was sent).
/// * kCancelled: UPSTREAM_ANSWER_LOST.
/// * kInternal: OPENVIDU_SECRET_REFUSED, OPENVIDU_MASKED_ERROR, UPSTREAM_UNEXPECTED_STATUS or
///   UPSTREAM_BAD_ANSWER.
class OpenViduClient {
 public:
  template <typename T>
  using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;

  virtual ~OpenViduClient() = default;

  /// Creates a session (POST /openvidu/api/sessions). Errors: kAlreadyExists (the custom id is
  /// taken).
  virtual void CreateSession(const CallContext& context, const v1::SessionProperties& properties,
                             Done<v1::Session> done) = 0;

  /// Creates a connection and its token (POST …/sessions/{session_id}/connection).
  /// Errors: kInvalidArgument of an id that no session can have, before anything is sent; kNotFound
  /// (no such session).
  virtual void CreateConnection(const CallContext& context, absl::string_view session_id,
                                const v1::ConnectionProperties& properties,
                                Done<v1::Connection> done) = 0;

  /// Ends the calls under way, and all that come later, with kUnavailable, before it returns:
  /// UPSTREAM_UNREACHABLE where nothing was sent, else UPSTREAM_ANSWER_LOST.
  virtual void Shutdown() {}

  /// Adds how each of its deployments is used now, in the order of
  /// OpenViduOptions::deployment_names(). On the client's own thread.
  virtual void AddStates(std::vector<UpstreamState>& /*states*/) const {}
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_OPENVIDU_CLIENT_H_
