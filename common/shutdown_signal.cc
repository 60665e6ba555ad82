#include "common/shutdown_signal.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>

namespace openvidu::token {
namespace {

sigset_t ShutdownSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// As a shell says it of a program that a signal ended.
constexpr int kExitOfSignals = 128;

// A handler and not the default action, which the first process of a container does not have.
void ExitAtOnce(int signal) { _exit(kExitOfSignals + signal); }

}  // namespace

void BlockShutdownSignals() {
  const sigset_t signals = ShutdownSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int WaitForShutdownSignal() {
  const sigset_t signals = ShutdownSignals();
  int received = 0;
  sigwait(&signals, &received);
  struct sigaction exit_at_once {};
  exit_at_once.sa_handler = ExitAtOnce;
  sigaction(SIGTERM, &exit_at_once, nullptr);
  sigaction(SIGINT, &exit_at_once, nullptr);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  return received;
}

}  // namespace openvidu::token
