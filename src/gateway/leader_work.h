// What only one of the gateways on a database does: it delivers webhooks, watches what falls due, deletes what is old, knocks at
// banks and looks who of the others has died.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "bank_registry/bank_registry.h"
#include "banking/banks.h"
#include "banking/connector.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/nursery.h"
#include "base/random.h"
#include "base/task.h"
#include "base/timers.h"
#include "db/database.h"
#include "gateway/pruner.h"
#include "http/client.h"
#include "link/link_flow.h"
#include "payment_intents/payment_intents.h"
#include "payment_sources/payment_sources.h"
#include "payments/payments.h"

namespace qantara::gateway {

/// Whether other processes may work on the same database.
enum class Sharing { ALONE, SHARED };

class LeaderWork {
 public:
  /// What it works with. Everything outlives it.
  struct Surroundings {
    Executor executor;
    db::Database& database;
    Sharing sharing;
    http::Client& delivery_client;
    http::AddressPolicy webhook_addresses;
    const Clock& clock;
    const Clock& real_clock;
    Random& random;
    const Vault& vault;
    Timers& timers;       ///< Made with `clock`.
    Timers& real_timers;  ///< Made with `real_clock`.
    const banking::Banks& banks;
    bank_registry::BankRegistry& registry;
    const payment_sources::PaymentSources& sources;
    const payment_intents::PaymentIntents& intents;
    const payments::Payments& payments;
    const link::LinkFlow& link;
    Retention retention;
    std::function<void(const Pruned&)> on_pruned;
  };

  /// Hears of leadership from now on: before the first write.
  explicit LeaderWork(Surroundings surroundings);
  ~LeaderWork();
  LeaderWork(const LeaderWork&) = delete;
  LeaderWork& operator=(const LeaderWork&) = delete;

  /// Until `stop`, whenever this process leads: begins each term from what the database holds, and leaves everything where it
  /// stands when the term ends; what was under way then is recorded by nobody. After `stop` what is under way is ended first.
  Task<void> run();
  void stop();

  /// What became of a call to a bank (BankWatch::heard). From any thread; without effect on a gateway that does not lead.
  void heard(std::string_view bank, const banking::CallError* failure);

 private:
  struct Shift;
  Task<void> run_term(db::Term term);
  static Task<void> leave(std::shared_ptr<Shift> shift);
  void put(std::shared_ptr<Shift> shift);
  bool is_stopping();
  /// From any thread.
  template <class Wake>
  void wake(Wake wake);

  const Surroundings with_;
  const std::unique_ptr<Bell> bell_;
  Nursery leaving_;  ///< Shifts whose term has ended, until the last of what they began has come back.
  std::mutex mutex_;
  std::shared_ptr<Shift> shift_;  ///< Guarded by mutex_: null while this process does not lead.
  bool stopping_ = false;         ///< Guarded by mutex_.
};

}  // namespace qantara::gateway
