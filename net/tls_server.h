#ifndef NET_TLS_SERVER_H_
#define NET_TLS_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "net/file_watch.h"
#include "net/reactor.h"
#include "net/tls_key_pair.h"
#include "net/tls_transport.h"

namespace openvidu::token {

/// What a TLS server proves itself by.
struct TlsServerOptions {
  /// Both empty: a self-signed certificate, see KeepSelfSignedCertificate.
  TlsFiles files;
  /// PEM certificates of who vouches for clients: one that shows a certificate must be vouched for,
  /// one that shows none is welcome. Empty: nobody is asked for one.
  std::string client_ca_file;
  /// Where that one is kept.
  std::string self_signed_folder;
  /// How often the files are looked at (FileWatch).
  absl::Duration reload_interval = kFileWatchInterval;
};

/// Makes the server's end of TLS connections: TLS 1.2 or later with forward secrecy, HTTP/1.1 by
/// ALPN, sessions resumed by tickets. New connections get the newest certificate from the files,
/// and are judged by the newest authorities; files that cannot be used are logged, and what was
/// before them stays. Of the reactor's thread only, but for its making and its end.
class TlsServer {
 public:
  /// Errors: kInvalidArgument naming every mistake, one a line. Writes nothing.
  static absl::Status Check(const TlsServerOptions& options);

  /// Looks after the files on `reactor`, which outlives the server. Errors: those of Check;
  /// kFailedPrecondition (a self-signed certificate cannot be kept).
  static absl::StatusOr<std::unique_ptr<TlsServer>> Create(const TlsServerOptions& options,
                                                           Reactor& reactor);
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// One connection's state, before its handshake. A session that is resumed keeps the certificate
  /// that its client showed; none is resumed after the files have changed.
  Tls Accept();

  /// When the certificate that it shows expires.
  absl::Time certificate_expires() const;

 private:
  TlsServer(const TlsServerOptions& options, const TlsFiles& files, Reactor& reactor);

  absl::Status Load();
  void Reload();

  const TlsFiles files_;
  const std::string client_ca_file_;
  TlsContext context_;  // connections share it with us
  FileWatch watch_;
};

}  // namespace openvidu::token

#endif  // NET_TLS_SERVER_H_
