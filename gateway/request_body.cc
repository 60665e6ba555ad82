#include "gateway/request_body.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_details.h"
#include "gateway/form_body.h"
#include "proto/json_mapping.h"
#include "proto/json_names.h"

namespace openvidu::token {
namespace {

struct MediaType {
  std::string type;     ///< "application/json", lower-case; empty where none is given.
  std::string charset;  ///< Lower-case; empty where none is given.
};

MediaType ParseMediaType(const std::string& header) {
  const std::vector<std::string> parts = absl::StrSplit(absl::AsciiStrToLower(header), ';');
  MediaType media_type{std::string(absl::StripAsciiWhitespace(parts[0])), ""};
  for (absl::string_view parameter : parts) {
    parameter = absl::StripAsciiWhitespace(parameter);
    if (!absl::ConsumePrefix(&parameter, "charset=")) continue;
    absl::ConsumePrefix(&parameter, "\"");
    absl::ConsumeSuffix(&parameter, "\"");
    media_type.charset = std::string(parameter);
  }
  return media_type;
}

bool IsJson(absl::string_view type) {
  return type.empty() || type == "application/json" || type == "text/plain" ||
         type == "text/json" ||
         (absl::StartsWith(type, "application/") && absl::EndsWith(type, "+json"));
}

absl::Status ReadForm(absl::string_view body, google::protobuf::Message& properties) {
  if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(body), "{")) {
    return PropertiesFromJson(body, properties);
  }
  const absl::StatusOr<nlohmann::json> form = JsonFromForm(body);
  if (!form.ok()) return form.status();
  // What a browser's form sent need not be UTF-8; the properties have to be.
  const std::string json = form->dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  return PropertiesFromJson(json, properties, Scalars::kAsText);
}

/// Leaves of `additional` what `type` has no field for.
void DropFieldsOf(const google::protobuf::Descriptor& type,
                  google::protobuf::Map<std::string, std::string>& additional) {
  for (auto it = additional.begin(); it != additional.end();) {
    it = FindField(type, it->first) != nullptr ? additional.erase(it) : std::next(it);
  }
}

}  // namespace

absl::Status ReadProperties(const httplib::Request& request,
                            google::protobuf::Message& properties) {
  if (request.body.empty()) return absl::OkStatus();
  const MediaType media_type = ParseMediaType(request.get_header_value("Content-Type"));
  const bool is_form = media_type.type == "application/x-www-form-urlencoded";
  const bool readable = media_type.charset.empty() || media_type.charset == "utf-8" ||
                        media_type.charset == "utf8" || media_type.charset == "us-ascii";
  const bool encoded =
      request.has_header("Content-Encoding") &&
      !absl::EqualsIgnoreCase(request.get_header_value("Content-Encoding"), "identity");
  if (!readable || encoded || (!is_form && !IsJson(media_type.type))) {
    return absl::UnimplementedError(
        "The body is read as JSON (application/json) or as a form "
        "(application/x-www-form-urlencoded), in "
        "UTF-8 and without a content encoding");
  }
  const absl::Status read =
      is_form ? ReadForm(request.body, properties) : PropertiesFromJson(request.body, properties);
  return read.ok() ? read : WithReason(read, "BODY_INVALID");
}

absl::Status ReadJoinProperties(const httplib::Request& request, v1::SessionProperties& session,
                                v1::ConnectionProperties& connection) {
  if (absl::Status read = ReadProperties(request, session); !read.ok()) return read;
  if (absl::Status read = ReadProperties(request, connection); !read.ok()) return read;
  DropFieldsOf(*connection.GetDescriptor(), *session.mutable_additional_properties());
  DropFieldsOf(*session.GetDescriptor(), *connection.mutable_additional_properties());
  return absl::OkStatus();
}

}  // namespace openvidu::token
