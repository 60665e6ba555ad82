#ifndef COMMON_SERVICE_MANAGER_H_
#define COMMON_SERVICE_MANAGER_H_

namespace openvidu::token {

// What a program tells systemd, or whoever else set $NOTIFY_SOCKET, by the protocol of
// sd_notify(3): one datagram. Where nobody asks, nothing is told; a failure is logged and is no
// failure of the program. From one thread.

/// The program serves: what is ordered after it may start.
void TellReady();

/// It was asked to stop and serves what is left.
void TellStopping();

}  // namespace openvidu::token

#endif  // COMMON_SERVICE_MANAGER_H_
