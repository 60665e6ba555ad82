#ifndef COMMON_HARDEN_PROCESS_H_
#define COMMON_HARDEN_PROCESS_H_

namespace openvidu::token {

/// Keeps the secret in this process's memory: no core dump is written of it, no other process of
/// its user may attach to it or read its memory or environment, and what is in /proc/<pid> is
/// root's (prctl(2), PR_SET_DUMPABLE). To be called before the secret is read. A limit of core
/// dumps by itself would not do: one that is piped into a program has no limit.
void HardenProcess();

}  // namespace openvidu::token

#endif  // COMMON_HARDEN_PROCESS_H_
