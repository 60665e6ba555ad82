#include <httplib.h>
#include <unistd.h>

#include <memory>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "client/auth_token.h"
#include "client/cli/doctor.h"
#include "client/cli/endpoint_checks.h"
#include "http/http_date.h"
#include "http/http_url.h"

namespace openvidu::token {
namespace {

// Date has whole seconds, and an answer takes its time.
constexpr absl::Duration kSkewToTell = absl::Seconds(5);
// Beyond, tokens (--jwt_clock_skew) and fresh certificates are taken for expired or of the future.
constexpr absl::Duration kSkewThatBreaks = absl::Seconds(30);

constexpr char kUrlAdvice[] = "it is such as https://host.example, with a port if it needs one";
constexpr char kApi[] = "/openvidu/api";

/// A client for GETs.
class Http {
 public:
  Http(const HttpTarget& target, const HttpUrl& url) : base_(url.path) {
    absl::ConsumeSuffix(&base_, "/");
    if (url.tls) {
      auto client = std::make_unique<httplib::SSLClient>(url.host, url.port);
      if (!target.ca_file.empty()) client->set_ca_cert_path(target.ca_file.c_str());
      client->enable_server_certificate_verification(true);
      client_ = std::move(client);
    } else {
      client_ = std::make_unique<httplib::ClientImpl>(url.host, url.port);
    }
    const auto limit = absl::ToChronoMicroseconds(target.timeout);
    client_->set_connection_timeout(limit);
    client_->set_read_timeout(limit);
    client_->set_write_timeout(limit);
  }

  httplib::Result Get(absl::string_view path, const httplib::Headers& headers = {}) {
    return client_->Get(absl::StrCat(base_, path).c_str(), headers);
  }

 private:
  absl::string_view base_;
  std::unique_ptr<httplib::ClientImpl> client_;
};

std::string FailureOf(const httplib::Result& result) {
  return absl::StrCat("no answer: ", httplib::to_string(result.error()));
}

void CheckClock(const httplib::Response& response, Findings& findings) {
  const absl::Time now = absl::Now();
  const std::optional<std::time_t> date = ParseHttpDate(response.get_header_value("Date"));
  if (!date.has_value()) {
    return findings.Warn("clock", "the answer has no Date that could be read",
                         "is there a proxy that takes it away? Compare the clocks by hand");
  }
  const absl::Duration skew = absl::FromTimeT(*date) - now;
  const std::string what = absl::StrCat(
      "its clock is ", absl::FormatDuration(absl::Trunc(absl::AbsDuration(skew), absl::Seconds(1))),
      skew < absl::ZeroDuration() ? " behind" : " ahead of", " this machine's");
  const std::string advice = "set both by NTP: certificates and bearer tokens have times in them";
  if (absl::AbsDuration(skew) > kSkewThatBreaks) return findings.Fail("clock", what, advice);
  if (absl::AbsDuration(skew) > kSkewToTell) return findings.Warn("clock", what, advice);
  findings.Ok("clock", "as this machine's, within the 5 seconds that can be told");
}

Endpoint EndpointOf(const HttpTarget& target, const HttpUrl& url, const std::string& ca_flag) {
  return {.address = {url.host, url.port},
          .tls = url.tls,
          .tls_options = {.host = url.host, .ca_file = target.ca_file},
          .ca_flag = ca_flag,
          .tls_advice = "does it speak TLS on this port? Else its URL is an http:// one",
          .timeout = target.timeout};
}

/// What openvidu-browser opens a connection to is in each token.
void CheckPublicUrl(const std::string& text, Findings& findings) {
  const absl::StatusOr<HttpUrl> url = ParseHttpUrl(text, "the public URL");
  if (!url.ok()) {
    return findings.Fail("API", "this is no OpenVidu: what it calls its public URL is none",
                         "is it OpenVidu's URL, with its sub-path if it has one?");
  }
  if (IsLocalTarget(FormatHostPort({url->host, url->port}))) {
    return findings.Warn(
        "API", absl::StrCat("OpenVidu calls itself ", text),
        "browsers on other machines cannot use its tokens: set its DOMAIN_OR_PUBLIC_IP");
  }
  findings.Ok("API", absl::StrCat("OpenVidu calls itself ", text));
}

void CheckSecret(Http& http, const absl::StatusOr<std::string>& secret, Findings& findings) {
  if (!secret.ok()) {
    return findings.Warn("secret", absl::StrCat("not checked: ", secret.status().message()),
                         "set it as the token server has it");
  }
  const httplib::Result result =
      http.Get(absl::StrCat(kApi, "/config/openvidu-version"),
               {httplib::make_basic_authentication_header("OPENVIDUAPP", *secret)});
  if (!result) return findings.Fail("secret", FailureOf(result), "its log may say more");
  if (result->status == 200) {
    return findings.Ok("secret",
                       absl::StrCat("OpenVidu ", result->body.substr(0, 40), " takes it"));
  }
  if (result->status == 401) {
    return findings.Fail("secret", "OpenVidu does not take it",
                         "compare OPENVIDU_SECRET with that in OpenVidu's .env");
  }
  findings.Fail("secret", absl::StrCat("HTTP ", result->status),
                "is there a proxy in between that answers in OpenVidu's place?");
}

void CheckTurn(const HostPort& address, absl::Duration timeout, Findings& findings) {
  std::string why;
  const int fd = ConnectTcp(address, timeout, why);
  if (fd >= 0) {
    close(fd);
    return findings.Ok("TURN", absl::StrCat("port ", address.port, " is open (TCP)"));
  }
  findings.Warn("TURN", absl::StrCat("port ", address.port, " (TCP): ", why),
                "browsers behind firewalls send media through it; media needs UDP ports too "
                "(OpenVidu's documentation), which cannot be tried from here");
}

}  // namespace

void CheckGateway(const HttpTarget& gateway, Findings& findings) {
  findings.Begin(absl::StrCat("gateway ", gateway.url));
  const absl::StatusOr<HttpUrl> url = ParseHttpUrl(gateway.url, "--gateway_url");
  if (!url.ok()) return findings.Fail("URL", std::string(url.status().message()), kUrlAdvice);
  if (!CheckEndpoint(EndpointOf(gateway, *url, "--ca_file"), findings)) return;
  Http http(gateway, *url);
  const httplib::Result result = http.Get("/readyz");
  if (!result) return findings.Fail("ready", FailureOf(result), "is it a token-gateway?");
  if (result->status == 200) {
    findings.Ok("ready", "it takes requests");
  } else if (result->status == 503) {
    findings.Fail("ready", "the gateway has no token server that takes calls",
                  "look at its --server_address, and at the token server");
  } else {
    findings.Fail("ready", absl::StrCat("/readyz is answered by HTTP ", result->status),
                  "is it a token-gateway?");
  }
  CheckClock(*result, findings);
}

void CheckOpenVidu(const HttpTarget& openvidu, const absl::StatusOr<std::string>& secret,
                   Findings& findings, int turn_port) {
  findings.Begin(absl::StrCat("OpenVidu ", openvidu.url));
  const absl::StatusOr<HttpUrl> url = ParseHttpUrl(openvidu.url, "the URL of OpenVidu");
  if (!url.ok()) return findings.Fail("URL", std::string(url.status().message()), kUrlAdvice);
  if (!CheckEndpoint(EndpointOf(openvidu, *url, "--openvidu_ca_file"), findings)) return;
  if (!url->tls && !IsLocalTarget(FormatHostPort({url->host, url->port}))) {
    findings.Warn("TLS", "none: the secret can be read on its way", "use OpenVidu's https:// URL");
  }
  Http http(openvidu, *url);
  const httplib::Result result = http.Get(absl::StrCat(kApi, "/config/openvidu-publicurl"));
  if (!result) return findings.Fail("API", FailureOf(result), "its log may say more");
  if (result->status != 200) {
    return findings.Fail("API", absl::StrCat("this is no OpenVidu: HTTP ", result->status),
                         "is it OpenVidu's URL, with its sub-path if it has one?");
  }
  CheckPublicUrl(result->body, findings);
  CheckClock(*result, findings);
  CheckSecret(http, secret, findings);
  CheckTurn({url->host, turn_port}, openvidu.timeout, findings);
}

}  // namespace openvidu::token
