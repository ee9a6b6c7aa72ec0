#include "gateway/certificate_watch.h"

#include "base/log.h"

namespace qantara::gateway {

namespace {

constexpr Duration kLook = std::chrono::seconds{5};
constexpr Duration kReload = std::chrono::days{1};

}  // namespace

CertificateWatch::CertificateWatch(http::ServerTls& tls, const Clock& clock, const Clock& real_clock, Timers& timers)
    : tls_(tls),
      clock_(clock),
      real_clock_(real_clock),
      bell_(timers.make_bell()),
      reload_at_(real_clock.now() + kReload) {}

Task<void> CertificateWatch::run() {
  tell_when_it_ends_soon();
  while (!is_stopping_) {
    co_await bell_->wait_until(clock_.now() + kLook);
    if (is_stopping_) break;
    if (tls_.have_files_changed() || real_clock_.now() >= reload_at_) reload();
  }
}

void CertificateWatch::reload() {
  const Instant now = real_clock_.now();
  reload_at_ = now + kReload;
  if (const auto read = tls_.reload(now); !read) {
    log::error("the certificate was not read again; the one before stays in use",
               {{"reason", read.error().message}, {"cause", read.error().cause}});
  } else {
    log::info("the certificate was read", {{"expires_at", qantara::to_text(tls_.expires_at())}});
  }
  tell_when_it_ends_soon();
}

void CertificateWatch::stop() {
  is_stopping_ = true;
  bell_->ring();
}

void CertificateWatch::tell_when_it_ends_soon() const {
  if (tls_.expires_at() - real_clock_.now() > kCertificateEndsSoon) return;
  log::warn("the certificate ends soon: renew it", {{"expires_at", qantara::to_text(tls_.expires_at())}});
}

}  // namespace qantara::gateway
