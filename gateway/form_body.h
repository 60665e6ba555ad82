#ifndef GATEWAY_FORM_BODY_H_
#define GATEWAY_FORM_BODY_H_

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Reads an application/x-www-form-urlencoded body into a JSON object of texts, as the Node
/// sample's parser does: `a=1` is {"a":"1"}, `a[b]=1` is {"a":{"b":"1"}}, `a[]=1&a[]=2` and
/// `a=1&a=2` are {"a":["1","2"]}. Errors: kInvalidArgument (not UTF-8, brackets that do not close
/// or nest more than 5 deep, over 1000 fields).
absl::StatusOr<nlohmann::json> JsonFromForm(absl::string_view form);

}  // namespace openvidu::token

#endif  // GATEWAY_FORM_BODY_H_
