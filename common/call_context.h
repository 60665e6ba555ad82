#ifndef COMMON_CALL_CONTEXT_H_
#define COMMON_CALL_CONTEXT_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/caller.h"
#include "common/cancellation.h"
#include "common/trace_context.h"

namespace openvidu::token {

/// What a call carries from its caller down to OpenVidu.
struct CallContext {
  absl::Time deadline = absl::InfiniteFuture();
  std::shared_ptr<Cancellation> cancellation;  ///< Null: the caller does not go.
  /// Whether the call has cost OpenVidu something already, so that refusing it now, where too many
  /// wait, would be a waste.
  bool persists = false;
  std::shared_ptr<const Caller> caller;  ///< Null: nothing is known.
  /// Whom the caller was found to be (server/access). Request ids are each subject's own; it
  /// holds no line break.
  std::string subject;
  TraceContext trace;  ///< The span that the call is made within, or that its caller brought.
};

}  // namespace openvidu::token

#endif  // COMMON_CALL_CONTEXT_H_
