#include "gateway/roster.h"

#include <utility>
#include <vector>

#include "base/log.h"
#include "gateway/roster_store.h"

namespace qantara::gateway {

Heart::Heart(db::Database& database, GatewayId me, const Clock& real_clock, Timers& real_timers, Tidy tidy)
    : database_(database),
      me_(me),
      real_clock_(real_clock),
      started_at_(real_clock.now()),
      tidy_(std::move(tidy)),
      bell_(real_timers.make_bell()) {}

Task<Result<void>> Heart::beat() {
  auto written = co_await database_.write([&](db::Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(upsert_beat(tx, me_, QANTARA_VERSION, started_at_));
    return tidy_(tx);
  });
  co_return written;
}

Task<void> Heart::run() {
  while (!stopping_) {
    co_await bell_->wait_until(real_clock_.now() + kBeatEvery);
    // A database that is away is away for whoever counts the beats too.
    if (!stopping_) (void)co_await beat();
  }
}

void Heart::stop() {
  stopping_ = true;
  bell_->ring();
}

Task<void> Heart::leave() {
  const auto left = co_await database_.write([&](db::Transaction& tx) { return delete_gateway(tx, me_); });
  if (!left) log::warn("this gateway is still on the roster", {{"cause", left.error().message}});
}

Undertaker::Undertaker(db::Database& database, const Clock& real_clock, Timers& real_timers, Bury bury)
    : database_(database), real_clock_(real_clock), bury_(std::move(bury)), bell_(real_timers.make_bell()) {}

Task<void> Undertaker::run() {
  while (!stopping_) {
    const auto looked = co_await look();
    if (!looked && !stopping_)
      log::warn("who of the gateways lives cannot be seen", {{"cause", looked.error().message}});
    const Instant next = real_clock_.now() + kBeatEvery;
    if (!stopping_) co_await bell_->wait_until(next);
  }
}

void Undertaker::stop() {
  stopping_ = true;
  bell_->ring();
}

Task<Result<void>> Undertaker::look() {
  CO_ASSIGN_OR_RETURN(const auto listed,
                      co_await database_.read([](db::Transaction& tx) -> Result<std::vector<Listed>> {
                        ASSIGN_OR_RETURN(auto all, select_gateways(tx));
                        ASSIGN_OR_RETURN(const auto strays, select_strays(tx));
                        all.insert(all.end(), strays.begin(), strays.end());
                        return all;
                      }));
  std::map<GatewayId, Seen> seen;
  for (const auto& gateway : listed) {
    const auto before = seen_.find(gateway.id);
    const bool has_missed = before != seen_.end() && before->second.beats == gateway.beats;
    const Seen now{.beats = gateway.beats, .missed = has_missed ? before->second.missed + 1 : 0};
    if (now.missed < kBeatsMissed) {
      seen.emplace(gateway.id, now);
      continue;
    }
    CO_RETURN_IF_ERROR(co_await database_.write([&](db::Transaction& tx) -> Result<void> {
      RETURN_IF_ERROR(bury_(tx, gateway.id));
      return delete_gateway(tx, gateway.id);
    }));
    log::warn("a gateway is gone; its calls to banks are taken over",
              {{"gateway", gateway.id.to_text()}, {"started_at", qantara::to_text(gateway.started_at)}});
  }
  seen_ = std::move(seen);
  co_return Result<void>{};
}

}  // namespace qantara::gateway
