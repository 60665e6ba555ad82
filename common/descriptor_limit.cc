#include "common/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>

namespace openvidu::token {
namespace {

// Left for what a process opens beside its clients' connections: the upstream's, files, the loop's
// own.
constexpr rlim_t kSpareDescriptors = 1024;

}  // namespace

size_t RaiseDescriptorLimit(size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = wanted + kSpareDescriptors;
  if (limit.rlim_cur < needed) {
    rlimit raised = limit;
    raised.rlim_cur = std::min(needed, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  if (limit.rlim_cur >= needed) return wanted;
  return limit.rlim_cur - std::min(kSpareDescriptors, limit.rlim_cur / 2);
}

}  // namespace openvidu::token
