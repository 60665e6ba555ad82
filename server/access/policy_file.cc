#include "server/access/policy_file.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/read_file.h"
#include "server/access/policy_reader.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

// In the order of the enums, whose first is number 1.
constexpr absl::string_view kRoles[] = {"SUBSCRIBER", "PUBLISHER", "MODERATOR"};
constexpr absl::string_view kRecordingModes[] = {"ALWAYS", "MANUAL"};
constexpr absl::string_view kSchemes[] = {"file", "rtsp", "rtsps", "http", "https"};
constexpr int kMaxKbps = 1'000'000;

bool IsOf(absl::string_view text, absl::string_view others) {
  return std::all_of(text.begin(), text.end(), [others](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains(others, c);
  });
}

/// Calls `read` with the member where it is there.
template <typename Reader>
void If(const std::optional<PolicyValue>& member, Reader read) {
  if (member.has_value()) read(*member);
}

void ReadTrue(const PolicyValue& value) {
  if (value.json() != Json(true)) value.Mistake("has to be true, or absent");
}

void ReadClaims(const PolicyValue& value, CallerMatch& match) {
  if (value.json().is_object() && value.json().empty()) value.Mistake("has to name a claim");
  value.ForEachMember([&match](const std::string& name, const PolicyValue& wanted) {
    std::vector<Json>& values = match.claims[name];
    const auto add = [&values](const PolicyValue& one) {
      if (!one.json().is_string() && !one.json().is_number_integer() && !one.json().is_boolean()) {
        return one.Mistake("has to be a text, a whole number, true or false, or an array of them");
      }
      values.push_back(one.json());
    };
    if (name.empty()) wanted.Mistake("has no name");
    if (!wanted.json().is_array()) return add(wanted);
    if (wanted.json().empty()) wanted.Mistake("has to have a value");
    wanted.ForEachElement(add);
  });
}

void ReadCertificate(const PolicyValue& value, CallerMatch& match) {
  std::vector<std::string> names;
  const auto add = [&names](const PolicyValue& one) {
    std::string name;
    one.Read(name);
    if (name.empty()) return;
    if (CertificateNames::IsEntry(name)) return names.push_back(name);
    one.Mistake("has to be dns:, uri:, email:, ip: or cn: and a name, or dns:*.DOMAIN");
  };
  if (value.json().is_array()) {
    if (value.json().empty()) value.Mistake("has to have a name");
    value.ForEachElement(add);
  } else {
    add(value);
  }
  match.names = CertificateNames(std::move(names));
}

void ReadMatch(const PolicyValue& value, CallerMatch& match) {
  if (!value.IsObject(kMatchKeys)) return;
  if (value.json().size() != 1) {
    return value.Mistake(
        absl::StrCat("has to have one of ", absl::StrJoin(kMatchKeys, ", "), ", and no other"));
  }
  using Kind = CallerMatch::Kind;
  for (const auto& [key, kind] : {std::pair("everyone", Kind::kEveryone),
                                  {"anonymous", Kind::kAnonymous},
                                  {"authenticated", Kind::kAuthenticated}}) {
    If(value.Find(key), [&match, kind = kind](const PolicyValue& member) {
      ReadTrue(member);
      match.kind = kind;
    });
  }
  If(value.Find("claim"), [&match](const PolicyValue& member) {
    match.kind = Kind::kClaims;
    ReadClaims(member, match);
  });
  If(value.Find("certificate"), [&match](const PolicyValue& member) {
    match.kind = Kind::kCertificate;
    ReadCertificate(member, match);
  });
}

bool IsForEveryone(const PolicyValue& group) {
  const auto match = group.json().is_object() ? group.Find("match") : std::nullopt;
  return match.has_value() && match->json() == Json{{"everyone", true}};
}

void ReadSessions(const PolicyValue& value, Group& group) {
  group.any_session = false;
  value.ForEachElement([&group](const PolicyValue& element) {
    std::string text;
    element.Read(text);
    if (text.empty()) return;
    if (text == "*") {
      group.any_session = true;
      return;
    }
    absl::StatusOr<CallerText> pattern = CallerText::Parse(text);
    if (!pattern.ok()) return element.Mistake(pattern.status().message());
    for (const CallerText::Part& part : pattern->parts()) {
      if (!part.is_value && !IsOf(part.text, "_-*")) {
        return element.Mistake(
            "has to be of letters, digits, '_', '-', '*', ${sub} and ${claim.NAME}");
      }
    }
    group.sessions.push_back(*std::move(pattern));
  });
}

/// The numbers of the words in an array.
void ReadWords(const PolicyValue& value, absl::Span<const absl::string_view> words,
               std::set<int>& numbers) {
  numbers.clear();
  value.ForEachElement([&](const PolicyValue& element) {
    if (const auto word = element.ReadWord(words); word.has_value()) {
      numbers.insert(static_cast<int>(*word) + 1);
    }
  });
}

void ReadRoles(const PolicyValue& value, Group& group) {
  If(value.Find("roles"),
     [&group](const PolicyValue& roles) { ReadWords(roles, kRoles, group.roles); });
  const bool publishes = group.roles.count(v1::ROLE_PUBLISHER) > 0;
  group.default_role = publishes             ? v1::ROLE_PUBLISHER
                       : group.roles.empty() ? v1::ROLE_UNSPECIFIED
                                             : static_cast<v1::Role>(*group.roles.begin());
  If(value.Find("defaultRole"), [&group](const PolicyValue& role) {
    const auto word = role.ReadWord(kRoles);
    if (!word.has_value()) return;
    group.default_role = static_cast<v1::Role>(*word + 1);
    if (group.roles.count(group.default_role) == 0) role.Mistake("is not among the roles");
  });
}

void ReadHosts(const PolicyValue& value, std::vector<std::string>& hosts) {
  value.ForEachElement([&hosts](const PolicyValue& element) {
    std::string host;
    element.Read(host);
    if (host.empty()) return;
    absl::AsciiStrToLower(&host);
    const std::vector<std::string> labels = absl::StrSplit(host, '.');
    if (!IsOf(host, "-.:*") || std::count(labels.begin(), labels.end(), "") > 0) {
      return element.Mistake(
          "has to be a host's name or address, without port or brackets, with '*' "
          "for any part of a label");
    }
    hosts.push_back(std::move(host));
  });
}

void ReadIpcam(const PolicyValue& value, Group& group) {
  if (value.json() == Json(false)) return;
  if (!value.json().is_object()) return value.Mistake("has to be false or an object");
  value.IsObject(kIpcamKeys);
  CameraRules& rules = group.ipcam.emplace();
  If(value.Find("schemes"), [&rules](const PolicyValue& schemes) {
    std::set<int> numbers;
    ReadWords(schemes, kSchemes, numbers);
    rules.schemes.clear();
    for (int number : numbers) rules.schemes.emplace(kSchemes[number - 1]);
  });
  const auto hosts = value.Find("hosts");
  If(hosts, [&rules](const PolicyValue& member) { ReadHosts(member, rules.hosts); });
  const bool needs_hosts = rules.schemes != std::set<std::string>{"file"};
  if (!hosts.has_value() && needs_hosts) {
    value.Mistake("has to have hosts; [\"*\"] is every host that has a public address");
  }
  If(value.Find("ports"), [&rules](const PolicyValue& ports) {
    if (ports.json().is_array() && ports.json().empty()) ports.Mistake("has to have a port");
    ports.ForEachElement([&rules](const PolicyValue& element) {
      int port = 0;
      element.Read(port, 1, 65535);
      rules.ports.insert(port);
    });
  });
  If(value.Find("userInfo"), [&rules](const PolicyValue& v) { v.Read(rules.allow_user_info); });
  If(value.Find("allowPrivateAddresses"),
     [&rules](const PolicyValue& v) { v.Read(rules.allow_private_addresses); });
}

void ReadData(const PolicyValue& value, ForcedData& data) {
  if (!value.IsObject(kDataKeys)) return;
  If(value.Find("merge"), [&data](const PolicyValue& merge) {
    std::set<std::string> names;
    merge.ForEachMember([&](const std::string& name, const PolicyValue& member) {
      if (!names.insert(absl::AsciiStrToLower(name)).second) {
        member.Mistake("differs from another one only in case");
      }
      if (!member.json().is_string()) {
        data.members.insert_or_assign(name, member.json());
        return;
      }
      auto text = CallerText::Parse(member.json().get_ref<const std::string&>());
      if (!text.ok()) return member.Mistake(text.status().message());
      data.members.insert_or_assign(name, *std::move(text));
    });
  });
}

void ReadOthers(const PolicyValue& value, OtherProperties& other) {
  using Mode = OtherProperties::Mode;
  if (value.json() == Json(false)) return;
  if (value.json() == Json(true)) {
    other.mode = Mode::kAll;
    return;
  }
  if (value.json() == Json("known")) {
    other.mode = Mode::kKnown;
    return;
  }
  if (!value.json().is_array()) {
    return value.Mistake("has to be true, false, \"known\" or an array of properties' names");
  }
  value.ForEachElement([&other](const PolicyValue& element) {
    std::string name;
    element.Read(name);
    if (name.empty()) return;
    if (HasOwnRule(name)) return element.Mistake("has a rule of its own");
    if (IsDisguised(name)) return element.Mistake("is not how OpenVidu spells this property");
    other.names.insert(std::move(name));
  });
}

void ReadName(const PolicyValue& value, std::set<std::string>& names, Group& group) {
  const auto name = value.Find("name");
  if (!name.has_value()) return value.Mistake("has to have a name");
  name->Read(group.name);
  if (!IsOf(group.name, "_-.") || group.name.size() > 64) {
    return name->Mistake("has to be of at most 64 letters, digits, '_', '-' and '.'");
  }
  if (!group.name.empty() && !names.insert(group.name).second) {
    name->Mistake("is another group's name too");
  }
}

Group ReadGroup(const PolicyValue& value, std::set<std::string>& names) {
  Group group;
  if (!value.IsObject(kGroupKeys)) return group;
  ReadName(value, names, group);
  std::string comment;
  If(value.Find("comment"), [&comment](const PolicyValue& v) { v.Read(comment); });
  const auto match = value.Find("match");
  if (!match.has_value()) value.Mistake("has to have a match");
  If(match, [&group](const PolicyValue& v) { ReadMatch(v, group.match); });

  If(value.Find("sessions"), [&group](const PolicyValue& v) { ReadSessions(v, group); });
  If(value.Find("createSessions"),
     [&group](const PolicyValue& v) { v.Read(group.create_sessions); });
  If(value.Find("recordingModes"),
     [&group](const PolicyValue& v) { ReadWords(v, kRecordingModes, group.recording_modes); });
  ReadRoles(value, group);
  If(value.Find("ipcam"), [&group](const PolicyValue& v) { ReadIpcam(v, group); });
  If(value.Find("customIceServers"),
     [&group](const PolicyValue& v) { v.Read(group.custom_ice_servers); });
  If(value.Find("kurentoOptions"),
     [&group](const PolicyValue& v) { v.Read(group.kurento_options); });
  If(value.Find("filters"), [&group](const PolicyValue& v) {
    v.ForEachElement([&group](const PolicyValue& element) {
      std::string filter;
      element.Read(filter);
      group.filters.insert(std::move(filter));
    });
    if (!group.kurento_options) v.Mistake("needs kurentoOptions to be true");
  });
  If(value.Find("maxVideoSendKbps"),
     [&group](const PolicyValue& v) { v.Read(group.max_video_send_kbps.emplace(), 1, kMaxKbps); });
  If(value.Find("maxVideoRecvKbps"),
     [&group](const PolicyValue& v) { v.Read(group.max_video_recv_kbps.emplace(), 1, kMaxKbps); });
  If(value.Find("data"), [&group](const PolicyValue& v) { ReadData(v, group.data); });
  If(value.Find("otherProperties"), [&group](const PolicyValue& v) { ReadOthers(v, group.other); });
  return group;
}

void ReadGroups(const PolicyValue& value, std::vector<Group>& groups) {
  std::set<std::string> names;
  bool takes_everyone = false;
  value.ForEachElement([&](const PolicyValue& element) {
    if (takes_everyone) element.Mistake("is never reached: a group before it is for everyone");
    groups.push_back(ReadGroup(element, names));
    takes_everyone = takes_everyone || IsForEveryone(element);
  });
}

}  // namespace

absl::StatusOr<Policy> ParsePolicy(absl::string_view text) {
  std::vector<std::string> mistakes;
  const Json json = ParsePolicyJson(text, mistakes);
  std::vector<Group> groups;
  const PolicyValue root(json, "", mistakes);
  const bool is_readable = !json.is_null() || mistakes.empty();
  if (is_readable && root.IsObject(kPolicyKeys)) {
    const auto list = root.Find("groups");
    if (!list.has_value() || list->json() == Json::array()) {
      root.Mistake("has to have groups, at least one");
    }
    If(list, [&groups](const PolicyValue& value) { ReadGroups(value, groups); });
  }
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
  return Policy(std::move(groups));
}

absl::StatusOr<Policy> ReadPolicyFile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<Policy> policy = ParsePolicy(*text);
  if (policy.ok()) return policy;
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": ",
      absl::StrReplaceAll(policy.status().message(), {{"\n", absl::StrCat("\n", path, ": ")}})));
}

}  // namespace openvidu::token
