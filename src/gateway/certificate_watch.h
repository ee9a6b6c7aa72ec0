// Keeps the server's certificate new: whoever renews it only writes the files.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/task.h"
#include "base/timers.h"
#include "http/server_tls.h"

namespace qantara::gateway {

/// A certificate that ends sooner is worth a word.
inline constexpr Duration kCertificateEndsSoon = std::chrono::days{14};

class CertificateWatch {
 public:
  /// Everything outlives it. `real_clock`: certificates know no other.
  CertificateWatch(http::ServerTls& tls, const Clock& clock, const Clock& real_clock, Timers& timers);

  /// Until `stop`. Reads the files again when they have changed, and once a day in any case, so that no ticket of a session
  /// can be opened for longer. Files that are not right are told of in the log, and change nothing.
  Task<void> run();

  void reload();  ///< At once.
  void stop();

 private:
  void tell_when_it_ends_soon() const;

  http::ServerTls& tls_;
  const Clock& clock_;
  const Clock& real_clock_;
  std::unique_ptr<Bell> bell_;
  Instant reload_at_;
  bool is_stopping_ = false;
};

}  // namespace qantara::gateway
