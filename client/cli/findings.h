#ifndef CLIENT_CLI_FINDINGS_H_
#define CLIENT_CLI_FINDINGS_H_

#include <string>
#include <vector>

#include "client/cli/output.h"

namespace openvidu::token {

/// What one check of token-cli doctor found.
struct Finding {
  enum class Level { kOk, kWarn, kFail };
  Level level = Level::kOk;
  std::string check;    ///< Such as "DNS".
  std::string message;  ///< What is there.
  std::string advice;   ///< What to do about it; empty where it is well.
};

/// Takes findings and prints them, as they come where the form of the output lets it.
class Findings {
 public:
  explicit Findings(Console& console) : console_(console) {}

  /// Says what the findings to come are about, such as "token server localhost:50051".
  void Begin(std::string subject);
  void Add(Finding finding);

  void Ok(std::string check, std::string message);
  void Warn(std::string check, std::string message, std::string advice);
  void Fail(std::string check, std::string message, std::string advice);

  /// Prints what waits. Returns the exit code: kExitFailure where a check failed.
  int Finish();

 private:
  Console& console_;
  std::string subject_;
  Json all_ = Json::array();
  bool failed_ = false;
};

}  // namespace openvidu::token

#endif  // CLIENT_CLI_FINDINGS_H_
