#ifndef PROTO_JSON_MAPPING_H_
#define PROTO_JSON_MAPPING_H_

// The one place where the contract's words and OpenVidu's meet: field `custom_session_id` is
// "customSessionId", enum value ROLE_PUBLISHER of Role is "PUBLISHER", a Timestamp is a number of
// milliseconds. All functions are thread-safe.

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace openvidu::token {

/// What OpenVidu's JSON parser reads at most (openvidu-rest.md §1: deeper nesting and longer
/// numbers are answered with a 403 that explains nothing).
inline constexpr int kMaxJsonDepth = 1000;
inline constexpr int kMaxJsonNumberLength = 1000;

/// Whether the text of a field may stand for another scalar.
enum class Scalars {
  kAsThemselves,  ///< JSON: "true" is a text and no boolean.
  kAsText,  ///< A form, which knows only text: "true" and "30" go where a boolean and a number
            ///< belong.
};

/// Reads a request body into SessionProperties or ConnectionProperties. Nothing is lost: a property
/// whose value its field holds exactly goes there, any other, known or not, goes verbatim to
/// `additional_properties`; null is absent. An empty body and `null` are no properties. Of
/// duplicate keys the last wins, as in OpenVidu. Errors: kInvalidArgument (not JSON, or not an
/// object).
absl::Status PropertiesFromJson(absl::string_view json, google::protobuf::Message& properties,
                                Scalars scalars = Scalars::kAsThemselves);

/// Writes the body to send to OpenVidu: the set fields and the additional properties.
/// Errors: kInvalidArgument, naming the property (common/status_details.h), where an additional
/// property is not JSON that OpenVidu can read or has the name of a set field, or an enum field
/// holds a number that has no name.
absl::StatusOr<std::string> PropertiesToJson(const google::protobuf::Message& properties);

/// Reads OpenVidu's answer into Session or Connection. Unknown properties and nulls are skipped.
/// Errors: kInternal (not a JSON object, or a property of the wrong type).
absl::Status AnswerFromJson(absl::string_view json, google::protobuf::Message& answer);

/// Guesses which property OpenVidu's 400 `message` is about, as a dotted path such as
/// "defaultRecordingProperties.frameRate"; empty where nothing tells. Some of the messages name a
/// property, some only a Java class; for those the mistyped one among the `properties` sent is
/// found.
std::string PropertyAtFault(absl::string_view message, const google::protobuf::Message& properties);

}  // namespace openvidu::token

#endif  // PROTO_JSON_MAPPING_H_
