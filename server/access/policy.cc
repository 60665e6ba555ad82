#include "server/access/policy.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/log.h"
#include "proto/json_names.h"
#include "server/access/connection_rules.h"
#include "server/access/glob.h"

namespace openvidu::token {
namespace {

// OpenVidu has no limit, but a head of 8 KiB.
constexpr size_t kMaxPatternIdBytes = 1000;

/// Whether `id` is of `pattern`. The caller's values in it are themselves: a `*` in them is no
/// glob.
bool IsOfPattern(const CallerText& pattern, const Identity& identity, absl::string_view id) {
  std::vector<std::string> literals(1);
  for (const CallerText::Part& part : pattern.parts()) {
    if (part.is_value) {
      const std::optional<std::string> value = CallerText::Value(identity, part);
      if (!value.has_value()) return false;
      literals.back() += *value;
      continue;
    }
    const std::vector<std::string> pieces = absl::StrSplit(part.text, '*');
    literals.back() += pieces[0];
    literals.insert(literals.end(), pieces.begin() + 1, pieces.end());
  }
  return MatchesGlob(literals, id);
}

bool IsSessionId(absl::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-';
  });
}

absl::Status CheckSession(const Group& group, const Identity& identity, const std::string& id) {
  // What is no id at all is refused behind us, as a mistake.
  if (group.any_session) return absl::OkStatus();
  if (IsSessionId(id) && id.size() <= kMaxPatternIdBytes &&
      std::any_of(group.sessions.begin(), group.sessions.end(),
                  [&](const CallerText& pattern) { return IsOfPattern(pattern, identity, id); })) {
    return absl::OkStatus();
  }
  return NotAllowed(
      "customSessionId",
      id.empty() ? "a session without an id" : absl::StrCat("session '", Printable(id, 100), "'"),
      group.name);
}

absl::Status CheckSessionProperties(const Group& group, const v1::SessionProperties& properties) {
  absl::Status others = CheckOtherProperties(group.other, properties, group.name);
  if (!others.ok()) return others;
  const int mode = properties.recording_mode();
  if (mode == v1::RECORDING_MODE_UNSPECIFIED || group.recording_modes.count(mode) > 0) {
    return absl::OkStatus();
  }
  const auto* value = v1::RecordingMode_descriptor()->FindValueByNumber(mode);
  return NotAllowed("recordingMode",
                    value == nullptr ? absl::StrCat("recording mode ", mode)
                                     : absl::StrCat("recording mode ", EnumWord(*value)),
                    group.name);
}

void Connect(const Group& group, const Identity& identity, v1::ConnectionProperties& properties,
             Decision& decision) {
  decision.status = ApplyConnectionRules(group, identity, properties, decision);
  if (!decision.allowed()) decision.camera.reset();
}

Decision NoGroup() {
  Decision decision;
  decision.status = Denied("", "No group of the policy takes this caller");
  decision.may_create = false;
  return decision;
}

Decision Sampled() {
  Decision decision;
  decision.rule = "sample";
  return decision;
}

}  // namespace

Policy Policy::Sample() {
  Policy policy;
  policy.allows_all_ = true;
  return policy;
}

Policy Policy::Default() {
  Group group;
  group.name = "default";
  group.recording_modes = {v1::RECORDING_MODE_ALWAYS, v1::RECORDING_MODE_MANUAL};
  group.custom_ice_servers = true;
  group.kurento_options = true;
  group.other.mode = OtherProperties::Mode::kKnown;
  return Policy({std::move(group)});
}

const Group* Policy::Find(const Identity& identity) const {
  const auto found = std::find_if(groups_.begin(), groups_.end(), [&identity](const Group& group) {
    return group.match.Matches(identity);
  });
  return found == groups_.end() ? nullptr : &*found;
}

Decision Policy::DecideInitialize(const Identity& identity,
                                  const v1::InitializeSessionRequest& request) const {
  if (allows_all_) return Sampled();
  const Group* const group = Find(identity);
  if (group == nullptr) return NoGroup();
  Decision decision;
  decision.rule = group->name;
  decision.may_create = group->create_sessions;
  decision.status = group->create_sessions
                        ? CheckSessionProperties(*group, request.properties())
                        : NotAllowed("customSessionId", "creating sessions", group->name);
  if (decision.allowed()) {
    decision.status = CheckSession(*group, identity, request.properties().custom_session_id());
  }
  return decision;
}

Decision Policy::DecideConnect(const Identity& identity,
                               v1::CreateConnectionRequest& request) const {
  if (allows_all_) return Sampled();
  const Group* const group = Find(identity);
  if (group == nullptr) return NoGroup();
  Decision decision;
  decision.rule = group->name;
  decision.status = CheckSession(*group, identity, request.session_id());
  if (decision.allowed()) Connect(*group, identity, *request.mutable_properties(), decision);
  return decision;
}

Decision Policy::DecideJoin(const Identity& identity, v1::JoinSessionRequest& request) const {
  if (allows_all_) return Sampled();
  const Group* const group = Find(identity);
  if (group == nullptr) return NoGroup();
  Decision decision;
  decision.rule = group->name;
  decision.may_create = group->create_sessions;
  decision.status = CheckSession(*group, identity, request.custom_session_id());
  if (decision.allowed() && decision.may_create) {
    decision.status = CheckSessionProperties(*group, request.session_properties());
  }
  if (decision.allowed()) {
    Connect(*group, identity, *request.mutable_connection_properties(), decision);
  }
  return decision;
}

}  // namespace openvidu::token
