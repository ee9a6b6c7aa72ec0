// The server's side of TLS: TLS 1.2 and 1.3 with forward secrecy and authenticated encryption alone, tickets for resumption,
// http/1.1, and client certificates that are asked for without being demanded.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX.

namespace qantara::http {

struct ServerTlsOptions {
  std::filesystem::path certificate;  ///< PEM: the server's, then those that lead to an authority.
  std::filesystem::path key;          ///< PEM, without a password. Its group may read it, nobody else.
  /// PEM of the authorities that clients' certificates must come from; a handshake with another certificate fails. Empty:
  /// every certificate is taken as it is (RFC 8705, section 2.2), and whoever gets the request judges it.
  std::filesystem::path client_authorities;
  /// Ask only those for a certificate who come to this host name (SNI); browsers make people choose one wherever they are
  /// asked. Empty: everybody is asked.
  std::string client_name;
};

/// What a server shows to those who connect. Shared by any number of servers, in any thread.
class ServerTls {
 public:
  /// Errors: INVALID_PARAMETERS, naming the file, for one that cannot be read or is no PEM of its kind, a key with a password,
  /// one that others may read or that is another certificate's, and a certificate that is not valid at `now`.
  static Result<std::shared_ptr<ServerTls>> load(ServerTlsOptions options, Instant now);

  ServerTls(const ServerTls&) = delete;
  ServerTls& operator=(const ServerTls&) = delete;
  ~ServerTls();

  /// Reads the files again, for the connections that begin from now on; sessions begun before are not resumed. If the files
  /// are not right, everything stays as it was. Errors: as `load`.
  Result<void> reload(Instant now);

  /// Whether a file is another one than when the files were last looked at, by `load`, `reload` or this.
  bool have_files_changed();

  Instant expires_at() const;  ///< The certificate's end.

  std::shared_ptr<ssl_ctx_st> context() const;  ///< For http/ itself: what a new connection begins with.

 private:
  struct Loaded;
  explicit ServerTls(ServerTlsOptions options);
  std::shared_ptr<const Loaded> loaded() const;

  const ServerTlsOptions options_;
  mutable std::mutex mutex_;  // For what stands below.
  std::shared_ptr<const Loaded> loaded_;
  std::string stamps_;  // Which files they were.
};

}  // namespace qantara::http
