#include "telemetry/tracing.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/flags.h"
#include "common/version.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

constexpr char kServiceName[] = "service.name";
constexpr char kInstanceId[] = "service.instance.id";

// What we send ourselves.
constexpr absl::string_view kOwnHeaders[] = {
    "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "User-Agent"};

bool Has(const OtlpResource& resource, absl::string_view name) {
  return std::any_of(resource.begin(), resource.end(),
                     [name](const auto& each) { return each.first == name; });
}

/// In place of one of the same name.
void Put(absl::string_view name, std::string value, OtlpResource& resource) {
  std::erase_if(resource, [name](const auto& each) { return each.first == name; });
  resource.emplace_back(std::string(name), std::move(value));
}

absl::StatusOr<OtlpResource> ResourceOf(const TracingOptions& options) {
  auto resource = ParseKeyValues("OTEL_RESOURCE_ATTRIBUTES", options.resource_attributes);
  if (!resource.ok()) return resource;
  if (!options.service_name.empty()) {
    Put(kServiceName, options.service_name, *resource);
  } else if (!Has(*resource, kServiceName)) {
    Put(kServiceName, options.program, *resource);
  }
  Put("service.version", TOKEN_VERSION, *resource);
  if (!Has(*resource, kInstanceId)) {
    absl::BitGen random;
    Put(kInstanceId,
        absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16),
                     absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16)),
        *resource);
  }
  return resource;
}

absl::StatusOr<std::string> HeadersOf(const TracingOptions& options) {
  constexpr char kName[] = "OTEL_EXPORTER_OTLP_HEADERS";
  const auto headers = ParseKeyValues(kName, options.headers);
  if (!headers.ok()) return headers.status();
  std::string lines;
  for (const auto& [header, value] : *headers) {
    const bool is_own = std::any_of(
        std::begin(kOwnHeaders), std::end(kOwnHeaders),
        [&name = header](absl::string_view own) { return absl::EqualsIgnoreCase(own, name); });
    if (!IsToken(header) || !IsFieldValue(value) || is_own) {
      return absl::InvalidArgumentError(absl::StrCat(kName, " has what can be no header of it"));
    }
    absl::StrAppend(&lines, header, ": ", value, "\r\n");
  }
  return lines;
}

}  // namespace

absl::StatusOr<OtlpResource> ParseKeyValues(absl::string_view name, absl::string_view text) {
  OtlpResource parsed;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    const absl::string_view key = absl::StripAsciiWhitespace(pair.first);
    if (key.empty() || !absl::StrContains(part, '=')) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, " is a list such as name=value,name=value"));
    }
    Put(PercentDecode(key, false), PercentDecode(absl::StripAsciiWhitespace(pair.second), false),
        parsed);
  }
  return parsed;
}

absl::Status Tracing::Check(const TracingOptions& options) {
  std::vector<absl::Status> statuses;
  if (!(options.sample_ratio >= 0 && options.sample_ratio <= 1)) {
    statuses.push_back(absl::InvalidArgumentError("trace_sample_ratio must be from 0 to 1"));
  }
  if (options.endpoint.empty()) {
    if (!options.ca_file.empty()) {
      statuses.push_back(absl::InvalidArgumentError("otlp_ca_file is for otlp_endpoint"));
    }
  } else {
    statuses.push_back(ResourceOf(options).status());
    statuses.push_back(HeadersOf(options).status());
    statuses.push_back(
        CheckOtlpExporterOptions({.endpoint = options.endpoint, .ca_file = options.ca_file}));
  }
  return AllMistakes(statuses);
}

absl::StatusOr<std::unique_ptr<Tracing>> Tracing::Start(const TracingOptions& options) {
  if (absl::Status mistakes = Check(options); !mistakes.ok()) return mistakes;
  std::unique_ptr<Tracing> tracing(new Tracing());
  if (options.endpoint.empty()) return tracing;
  auto reactor = Reactor::Start("traces");
  if (!reactor.ok()) return reactor.status();
  tracing->reactor_ = *std::move(reactor);
  auto exporter = OtlpExporter::Create(*tracing->reactor_, {.endpoint = options.endpoint,
                                                            .ca_file = options.ca_file,
                                                            .headers = *HeadersOf(options),
                                                            .resource = *ResourceOf(options)});
  if (!exporter.ok()) return exporter.status();
  tracing->exporter_ = *std::move(exporter);
  tracing->tracer_ = std::make_unique<const Tracer>(options.sample_ratio, *tracing->exporter_);
  return tracing;
}

}  // namespace openvidu::token
