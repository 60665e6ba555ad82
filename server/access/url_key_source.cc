#include "server/access/url_key_source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/flags.h"
#include "common/log.h"
#include "common/version.h"
#include "server/access/json_web_keys.h"

namespace openvidu::token {
namespace {

constexpr char kUrlName[] = "jwt_jwks_url";
constexpr char kCaFileName[] = "jwt_jwks_ca_file";

bool IsThisMachine(const std::string& host) {
  return host == "localhost" || host == "::1" || host == "127.0.0.1";
}

absl::StatusOr<HttpUrl> ParseUrl(const std::string& url) {
  absl::StatusOr<HttpUrl> parsed = ParseHttpUrl(url, kUrlName);
  if (!parsed.ok() || parsed->tls || IsThisMachine(parsed->host)) return parsed;
  return absl::InvalidArgumentError(
      absl::StrCat(kUrlName,
                   " must be https://, for who changes the keys on their way signs as he "
                   "likes; http:// is for localhost"));
}

absl::string_view Text(TransportFailure failure) {
  switch (failure) {
    case TransportFailure::kResolve:
    case TransportFailure::kConnect:
      return "it cannot be reached";
    case TransportFailure::kTls:
      return "no TLS connection";
    case TransportFailure::kResolveDeadline:
    case TransportFailure::kConnectDeadline:
    case TransportFailure::kAnswerDeadline:
      return "no answer in time";
    case TransportFailure::kAnswerTooLarge:
      return "its answer is too large";
    case TransportFailure::kNotHttp:
      return "its answer is not HTTP";
    default:
      return "the connection broke";
  }
}

}  // namespace

absl::Status CheckUrlKeySourceOptions(const UrlKeySourceOptions& options) {
  std::vector<absl::Status> statuses = {ParseUrl(options.url).status(),
                                        CheckCaFile(options.ca_file, kCaFileName)};
  if (options.refresh < absl::Seconds(1)) {
    statuses.push_back(absl::InvalidArgumentError("jwt_jwks_refresh must be a second at least"));
  }
  if (options.max_staleness < options.refresh) {
    statuses.push_back(
        absl::InvalidArgumentError("jwt_jwks_max_staleness must not be below jwt_jwks_refresh"));
  }
  return AllMistakes(statuses);
}

absl::StatusOr<std::unique_ptr<UrlKeySource>> UrlKeySource::Create(
    Reactor& reactor, const UrlKeySourceOptions& options) {
  absl::StatusOr<HttpUrl> url = ParseUrl(options.url);
  if (!url.ok()) return url.status();
  absl::StatusOr<std::unique_ptr<TlsClient>> tls =
      MakeTlsClient(*url, options.ca_file, kCaFileName);
  if (!tls.ok()) return tls.status();
  std::unique_ptr<UrlKeySource> source(
      new UrlKeySource(reactor, options, *std::move(url), *std::move(tls)));
  // At once, so that who asks from now on waits for it.
  reactor.RunAndWait([&source] { source->Fetch(); });
  return source;
}

UrlKeySource::UrlKeySource(Reactor& reactor, const UrlKeySourceOptions& options, HttpUrl url,
                           std::unique_ptr<TlsClient> tls)
    : reactor_(reactor),
      options_(options),
      url_(std::move(url)),
      tls_(std::move(tls)),
      resolver_(std::make_unique<AddressResolver>(reactor, url_.host, url_.port)) {}

UrlKeySource::~UrlKeySource() {
  reactor_.RunAndWait([this] {
    reactor_.Cancel(timer_);
    connection_ = nullptr;
    resolver_ = nullptr;
    AnswerWaiting();
  });
}

KeySource::Keys UrlKeySource::keys() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::Duration age = absl::FromChrono(Reactor::Clock::now() - fetched_at_);
  return age <= options_.max_staleness ? keys_ : nullptr;
}

void UrlKeySource::Renew(Keys seen, Done done) {
  reactor_.Run([this, seen = std::move(seen), done = std::move(done)]() mutable {
    TakeRenewal(seen, std::move(done));
  });
}

void UrlKeySource::TakeRenewal(const Keys& seen, Done done) {
  // A fetch has ended since.
  if (Keys now = keys(); now != nullptr && now != seen) return done(std::move(now));
  if (connection_ == nullptr) {
    const absl::Duration pause = absl::FromChrono(Reactor::Clock::now() - tried_at_);
    if (pause < options_.min_interval) return done(keys());
    Fetch();
  }
  waiting_.push_back(std::move(done));
}

void UrlKeySource::Fetch() {
  reactor_.Cancel(timer_);
  tried_at_ = Reactor::Clock::now();
  Owner& owner = *this;
  connection_ = std::make_unique<ClientConnection>(reactor_, url_, *resolver_, tls_.get(), owner);
  connection_->Send(
      absl::StrCat(
          "GET ", url_.path.empty() ? "/" : url_.path, " HTTP/1.1\r\nHost: ", url_.HostHeader(),
          "\r\nAccept: application/jwk-set+json, application/json\r\nUser-Agent: " TOKEN_USER_AGENT
          "\r\nConnection: close\r\n\r\n"),
      tried_at_ + absl::ToChronoNanoseconds(options_.timeout));
}

void UrlKeySource::OnExchange(ClientConnection* /*connection*/, Exchange exchange) {
  // Not here and now: the connection is what is running, and this may be within Fetch(). By the
  // timer, which is free meanwhile, so that it ends with this.
  timer_ = reactor_.RunAt(reactor_.now(), [this, fetched = Read(exchange)] { EndFetch(fetched); });
}

absl::StatusOr<VerificationKeys> UrlKeySource::Read(const Exchange& exchange) const {
  if (exchange.failure != TransportFailure::kNone) {
    return absl::UnavailableError(
        absl::StrCat(Text(exchange.failure), exchange.cause.empty() ? "" : ": ", exchange.cause));
  }
  if (exchange.status != 200) {
    return absl::UnavailableError(
        absl::StrCat("it answers ", exchange.status,
                     exchange.status / 100 == 3 ? "; redirects are not followed" : ""));
  }
  absl::StatusOr<VerificationKeys> keys = ParseJsonWebKeys(exchange.body, SharedSecrets::kRefused);
  if (keys.ok()) return keys;
  return absl::UnavailableError(absl::StrCat("its answer: ", keys.status().message()));
}

void UrlKeySource::EndFetch(const absl::StatusOr<VerificationKeys>& fetched) {
  connection_ = nullptr;
  absl::Duration pause = options_.refresh;
  if (fetched.ok()) {
    failures_ = 0;
    Keys keys = std::make_shared<const VerificationKeys>(*fetched);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (keys_ == nullptr) LogInfo(absl::StrCat("keys of tokens from ", url_.HostHeader()));
    keys_ = std::move(keys);
    fetched_at_ = tried_at_;
  } else {
    pause = std::min({options_.first_retry * (1 << std::min(failures_, 10)), options_.max_retry,
                      options_.refresh});
    ++failures_;
    LogError(
        absl::StrCat(keys() == nullptr ? "no keys of tokens" : "the keys of tokens before stay",
                     ": jwt_jwks_url, on ", url_.HostHeader(), ": ", fetched.status().message()));
  }
  timer_ =
      reactor_.RunAt(Reactor::Clock::now() + absl::ToChronoNanoseconds(pause), [this] { Fetch(); });
  AnswerWaiting();
}

void UrlKeySource::AnswerWaiting() {
  for (Done& done : std::exchange(waiting_, {})) done(keys());
}

}  // namespace openvidu::token
