#ifndef CLIENT_CLI_MAN_PAGE_H_
#define CLIENT_CLI_MAN_PAGE_H_

#include <string>

namespace openvidu::token {

/// token-cli(1), in man(7)'s language; made from the tables of commands.h and flags.h.
std::string ManPage();

}  // namespace openvidu::token

#endif  // CLIENT_CLI_MAN_PAGE_H_
