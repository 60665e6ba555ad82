#include <httplib.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/flags.h"
#include "deploy/k8s/calls/load.h"

namespace openvidu::token {
namespace {

constexpr int kTimeoutSeconds = 25;
constexpr int kConnectTimeoutSeconds = 1;
constexpr absl::Duration kReconnectPause = absl::Milliseconds(50);

Outcome Post(httplib::Client& client, const std::string& path, absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  while (true) {
    const httplib::Result result = client.Post(path, "{}", "application/json");
    const bool refused = result.error() == httplib::Error::Connection ||
                         result.error() == httplib::Error::ConnectionTimeout;
    if (refused && absl::Now() < end) {
      absl::SleepFor(kReconnectPause);
      continue;
    }
    if (!result) return {.error = absl::StrCat("HTTP: ", httplib::to_string(result.error()))};
    if (result->status != 200)
      return {.error = absl::StrCat("HTTP ", result->status, ": ", result->body)};
    const auto answer = nlohmann::json::parse(result->body, nullptr, false);
    if (!answer.is_object() || answer.value("token", "").empty()) return {.error = "no token"};
    return {};
  }
}

}  // namespace

int Get(const std::string& url, const std::string& path) {
  httplib::Client client(url);
  client.set_connection_timeout(kConnectTimeoutSeconds * 3);
  client.set_read_timeout(kTimeoutSeconds);
  const httplib::Result result = client.Get(path);
  if (!result) {
    std::fprintf(stderr, "%s\n", httplib::to_string(result.error()).c_str());
    const bool refused = result.error() == httplib::Error::Connection ||
                         result.error() == httplib::Error::ConnectionTimeout;
    return refused ? kNoConnection : kExitFailure;
  }
  std::fwrite(result->body.data(), 1, result->body.size(), stdout);
  return result->status == 200 ? kExitOk : kExitFailure;
}

std::function<Call()> HttpCalls(const std::string& url, const std::string& session,
                                absl::Duration patience) {
  return [url, session, patience] {
    const auto client = std::make_shared<httplib::Client>(url);
    client->set_keep_alive(true);
    client->set_tcp_nodelay(true);
    client->set_connection_timeout(kConnectTimeoutSeconds);
    client->set_read_timeout(kTimeoutSeconds);
    client->enable_server_certificate_verification(false);
    return [client, patience, path = absl::StrCat("/api/sessions/", session, "/join")] {
      return Post(*client, path, patience);
    };
  };
}

}  // namespace openvidu::token
