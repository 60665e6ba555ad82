#include "server/access/json_web_keys.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/flags.h"
#include "common/log.h"
#include "common/read_file.h"
#include "server/access/base64_url.h"
#include "server/access/json_object.h"
#include "server/access/public_key.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

constexpr size_t kMinSecretBytes = 32;
constexpr size_t kMaxIdBytes = 256;
constexpr char kSecretAlgorithm[] = "HS256";

absl::Status Mistake(absl::string_view what) { return absl::InvalidArgumentError(what); }

/// A text member; empty where it is not there. Errors: it is no text.
absl::StatusOr<std::string> TextOf(const Json& key, const char* name) {
  const auto member = key.find(name);
  if (member == key.end()) return std::string();
  if (!member->is_string()) return Mistake(absl::StrCat("has a '", name, "' that is no text"));
  return member->get<std::string>();
}

absl::StatusOr<std::string> BytesOf(const Json& key, const char* name) {
  const absl::StatusOr<std::string> text = TextOf(key, name);
  if (!text.ok()) return text.status();
  std::optional<std::string> bytes = DecodeBase64Url(*text);
  if (!bytes.has_value() || bytes->empty()) {
    return Mistake(absl::StrCat("needs a '", name, "' in base64url"));
  }
  return *std::move(bytes);
}

/// Whether `use` and `key_ops` let it verify signatures (RFC 7517 §4.2, §4.3).
absl::StatusOr<bool> IsForVerification(const Json& key) {
  const absl::StatusOr<std::string> use = TextOf(key, "use");
  if (!use.ok()) return use.status();
  if (!use->empty() && *use != "sig") return false;
  const auto operations = key.find("key_ops");
  if (operations == key.end()) return true;
  if (!operations->is_array()) return Mistake("has a 'key_ops' that is no list");
  return std::find(operations->begin(), operations->end(), "verify") != operations->end();
}

absl::StatusOr<VerificationKey> RsaOf(const Json& key) {
  const absl::StatusOr<std::string> n = BytesOf(key, "n");
  if (!n.ok()) return n.status();
  const absl::StatusOr<std::string> e = BytesOf(key, "e");
  if (!e.ok()) return e.status();
  return MakeRsaKey(*n, *e);
}

absl::StatusOr<VerificationKey> EcOf(const Json& key, absl::string_view curve) {
  const absl::StatusOr<std::string> x = BytesOf(key, "x");
  if (!x.ok()) return x.status();
  const absl::StatusOr<std::string> y = BytesOf(key, "y");
  if (!y.ok()) return y.status();
  return MakeEcKey(curve, *x, *y);
}

absl::StatusOr<VerificationKey> Ed25519Of(const Json& key) {
  const absl::StatusOr<std::string> x = BytesOf(key, "x");
  if (!x.ok()) return x.status();
  return MakeEd25519Key(*x);
}

absl::StatusOr<VerificationKey> SecretOf(const Json& key, SharedSecrets secrets) {
  if (secrets == SharedSecrets::kRefused) {
    return Mistake("is a shared secret ('oct'), which does not belong into a public set");
  }
  absl::StatusOr<std::string> bytes = BytesOf(key, "k");
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() < kMinSecretBytes) {
    return Mistake(absl::StrCat("is a secret of ", bytes->size(), " bytes; it takes ",
                                kMinSecretBytes, " at least"));
  }
  return VerificationKey{"", {kSecretAlgorithm}, *std::move(bytes), nullptr};
}

/// One key; none where it is for something else.
absl::StatusOr<std::optional<VerificationKey>> KeyOf(const Json& key, SharedSecrets secrets) {
  if (!key.is_object()) return Mistake("is no object");
  const absl::StatusOr<std::string> type = TextOf(key, "kty");
  if (!type.ok()) return type.status();
  if (type->empty()) return Mistake("has no 'kty'");
  const absl::StatusOr<bool> verifies = IsForVerification(key);
  if (!verifies.ok()) return verifies.status();
  const absl::StatusOr<std::string> id = TextOf(key, "kid");
  if (!id.ok()) return id.status();
  if (id->size() > kMaxIdBytes) return Mistake("has a 'kid' that is too long");
  const absl::StatusOr<std::string> algorithm = TextOf(key, "alg");
  if (!algorithm.ok()) return algorithm.status();
  const absl::StatusOr<std::string> curve = TextOf(key, "crv");
  if (!curve.ok()) return curve.status();

  const bool rsa = *type == "RSA";
  const bool ec = *type == "EC" && IsKnownCurve(*curve);
  const bool ed25519 = *type == "OKP" && *curve == "Ed25519";
  const bool secret = *type == "oct";
  if (secret && secrets == SharedSecrets::kRefused) return SecretOf(key, secrets).status();
  if (!*verifies || (!rsa && !ec && !ed25519 && !secret)) return std::nullopt;
  if (!secret && key.contains("d"))
    return Mistake("is a private key; only the public part belongs here");

  absl::StatusOr<VerificationKey> made = rsa       ? RsaOf(key)
                                         : ec      ? EcOf(key, *curve)
                                         : ed25519 ? Ed25519Of(key)
                                                   : SecretOf(key, secrets);
  if (!made.ok()) return made.status();
  if (!algorithm->empty()) {
    const std::vector<std::string>& own = made->algorithms;
    if (std::find(own.begin(), own.end(), *algorithm) == own.end()) return std::nullopt;
    made->algorithms = {*algorithm};
  }
  made->id = *id;
  return *std::move(made);
}

bool ShareIdAndAlgorithm(const VerificationKey& a, const VerificationKey& b) {
  return !a.id.empty() && a.id == b.id &&
         std::find_first_of(a.algorithms.begin(), a.algorithms.end(), b.algorithms.begin(),
                            b.algorithms.end()) != a.algorithms.end();
}

std::string NameOf(size_t place, const Json& key) {
  const auto id = key.is_object() ? key.find("kid") : key.end();
  const bool has_id = key.is_object() && id != key.end() && id->is_string();
  return absl::StrCat(
      "keys[", place, "]",
      has_id ? absl::StrCat(" (kid '", Printable(id->get<std::string>(), 64), "')") : "");
}

absl::Status InFile(const std::string& path, const absl::Status& status) {
  return Mistake(absl::StrCat("'", path, "' ", status.message()));
}

}  // namespace

absl::StatusOr<VerificationKeys> ParseJsonWebKeys(absl::string_view json, SharedSecrets secrets) {
  if (json.size() > kMaxKeySetBytes) {
    return Mistake(absl::StrCat("is larger than ", kMaxKeySetBytes, " bytes"));
  }
  const absl::StatusOr<Json> set = ParseJsonObject(json);
  if (!set.ok()) return set.status();
  const auto keys = set->find("keys");
  if (keys == set->end() || !keys->is_array())
    return Mistake("is no JWK Set: it has no list 'keys'");
  if (keys->size() > kMaxKeys) return Mistake(absl::StrCat("has more than ", kMaxKeys, " keys"));

  VerificationKeys usable;
  std::vector<absl::Status> mistakes;
  for (size_t place = 0; place < keys->size(); ++place) {
    absl::StatusOr<std::optional<VerificationKey>> key = KeyOf((*keys)[place], secrets);
    const auto mistake = [&](absl::string_view what) {
      mistakes.push_back(Mistake(absl::StrCat(NameOf(place, (*keys)[place]), " ", what)));
    };
    if (!key.ok()) {
      mistake(key.status().message());
    } else if (key->has_value()) {
      const bool twice = std::any_of(usable.begin(), usable.end(), [&](const auto& other) {
        return ShareIdAndAlgorithm(other, **key);
      });
      if (twice) mistake("has the kid of another key");
      usable.push_back(**std::move(key));
    }
  }
  if (absl::Status all = AllMistakes(mistakes); !all.ok()) return all;
  if (usable.empty()) return Mistake("holds no key that verifies signatures");
  return usable;
}

absl::StatusOr<VerificationKeys> ParsePemKey(absl::string_view pem) {
  absl::StatusOr<VerificationKey> key = ReadPublicKey(pem);
  if (!key.ok()) return key.status();
  return VerificationKeys{*std::move(key)};
}

absl::StatusOr<VerificationKeys> ReadKeysFile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  const bool json = absl::StartsWith(absl::StripLeadingAsciiWhitespace(*text), "{");
  absl::StatusOr<VerificationKeys> keys =
      json ? ParseJsonWebKeys(*text, SharedSecrets::kAllowed) : ParsePemKey(*text);
  if (!keys.ok()) return InFile(path, keys.status());
  return keys;
}

absl::StatusOr<VerificationKeys> ReadHmacKeyFile(const std::string& path) {
  const absl::StatusOr<std::string> bytes = ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  absl::string_view secret = *bytes;
  absl::string_view line = secret;
  if (absl::ConsumeSuffix(&line, "\n")) absl::ConsumeSuffix(&line, "\r");
  const bool is_text = std::all_of(line.begin(), line.end(), absl::ascii_isprint);
  if (is_text) secret = line;
  if (absl::StrContains(secret, "-----BEGIN ")) {
    return InFile(path, Mistake("holds a PEM, which is no shared secret"));
  }
  if (secret.size() < kMinSecretBytes) {
    return InFile(path,
                  Mistake(absl::StrCat("holds ", secret.size(), " bytes; a secret for HS256 takes ",
                                       kMinSecretBytes, " at least")));
  }
  return VerificationKeys{{"", {kSecretAlgorithm}, std::string(secret), nullptr}};
}

}  // namespace openvidu::token
