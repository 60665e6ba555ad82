#ifndef TESTS_CLIENT_CLI_WORDS_H_
#define TESTS_CLIENT_CLI_WORDS_H_

#include <string>
#include <vector>

#include "client/cli/command_line.h"

namespace openvidu::token {

/// Reads a command line that is `words` after the program's name, and sets its flags.
inline absl::StatusOr<CommandLine> ReadWords(std::vector<std::string> words,
                                             const std::string& profiles = "") {
  words.insert(words.begin(), "token-cli");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  return ReadCommandLine(static_cast<int>(argv.size()), argv.data(), profiles);
}

}  // namespace openvidu::token

#endif  // TESTS_CLIENT_CLI_WORDS_H_
