#ifndef COMMON_DESCRIPTOR_LIMIT_H_
#define COMMON_DESCRIPTOR_LIMIT_H_

#include <cstddef>

namespace openvidu::token {

/// Raises the process's soft limit on descriptors for `wanted` connections and what a process opens
/// beside them, as far as the hard limit goes. Returns how many connections that leaves, `wanted`
/// at most.
size_t RaiseDescriptorLimit(size_t wanted);

}  // namespace openvidu::token

#endif  // COMMON_DESCRIPTOR_LIMIT_H_
