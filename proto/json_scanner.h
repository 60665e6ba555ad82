#ifndef PROTO_JSON_SCANNER_H_
#define PROTO_JSON_SCANNER_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// What ScanJson() tells of a text, in its order. False ends the scan.
class JsonHandler {
 public:
  virtual ~JsonHandler() = default;

  virtual bool Null() = 0;
  virtual bool Boolean(bool value) = 0;
  virtual bool Integer(int64_t value) = 0;  ///< Of a number that is written as one, and fits.
  virtual bool OtherNumber() = 0;           ///< With a fraction or an exponent, or a larger one.
  virtual bool String(absl::string_view value) = 0;  ///< UTF-8; may hold any character.
  virtual bool StartObject() = 0;
  virtual bool Key(absl::string_view name) = 0;
  virtual bool EndObject() = 0;
  virtual bool StartArray() = 0;
  virtual bool EndArray() = 0;
};

/// Scans a JSON text (RFC 8259) in one pass, without recursion. A number beyond the range of a
/// double, such as 1e999, is an error. False: it is no such text, or the handler ended the scan;
/// the handler has heard what came before.
bool ScanJson(absl::string_view json, JsonHandler& handler);

}  // namespace openvidu::token

#endif  // PROTO_JSON_SCANNER_H_
