#include "client/cli/endpoint_checks.h"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"

namespace openvidu::token {
namespace {

// A certificate that expires sooner is to be renewed: Let's Encrypt's are, 30 days before.
constexpr absl::Duration kExpirySoon = absl::Hours(14 * 24);

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

Addresses Resolve(const HostPort& address, std::string& why) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (error != 0) why = gai_strerror(error);
  return {found, freeaddrinfo};
}

std::string TextOf(const addrinfo& address) {
  char text[NI_MAXHOST] = "";
  getnameinfo(address.ai_addr, address.ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return text;
}

/// Connects, in time. Returns the socket, or -1 with errno.
int Connect(const addrinfo& address, absl::Duration timeout) {
  const int fd = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  int error = connect(fd, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    pollfd waiting{fd, POLLOUT, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(timeout)));
    socklen_t size = sizeof error;
    if (ready == 1) {
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    } else {
      error = ETIMEDOUT;
    }
  }
  if (error != 0) {
    close(fd);
    errno = error;
    return -1;
  }
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  const timeval limit = absl::ToTimeval(timeout);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return fd;
}

std::string AdviceOnFaults(const Endpoint& endpoint, const TlsReport& report) {
  std::vector<std::string> advice;
  const auto add = [&advice](const std::string& text) {
    if (std::find(advice.begin(), advice.end(), text) == advice.end()) advice.push_back(text);
  };
  for (const CertificateFault& fault : report.faults) {
    switch (fault.code) {
      case X509_V_ERR_CERT_HAS_EXPIRED:
        add("renew it, or set this machine's clock right");
        break;
      case X509_V_ERR_CERT_NOT_YET_VALID:
        add("it is of the future: compare the clocks");
        break;
      case X509_V_ERR_HOSTNAME_MISMATCH:
      case X509_V_ERR_IP_ADDRESS_MISMATCH:
        add(absl::StrCat("it is for ", absl::StrJoin(report.names, ", "),
                         ": call the server by one of these names"));
        break;
      default:
        add(absl::StrCat("give the certificate of who issued it by ", endpoint.ca_flag,
                         ", or have the server send its whole chain"));
    }
  }
  return absl::StrJoin(advice, "; ");
}

std::string DateOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
}

bool TellTls(const Endpoint& endpoint, const TlsReport& report, Findings& findings) {
  if (!report.faults.empty()) {
    std::vector<std::string> faults;
    for (const CertificateFault& fault : report.faults) {
      faults.push_back(absl::StrCat(fault.text, " (", fault.subject, ")"));
    }
    findings.Fail("TLS", absl::StrJoin(faults, "; "), AdviceOnFaults(endpoint, report));
    return false;
  }
  if (endpoint.tls_options.http2 && !report.agrees_on_http2) {
    findings.Fail("TLS", "the server does not agree on HTTP/2, which gRPC needs (ALPN)",
                  "is it a gateway or a proxy, and not the token server?");
    return false;
  }
  const absl::Duration left = report.expires - absl::Now();
  const std::string what = absl::StrCat(report.version, ", certificate of ", report.subject, " by ",
                                        report.issuer, ", until ", DateOf(report.expires));
  if (left < kExpirySoon) {
    findings.Warn("TLS", what,
                  absl::StrCat("it expires in ", absl::ToInt64Hours(left) / 24, " days: renew it"));
  } else {
    findings.Ok("TLS", what);
  }
  if (report.wants_client_certificate && endpoint.tls_options.cert_file.empty()) {
    findings.Warn("TLS", "the server asks for a client certificate, and none is given",
                  "where it insists, give one by --cert_file and --key_file");
  }
  return true;
}

}  // namespace

int ConnectTcp(const HostPort& address, absl::Duration timeout, std::string& why) {
  const Addresses addresses = Resolve(address, why);
  std::vector<std::string> reasons;
  for (const addrinfo* next = addresses.get(); next != nullptr; next = next->ai_next) {
    const int fd = Connect(*next, timeout);
    if (fd >= 0) return fd;
    reasons.push_back(absl::StrCat(TextOf(*next), ": ", std::strerror(errno)));
  }
  if (!reasons.empty()) why = absl::StrJoin(reasons, "; ");
  return -1;
}

bool CheckEndpoint(const Endpoint& endpoint, Findings& findings) {
  std::string why;
  const Addresses addresses = Resolve(endpoint.address, why);
  if (addresses == nullptr) {
    findings.Fail("DNS", absl::StrCat("'", endpoint.address.host, "': ", why),
                  "is the name right, and does this machine's resolver know it?");
    return false;
  }
  std::vector<std::string> texts;
  for (const addrinfo* next = addresses.get(); next != nullptr; next = next->ai_next) {
    texts.push_back(TextOf(*next));
  }
  const bool is_address = texts.size() == 1 && texts[0] == endpoint.address.host;
  findings.Ok("DNS", is_address
                         ? "an address, which needs no look-up"
                         : absl::StrCat(endpoint.address.host, " is ", absl::StrJoin(texts, ", ")));

  const int fd = ConnectTcp(endpoint.address, endpoint.timeout, why);
  if (fd < 0) {
    findings.Fail("TCP", why,
                  absl::StrCat("is it running, does it listen on port ", endpoint.address.port,
                               " of that address, and does a firewall let it through?"));
    return false;
  }
  findings.Ok("TCP", absl::StrCat("port ", endpoint.address.port, " is open"));
  bool well = true;
  if (endpoint.tls) {
    const absl::StatusOr<TlsReport> report = ProbeTls(fd, endpoint.tls_options);
    if (report.ok()) {
      well = TellTls(endpoint, *report, findings);
    } else {
      findings.Fail("TLS", std::string(report.status().message()), endpoint.tls_advice);
      well = false;
    }
  }
  close(fd);
  return well;
}

}  // namespace openvidu::token
