#ifndef SERVER_ACCESS_URL_KEY_SOURCE_H_
#define SERVER_ACCESS_URL_KEY_SOURCE_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "http/client_connection.h"
#include "http/http_url.h"
#include "net/address_resolver.h"
#include "net/reactor.h"
#include "net/tls_client.h"
#include "server/access/key_source.h"

namespace openvidu::token {

/// Which JWK Set to fetch, and when.
struct UrlKeySourceOptions {
  std::string url;      ///< https://, or http:// on this machine.
  std::string ca_file;  ///< PEM bundle to verify the server by. Empty: the system's.
  absl::Duration refresh = absl::Minutes(5);  ///< From one fetch to the next.
  /// The least time between one fetch and another that an unknown key asks for.
  absl::Duration min_interval = absl::Seconds(30);
  /// After a fetch that failed; doubles with each more in a row, up to max_retry.
  absl::Duration first_retry = absl::Seconds(1);
  absl::Duration max_retry = absl::Seconds(30);
  absl::Duration max_staleness = absl::Hours(24);  ///< Keys that are older are not trusted.
  absl::Duration timeout = absl::Seconds(5);       ///< Of one fetch, as a whole.
};

/// Errors: kInvalidArgument naming every mistake, by the flag's name, one a line.
absl::Status CheckUrlKeySourceOptions(const UrlKeySourceOptions& options);

/// Keys from a JWK Set that an identity provider publishes. Fetches it at once, and again and
/// again; redirects are not followed. Of a fetch that fails, which is logged, the keys before it
/// stay.
class UrlKeySource final : public KeySource, private ClientConnection::Owner {
 public:
  /// `reactor` outlives it. Errors: kInvalidArgument of the URL or the CA file. That nobody answers
  /// is none.
  static absl::StatusOr<std::unique_ptr<UrlKeySource>> Create(Reactor& reactor,
                                                              const UrlKeySourceOptions& options);
  /// Who waits for keys gets those that there are.
  ~UrlKeySource() override;

  Keys keys() const override;
  void Renew(Keys seen, Done done) override;

 private:
  UrlKeySource(Reactor& reactor, const UrlKeySourceOptions& options, HttpUrl url,
               std::unique_ptr<TlsClient> tls);

  void OnExchange(ClientConnection* connection, Exchange exchange) override;
  void OnIdleClosed(ClientConnection* /*connection*/) override {}

  void Fetch();
  void TakeRenewal(const Keys& seen, Done done);
  absl::StatusOr<VerificationKeys> Read(const Exchange& exchange) const;
  void EndFetch(const absl::StatusOr<VerificationKeys>& fetched);
  void AnswerWaiting();

  Reactor& reactor_;
  const UrlKeySourceOptions options_;
  const HttpUrl url_;
  const std::unique_ptr<TlsClient> tls_;

  mutable std::mutex mutex_;
  Keys keys_;                              // guarded by mutex_
  Reactor::Clock::time_point fetched_at_;  // keys_ were; guarded by mutex_

  // Of the reactor's thread.
  std::unique_ptr<AddressResolver> resolver_;
  std::unique_ptr<ClientConnection> connection_;  // null where no fetch is under way
  Reactor::Clock::time_point tried_at_;
  int failures_ = 0;  // in a row
  std::vector<Done> waiting_;
  Reactor::Timer timer_;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_URL_KEY_SOURCE_H_
