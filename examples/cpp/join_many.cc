// join-many SERVER ROOM…: joins all rooms at once, without a thread for each, and prints a token a line.
#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>

#include "openvidu_token/cancellation.h"
#include "openvidu_token/status_details.h"
#include "openvidu_token/token_client.h"

namespace v1 = openvidu::token::v1;
using openvidu::token::CallOptions;
using openvidu::token::Cancellation;
using openvidu::token::ReasonOf;
using openvidu::token::TokenClient;

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: join-many SERVER ROOM...\n";
    return 2;
  }
  // Destroyed last: the client waits for its calls, which use these.
  std::mutex mutex;
  std::condition_variable ended;
  int waiting = argc - 2;
  bool failed = false;

  const auto client = TokenClient::Create({.server_address = argv[1]});
  if (!client.ok()) {
    std::cerr << client.status().message() << "\n";
    return 2;
  }

  for (int i = 2; i < argc; ++i) {
    const std::string room = argv[i];
    const CallOptions options = {.deadline = absl::Now() + absl::Seconds(3)};
    // Called once, on a thread of gRPC's: it must not wait for anything.
    (*client)->JoinSession(room, {}, {}, options, [&, room](absl::StatusOr<v1::JoinSessionResponse> joined) {
      const std::lock_guard<std::mutex> lock(mutex);
      if (joined.ok()) {
        std::cout << room << " " << joined->connection().token() << "\n";
      } else {
        std::cerr << room << " " << joined.status() << " " << ReasonOf(joined.status()) << "\n";
        failed = true;
      }
      --waiting;
      ended.notify_all();
    });
  }
  std::unique_lock<std::mutex> lock(mutex);
  ended.wait(lock, [&] { return waiting == 0; });
  return failed ? 1 : 0;
}
