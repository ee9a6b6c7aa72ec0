// Who we are toward a server that asks for a certificate, and by which authority we know that server.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/result.h"

namespace qantara::http {

/// Files in PEM. `certificate` (ours first, then those that lead to an authority) and `key` (without a password) go together.
struct TlsFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
  /// The authorities that the other side's certificate must come from, instead of the system's. Empty: the system's.
  std::filesystem::path authority;
};

/// Loaded once, used by any number of clients and requests, in any thread. What it holds never changes: a renewed
/// certificate is a new identity, with connections and sessions of its own.
class TlsIdentity {
 public:
  /// Errors: INVALID_PARAMETERS on `certificate`, `key` or `authority`: a file that cannot be read or is no PEM of its kind,
  /// one of certificate and key without the other, a key with a password, a key that belongs to another certificate.
  static Result<std::shared_ptr<const TlsIdentity>> load(const TlsFiles& files);

  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;
  ~TlsIdentity();

  std::optional<Instant> expires_at() const;  ///< The end of our certificate; nothing without one.
  std::uint64_t number() const;               ///< No other identity of this process has or had it.

  struct State;
  State& state() const { return *state_; }  ///< For http/ itself.

 private:
  explicit TlsIdentity(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace qantara::http
