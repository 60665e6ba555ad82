#include "emulator/connection_ids.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "emulator/gson_element.h"
#include "emulator/java_uri.h"
#include "emulator/json.h"
#include "emulator/random_id.h"

namespace openvidu::emulator {
namespace {

constexpr char kCustomIdKey[] = "openviduCustomConnectionId";
constexpr char kPrefix[] = "con_";

absl::optional<std::string> AddressOf(std::string host) {
  if (absl::StartsWith(host, "[")) host = host.substr(1, host.size() - 2);
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, nullptr, &found) != 0) return absl::nullopt;
  char text[NI_MAXHOST];
  const int error =
      getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  freeaddrinfo(found);
  if (error != 0) return absl::nullopt;
  return std::string(text);
}

}  // namespace

absl::optional<std::string> CustomConnectionId(const std::string& data) {
  if (!absl::StrContains(data, kCustomIdKey)) return absl::nullopt;
  const absl::StatusOr<Json> json = ParseJson(data);
  if (!json.ok() || !json->is_object()) return absl::nullopt;
  const Json* value = json->Find(kCustomIdKey);
  if (value == nullptr) return absl::nullopt;
  absl::StatusOr<std::string> id = GsonAsString(*value);
  if (!id.ok()) return absl::nullopt;
  id->erase(std::remove_if(id->begin(), id->end(),
                           [](char c) { return !absl::ascii_isalnum(c) && c != '_'; }),
            id->end());
  return absl::StrCat(kPrefix, absl::StrReplaceAll(*id, {{kPrefix, ""}}));
}

void IdentifyIpcam(const std::string& rtsp_uri, std::string* id, absl::optional<std::string>* ip) {
  const absl::StatusOr<JavaUri> uri = ParseJavaUri(rtsp_uri);
  if (!uri.ok()) return;
  // Java joins a part that is missing as "null" [05b].
  std::string place =
      absl::StrCat(uri->host.value_or("null"), uri->port >= 0 ? absl::StrCat(":", uri->port) : "",
                   uri->path.value_or("null"));
  place = absl::StrReplaceAll(place, {{"/", "_"}, {"-", ""}, {".", "_"}, {":", "_"}});
  *id = absl::StrCat("ipc_IPCAM_", uri->scheme.value_or(""), "_",
                     absl::AsciiStrToUpper(RandomAlphanumeric(4)), "_", place);
  *ip = AddressOf(uri->host.value_or("127.0.0.1"));
}

}  // namespace openvidu::emulator
