#include "gateway/leader_work.h"

#include <utility>

#include "bank_registry/bank_watch.h"
#include "base/log.h"
#include "gateway/roster.h"
#include "gateway/term_database.h"
#include "payment_intents/expiry_timer.h"
#include "payment_sources/consent_remover.h"
#include "payment_sources/cool_off_timer.h"
#include "webhooks/dispatcher.h"

namespace qantara::gateway {

/// The loops of one term. They hold what they know in memory, so another term has its own.
struct LeaderWork::Shift {
  Shift(const Surroundings& with, db::Term term)
      : database(with.database, term),
        cool_off_timer(database, with.sources, with.banks, with.clock, with.timers),
        consent_remover(database, with.sources, with.banks, with.clock, with.timers),
        intent_timer(database, with.intents, with.clock, with.timers),
        dispatcher({with.executor, database, with.delivery_client, with.clock, with.real_clock, with.random, with.vault,
                    with.timers, with.webhook_addresses}),
        watch(term, with.registry, with.banks, with.clock, with.timers),
        pruner(database, with.clock, with.real_clock, with.timers, with.retention, with.on_pruned),
        undertaker(database, with.real_clock, with.real_timers,
                   [&with](db::Transaction& tx, GatewayId gone) -> Result<void> {
                     RETURN_IF_ERROR(with.payments.recover(tx, gone));
                     return with.link.recover(tx, gone);
                   }),
        loops(with.executor) {
    for (const auto& bank : with.banks.all()) {
      if (!bank->active) watch.suspect(bank->identifier);
    }
    loops.start(dispatcher.run());
    loops.start(pruner.run());
    loops.start(cool_off_timer.run());
    loops.start(consent_remover.run());
    loops.start(intent_timer.run());
    loops.start(watch.run());
    if (with.sharing == Sharing::SHARED) loops.start(undertaker.run());
  }

  /// What is under way comes to its end.
  Task<void> finish() {
    dispatcher.stop();
    pruner.stop();
    cool_off_timer.stop();
    consent_remover.stop();
    intent_timer.stop();
    watch.stop();
    undertaker.stop();
    co_await loops.finish();
  }

  TermDatabase database;
  payment_sources::CoolOffTimer cool_off_timer;
  payment_sources::ConsentRemover consent_remover;
  payment_intents::ExpiryTimer intent_timer;
  webhooks::Dispatcher dispatcher;
  bank_registry::BankWatch watch;
  Pruner pruner;
  Undertaker undertaker;
  Nursery loops;
};

LeaderWork::LeaderWork(Surroundings surroundings)
    : with_(std::move(surroundings)), bell_(with_.real_timers.make_bell()), leaving_(with_.executor) {
  auto& database = with_.database;
  database.on_leadership([this] { bell_->ring(); });
  database.on_commit(events::kPublished, [this] { wake([](Shift& shift) { shift.dispatcher.wake(); }); });
  database.on_commit(payment_sources::kCoolOffStarted,
                     [this] { wake([](Shift& shift) { shift.cool_off_timer.wake(); }); });
  database.on_commit(payment_sources::kSourceRemoved,
                     [this] { wake([](Shift& shift) { shift.consent_remover.wake(); }); });
}

LeaderWork::~LeaderWork() = default;

template <class Wake>
void LeaderWork::wake(Wake wake) {
  const std::scoped_lock lock{mutex_};
  if (shift_) wake(*shift_);
}

void LeaderWork::heard(std::string_view bank, const banking::CallError* failure) {
  wake([&](Shift& shift) { shift.watch.heard(bank, failure); });
}

void LeaderWork::stop() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  bell_->ring();
}

bool LeaderWork::is_stopping() {
  const std::scoped_lock lock{mutex_};
  return stopping_;
}

Task<void> LeaderWork::run() {
  while (!is_stopping()) {
    const auto term = with_.database.leadership();
    if (term) {
      co_await run_term(*term);
    } else {
      co_await bell_->wait_until(Instant::max());
    }
  }
  co_await leaving_.finish();
}

Task<void> LeaderWork::run_term(db::Term term) {
  if (with_.sharing == Sharing::SHARED) log::info("this gateway leads", {{"term", term.number}});
  const auto shift = std::make_shared<Shift>(with_, term);
  put(shift);
  while (!is_stopping() && with_.database.leadership() == term) co_await bell_->wait_until(Instant::max());
  put(nullptr);
  if (is_stopping()) {
    co_await shift->finish();
    co_return;
  }
  log::warn("this gateway leads no more", {{"term", term.number}});
  leaving_.start(leave(shift));  // The next term need not wait for what cannot be recorded any more.
}

void LeaderWork::put(std::shared_ptr<Shift> shift) {
  const std::scoped_lock lock{mutex_};
  shift_ = std::move(shift);
}

Task<void> LeaderWork::leave(std::shared_ptr<Shift> shift) { co_await shift->finish(); }

}  // namespace qantara::gateway
