#include "emulator/ice_server.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "emulator/gson_element.h"
#include "emulator/ice_url.h"
#include "emulator/java.h"
#include "emulator/random_id.h"

namespace openvidu::emulator {
namespace {

std::string HmacSha1Base64(const std::string& key, const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return absl::Base64Escape(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

struct Fields {
  std::string url;
  absl::optional<std::string> secret, username, credential;
};

absl::StatusOr<Fields> ReadFields(const Json& element) {
  if (!element.is_object()) {
    return absl::InvalidArgumentError(absl::StrCat("Not a JSON Object: ", GsonText(element)));
  }
  const Json* url = element.Find("url");
  if (url == nullptr) {
    return absl::InvalidArgumentError(
        "Cannot invoke \"com.google.gson.JsonElement.getAsString()\" because the return value of "
        "\"com.google.gson.JsonObject.get(String)\" is null");
  }
  Fields fields;
  absl::StatusOr<std::string> text = GsonAsString(*url);
  if (!text.ok()) return text.status();
  fields.url = *std::move(text);
  const std::pair<const char*, absl::optional<std::string>*> optional_fields[] = {
      {"staticAuthSecret", &fields.secret},
      {"username", &fields.username},
      {"credential", &fields.credential}};
  for (const auto& [name, target] : optional_fields) {
    const Json* value = element.Find(name);
    if (value == nullptr) continue;
    text = GsonAsString(*value);
    if (!text.ok()) return text.status();
    *target = *std::move(text);
  }
  return fields;
}

absl::StatusOr<IceServer> ReadIceServer(const Json& element, absl::Time now) {
  absl::StatusOr<Fields> fields = ReadFields(element);
  if (!fields.ok()) return fields.status();
  if (absl::Status status = CheckIceUrl(fields->url); !status.ok()) return status;
  const bool has_credentials = fields->username.has_value() || fields->credential.has_value();
  if (absl::StartsWith(fields->url, "turn")) {
    if (fields->secret.has_value()) {
      if (has_credentials) {
        return absl::InvalidArgumentError(
            "You can't define username or credential if staticAuthSecret is defined");
      }
      if (fields->secret->empty()) return absl::InvalidArgumentError("Empty key");
      fields->username =
          absl::StrCat(absl::ToUnixSeconds(now + absl::Hours(24)), ":", RandomAlphanumeric(8));
      fields->credential = HmacSha1Base64(*fields->secret, *fields->username);
    }
    if (!fields->username.has_value() || !fields->credential.has_value()) {
      return absl::InvalidArgumentError("Credentials must be defined while using turn");
    }
  } else if (has_credentials) {
    return absl::InvalidArgumentError("Credentials can not be defined while using stun.");
  }
  return IceServer{.url = std::move(fields->url),
                   .username = fields->username.value_or(""),
                   .credential = fields->credential.value_or("")};
}

}  // namespace

absl::StatusOr<std::vector<IceServer>> ReadIceServers(const Json& json, absl::Time now) {
  if (!json.is_array() || HoldsInfinity(json)) {
    return absl::InvalidArgumentError(
        "Error in parameter 'customIceServersJson'. It is not a valid JSON object");
  }
  std::vector<IceServer> servers;
  for (const Json& element : json.elements()) {
    absl::StatusOr<IceServer> server = ReadIceServer(element, now);
    if (!server.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "Type error in some parameter of 'customIceServers': ", server.status().message()));
    }
    servers.push_back(*std::move(server));
  }
  return servers;
}

void AppendJson(const std::vector<IceServer>& servers, std::string* out) {
  out->push_back('[');
  for (const IceServer& server : servers) {
    if (out->back() != '[') out->push_back(',');
    absl::StrAppend(out, R"({"url":)", JsonString(server.url));
    if (!server.username.empty()) {
      absl::StrAppend(out, R"(,"username":)", JsonString(server.username));
    }
    if (!server.credential.empty()) {
      absl::StrAppend(out, R"(,"credential":)", JsonString(server.credential));
    }
    out->push_back('}');
  }
  out->push_back(']');
}

}  // namespace openvidu::emulator
