// What the tests of payments (and of the folders above) share: a gateway's worth of use cases on a real database, with one shop,
// one customer, and whatever bank the test brings.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "applications/applications.h"
#include "banking/banks.h"
#include "banking/scripted_bank.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/timers.h"
#include "customers/customers.h"
#include "db/test_database.h"
#include "destinations/destinations.h"
#include "events/events.h"
#include "json/json.h"
#include "migrations/gateway.h"
#include "payment_intents/payment_intents.h"
#include "payment_sources/payment_sources.h"
#include "payments/payment_authorisation.h"
#include "payments/payments.h"

namespace qantara::payments {

inline constexpr auto kTestBank = "TESTBANK";
inline constexpr auto kPayerIban = "AE070331234567890123456";
inline constexpr auto kPayeeIban = "AE260211000000230064016";
inline constexpr auto kLinkState = R"({"consent":"c0ffee"})";

/// What a bank may ask for and say.
namespace bank_says {

inline banking::NeedFields sign_in() {
  return {.stage = banking::Stage::LOGIN,
          .fields = {{.name = "username", .kind = banking::FieldKind::TEXT},
                     {.name = "password", .kind = banking::FieldKind::PASSWORD}}};
}
inline banking::NeedFields login_code() {
  return {.stage = banking::Stage::LOGIN,
          .fields = {{.name = "otp", .kind = banking::FieldKind::OTP, .numeric = true}}};
}
inline banking::NeedFields method() {
  return {.stage = banking::Stage::PAYMENT,
          .fields = {{.name = "method",
                      .kind = banking::FieldKind::CHOICE,
                      .options = {{.value = "sms", .label = "SMS", .leads_to = banking::FieldKind::OTP},
                                  {.value = "app", .label = "App", .leads_to = banking::FieldKind::CHOICE}}}}};
}
inline banking::NeedFields code() {
  return {.stage = banking::Stage::PAYMENT,
          .fields = {{.name = "otp", .kind = banking::FieldKind::OTP, .numeric = true}},
          .effect = banking::Effect::IRREVOCABLE};
}
inline banking::NeedFields wrong_code() {
  auto need = code();
  need.wrong_answer = true;
  return need;
}
inline banking::NeedApproval approval() { return {.message = "Look at your phone", .expires_at = {}}; }
inline banking::NeedRedirect redirect() {
  return {.stage = banking::Stage::PAYMENT, .url = "https://bank.test/authorise/1", .message = {}, .expires_at = {}};
}
inline banking::Outcome accepted() {
  return {.status = banking::BankStatus::ACCEPTED, .bank_status = "ACSC", .reference = "REF-1"};
}
inline banking::Outcome accepted_without_reference() {
  return {.status = banking::BankStatus::ACCEPTED, .bank_status = "ACSC"};
}
inline banking::Outcome pending() { return {.status = banking::BankStatus::PENDING, .bank_status = "ACTC"}; }
inline banking::Outcome rejected() {
  return {.status = banking::BankStatus::REJECTED,
          .bank_status = "RJCT",
          .failure_code = "INSUFFICIENT_BALANCE",
          .reason_code = "AM04",
          .reason_text = "not enough"};
}
inline banking::Refused refused() { return {.code = "MFA_ATTEMPTS_EXHAUSTED", .text = "too many codes"}; }
inline banking::StillWaiting waiting() { return {.bank_status = "RCVD", .sca_status = "started"}; }

}  // namespace bank_says

/// What becomes of one use of the database.
enum class Failure {
  NONE,
  AWAY,         ///< SERVICE_UNAVAILABLE.
  LOST,         ///< STORAGE_FAILED, and nothing was written.
  ANSWER_LOST,  ///< STORAGE_FAILED, and all was written.
};

/// A database that fails as it is told to, and behind whose next commit the process may sleep while others go on.
class ShakyDatabase final : public db::Database {
 public:
  explicit ShakyDatabase(db::Database& firm) : firm_(firm) {}

  std::deque<Failure> writes;  ///< Of the next ones, one each; those after them are well.
  std::deque<Failure> reads;
  std::function<Task<void>()> meanwhile;
  int written = 0;  ///< Tries, whatever came of them.

  void on_commit(db::Channel, std::function<void()>) override {}
  std::optional<db::Term> leadership() const override { return firm_.leadership(); }
  void on_leadership(std::function<void()>) override {}
  Result<std::string> place() const override { return firm_.place(); }
  bool writable() const override { return firm_.writable(); }
  void close() override {}

 private:
  static Failure next_of(std::deque<Failure>& failures) {
    if (failures.empty()) return Failure::NONE;
    const auto next = failures.front();
    failures.pop_front();
    return next;
  }
  static Error error_of(Failure failure) {
    const auto code = failure == Failure::AWAY ? ErrorCode::SERVICE_UNAVAILABLE : ErrorCode::STORAGE_FAILED;
    return error(code, "the database is away");
  }

  Task<Result<void>> run_write(const Job& job, db::Reads) override {
    ++written;
    const auto failure = next_of(writes);
    if (failure == Failure::AWAY || failure == Failure::LOST) co_return error_of(failure);
    auto committed = co_await firm_.write([&](db::Transaction& tx) { return job(tx); });
    const auto sleep = std::exchange(meanwhile, nullptr);
    if (sleep) co_await sleep();
    if (failure == Failure::ANSWER_LOST && committed) co_return error_of(failure);
    co_return committed;
  }
  Task<Result<void>> run_read(const Job& job) override {
    const auto failure = next_of(reads);
    if (failure != Failure::NONE) co_return error_of(failure);
    auto found = co_await firm_.read([&](db::Transaction& tx) { return job(tx); });
    co_return found;
  }

  db::Database& firm_;
};

/// Timers of a clock that is put forward to when somebody waits for.
class QuickTimers final : public Timers {
 public:
  explicit QuickTimers(ManualClock& clock) : clock_(clock) {}

  std::vector<Duration> waits;
  std::function<Task<void>()> meanwhile;  ///< What happens in each wait.

  std::unique_ptr<Bell> make_bell() override { return std::make_unique<QuickBell>(*this); }
  void ring_all() override {}

 private:
  class QuickBell final : public Bell {
   public:
    explicit QuickBell(QuickTimers& timers) : timers_(timers) {}
    Task<void> wait_until(Instant deadline) override {
      const Duration wait = deadline - timers_.clock_.now();
      timers_.waits.push_back(wait);
      timers_.clock_.advance(wait);
      if (timers_.meanwhile) co_await timers_.meanwhile();
    }
    void ring() override {}

   private:
    QuickTimers& timers_;
  };

  ManualClock& clock_;
};

class Installation {
 public:
  explicit Installation(std::uint64_t seed = 1) : random(seed) {
    application =
        database.write([&](db::Transaction& tx) { return applications.create(tx, {.name = "Shop"}); })->application.id;
    customer =
        database
            .write([&](db::Transaction& tx) { return customers.create(tx, application, {.app_user_id = "user-1"}); })
            ->id;
    destination = make_destination();
  }

  /// The bank that every payment goes to. `bank` is what the operator configured.
  template <class Connector>
  Connector& use(std::unique_ptr<Connector> connector, banking::Bank bank = {}) {
    bank.identifier = kTestBank;
    if (bank.name.empty()) bank.name = "Test Bank";
    Connector& used = *connector;
    banks.put(std::move(bank), std::move(connector));
    return used;
  }
  banking::ScriptedBank& use_scripted_bank(banking::Bank bank = {}) {
    return use(std::make_unique<banking::ScriptedBank>(*timers), std::move(bank));
  }

  DestinationId make_destination() {
    destinations::NewDestination wanted;
    wanted.name = "Falcon Trading LLC";
    wanted.display_name = "Falcon";
    wanted.iban = kPayeeIban;
    wanted.swift_code = "EBILAEAD";
    wanted.country = "ARE";
    return database.write([&](db::Transaction& tx) { return destinations.create(tx, application, wanted); })->id;
  }

  /// The customer's accounts at the bank: one in AED, one in USD.
  payment_sources::PaymentSource connect(std::optional<Instant> cool_off_until = std::nullopt) {
    return *database.write([&](db::Transaction& tx) {
      return sources.connect(tx, {.application = application,
                                  .customer = customer,
                                  .bank_identifier = kTestBank,
                                  .bank_name = "Test Bank",
                                  .linked = {.bank_user = "payer",
                                             .accounts = {{.resource_id = "r1",
                                                           .iban = kPayerIban,
                                                           .name = "Current",
                                                           .owner_name = "Sara Ali",
                                                           .currency = "AED"},
                                                          {.resource_id = "r2",
                                                           .account_number = "1234567",
                                                           .name = "Dollars",
                                                           .owner_name = "Sara Ali",
                                                           .currency = "USD"}}},
                                  .state = {kLinkState},
                                  .destination = destination,
                                  .beneficiary = {.bank_beneficiary_id = "b1", .cool_off_until = cool_off_until}});
    });
  }
  payment_intents::PaymentIntent make_intent(const std::string& amount = "1000.00",
                                             std::optional<std::string> description = "Order 17") {
    return database
        .write([&](db::Transaction& tx) {
          return intents.create(tx, application,
                                {.customer = customer,
                                 .amount = amount,
                                 .currency = "AED",
                                 .destination = destination,
                                 .description = description});
        })
        ->intent;
  }

  Result<payment_intents::PaymentIntent> cancel(IntentId intent) {
    return database.write([&](db::Transaction& tx) { return intents.cancel(tx, application, intent); });
  }

  Result<Payment> start(IntentId intent, AccountId account) {
    return database.write([&](db::Transaction& tx) { return payments.start(tx, application, intent, account); });
  }
  /// A payment of a new intent, from the customer's first account, of which the bank does not know yet.
  Payment start() {
    const auto source = connect();
    return *start(make_intent().id, source.accounts.at(0).id);
  }

  Payment look(PaymentId id) {
    return **database.read([&](db::Transaction& tx) { return payments.find(tx, id); });
  }
  Result<Claim> claim(PaymentId id, Call call = Call::HARMLESS, std::optional<int> step = std::nullopt) {
    return database.write(
        [&](db::Transaction& tx) { return payments.claim(tx, id, call, step, payments.make_request_key()); });
  }
  Result<Payment> record(const Claim& claimed, const banking::Step& step, const std::string& state = R"({"order":1})") {
    return database.write([&](db::Transaction& tx) { return payments.record(tx, claimed, step, {state}); });
  }
  Result<Payment> record_failure(const Claim& claimed, banking::CallError::Kind kind,
                                 const std::string& state = R"({"order":1})") {
    const banking::CallError failure{.kind = kind, .code = "CODE", .message = "words of the bank"};
    return database.write([&](db::Transaction& tx) { return payments.record_failure(tx, claimed, failure, {state}); });
  }
  /// One whole call: claimed, answered, recorded.
  Payment hear(PaymentId id, const banking::Step& step, Call call = Call::HARMLESS) {
    const auto claimed = claim(id, call);
    EXPECT_TRUE(claimed) << claimed.error().message;
    return *record(*claimed, step);
  }
  int recover() {
    return *database.write([&](db::Transaction& tx) { return payments.recover(tx); });
  }

  Result<Payment> authorise(const Payment& payment) {
    return database.run(authorisation.start(payment.id, payment.steps, {}));
  }
  Result<Payment> answer(const Payment& payment, Call call, std::string name, std::string value) {
    banking::Answers answers;
    answers.emplace_back(std::move(name), Secret{std::move(value)});
    return database.run(authorisation.answer(payment.id, payment.steps, call, std::move(answers), {}));
  }
  /// As if it were due just now.
  Result<Payment> check(PaymentId id) {
    return database.run(authorisation.check({.id = id, .version = look(id).version}));
  }
  std::vector<PaymentId> due() {
    const auto found = database.read([&](db::Transaction& tx) { return payments.due(tx, clock.now(), 10); });
    std::vector<PaymentId> ids;
    for (const auto& one : *found) ids.push_back(one.id);
    return ids;
  }

  std::vector<events::StoredEvent> story_of(IntentId intent) {
    return *database.read([&](db::Transaction& tx) { return events.of_aggregate(tx, intent.uuid); });
  }
  /// The types of the events of an intent; the public ones alone, or all.
  std::vector<std::string> public_story_of(IntentId intent) {
    std::vector<std::string> types;
    for (const auto& event : story_of(intent)) {
      if (event.sequence) types.push_back(event.type);
    }
    return types;
  }
  /// What the last event of this type says: its payload.
  json::Value last_of(IntentId intent, std::string_view type) {
    json::Value found;
    for (const auto& event : story_of(intent)) {
      if (event.type != type) continue;
      const auto body = *json::parse(event.body);
      found = event.sequence ? *body.find("payload") : body;
    }
    return found;
  }

  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  ManualClock real_clock{Instant{std::chrono::seconds{1'600'000'000}}};
  SeededRandom random;
  const Vault vault{std::array<std::byte, 32>{}, random};
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  std::unique_ptr<Timers> timers = make_system_timers(database.executor(), clock);
  std::unique_ptr<Timers> real_timers = make_system_timers(database.executor(), real_clock);
  banking::Banks banks;
  const events::Events events{clock, random};
  const applications::Applications applications{clock, random};
  const customers::Customers customers{clock, random, vault};
  const destinations::Destinations destinations{clock, random, vault, applications};
  const payment_sources::PaymentSources sources{clock, random, vault, events};
  const payment_intents::PaymentIntents intents{clock,     random,       events,
                                                customers, destinations, payment_intents::Rules::defaults()};
  const GatewayId gateway = GatewayId::make(clock, random);
  const Payments payments{gateway, clock, real_clock, random, vault, events, intents, destinations, sources, banks};
  PaymentAuthorisation authorisation{*database, payments, banks, clock, real_clock, *real_timers};
  ApplicationId application;
  CustomerId customer;
  DestinationId destination;
};

}  // namespace qantara::payments
