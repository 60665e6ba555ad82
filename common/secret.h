#ifndef COMMON_SECRET_H_
#define COMMON_SECRET_H_

#include <string>

#include "absl/status/statusor.h"

namespace openvidu::token {

/// Reads the OpenVidu secret from $OPENVIDU_SECRET, or from the file that $OPENVIDU_SECRET_FILE
/// names (one trailing newline is dropped), and takes it out of the environment, where others could
/// read it. There is no flag for it: `ps` would show it. Errors:
/// kInvalidArgument where neither or both are set, the file cannot be read, or the secret is empty
/// or holds control characters, which no HTTP header can carry. No error text holds the secret.
absl::StatusOr<std::string> ReadOpenViduSecret();

/// Returns $OPENVIDU_SECRET_FILE, or "" where it is not set.
std::string OpenViduSecretFile();

/// Reads the secret from a file, as ReadOpenViduSecret does. Errors: kInvalidArgument, as there.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

/// Takes the secret out of the environment of a program that has no use for it.
void ForgetOpenViduSecret();

}  // namespace openvidu::token

#endif  // COMMON_SECRET_H_
