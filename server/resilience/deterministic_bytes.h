#ifndef SERVER_RESILIENCE_DETERMINISTIC_BYTES_H_
#define SERVER_RESILIENCE_DETERMINISTIC_BYTES_H_

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message_lite.h>

#include <string>

namespace openvidu::token {

/// The same bytes for equal messages of a type, whatever the order of their maps.
inline std::string DeterministicBytes(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&out);
  }
  return bytes;
}

}  // namespace openvidu::token

#endif  // SERVER_RESILIENCE_DETERMINISTIC_BYTES_H_
