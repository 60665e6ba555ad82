// join SERVER ROOM [ROLE]: prints the token by which a browser joins the room.
#include <iostream>
#include <memory>
#include <string>

#include "openvidu_token/status_details.h"
#include "openvidu_token/token_client.h"

namespace v1 = openvidu::token::v1;
using openvidu::token::CallOptions;
using openvidu::token::ReasonOf;
using openvidu::token::TokenClient;

int main(int argc, char** argv) {
  v1::Role role = v1::ROLE_UNSPECIFIED;
  if (argc < 3 || (argc > 3 && !v1::Role_Parse("ROLE_" + std::string(argv[3]), &role))) {
    std::cerr << "usage: join SERVER ROOM [SUBSCRIBER|PUBLISHER|MODERATOR]\n";
    return 2;
  }
  v1::ConnectionProperties connection;
  connection.set_role(role);

  // One client serves a whole program, from any number of threads.
  const auto client = TokenClient::Create({.server_address = argv[1]});
  if (!client.ok()) {
    std::cerr << client.status().message() << "\n";
    return 2;
  }

  const CallOptions options = {.deadline = absl::Now() + absl::Seconds(3)};
  const auto joined = (*client)->JoinSession(argv[2], {}, connection, options);
  if (!joined.ok()) {
    std::cerr << joined.status() << " " << ReasonOf(joined.status()) << "\n";
    return 1;
  }
  std::cout << joined->connection().token() << "\n";
  return 0;
}
