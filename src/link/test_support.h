// What the tests of the hosted flow share: a payer at the pages, with a bank that follows a script.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "link/link_flow.h"
#include "payments/test_support.h"

namespace qantara::link {

namespace bank_says = payments::bank_says;
using banking::BeneficiaryAdded;
using banking::CallError;
using payments::kTestBank;
using std::chrono::hours;
using std::chrono::minutes;
using K = StepKind;
using Fields = std::vector<std::pair<std::string, std::string>>;
using Calls = std::vector<std::string>;

inline constexpr Action kEveryAction[] = {Action::CONTINUE,    Action::SELECT, Action::SUBMIT,         Action::BACK,
                                          Action::CONFIRM,     Action::PAY,    Action::CHANGE_ACCOUNT, Action::RETRY,
                                          Action::CHECK_AGAIN, Action::CANCEL};

inline const Fields kCredentials{{"username", "payer"}, {"password", "sandbox-pass"}};

inline banking::NeedFields payee_code() {
  return {.stage = banking::Stage::BENEFICIARY, .fields = {{.name = "otp", .kind = banking::FieldKind::OTP}}};
}
inline banking::Linked linked() {
  return {.bank_user = "payer",
          .accounts = {{.resource_id = "r1",
                        .iban = payments::kPayerIban,
                        .name = "Current",
                        .owner_name = "Sara Ali",
                        .currency = "AED"}}};
}

/// A payer at the hosted pages, with a bank that follows a script.
class Payer {
 public:
  explicit Payer(banking::Bank configured = {}) : bank(it.use_scripted_bank(std::move(configured))) {}

  Result<LinkView> open(OpenSession wanted) {
    wanted.application = it.application;
    return keep(it.database.run(flow.open(std::move(wanted))));
  }
  LinkView open(Method method) {
    auto wanted = OpenSession{.method = method, .destination = it.destination};
    wanted.customer = it.customer;
    return *open(std::move(wanted));
  }
  Result<LinkView> open_to_pay(IntentId id) { return open({.method = Method::PAY, .intent = id}); }

  Result<LinkView> try_to(Action action, const Fields& fields = {}) { return act_at(view.number, action, fields); }
  Result<LinkView> act_at(int number, Action action, const Fields& fields = {}) {
    return it.database.run(flow.act(key(), act(number, action, fields), {}));
  }
  /// The same, in the window of this number.
  Result<LinkView> act_in(int window, Action action, const Fields& fields = {}) {
    return it.database.run(flow.act(key(window), act(view.number, action, fields), {}));
  }
  LinkView does(Action action, const Fields& fields = {}) {
    auto next = try_to(action, fields);
    EXPECT_TRUE(next) << next.error().message;
    return *keep(std::move(next));
  }
  LinkView looks() { return *keep(it.database.run(flow.view(key()))); }
  LinkView leaves() { return *it.database.run(flow.leave(key())); }

  /// What the page holds. `window`: nothing for the latest.
  SessionKey key(std::optional<int> window = std::nullopt) const {
    return {.id = view.session, .token = flow.token_of(view.session), .window = window};
  }

  static Act act(int number, Action action, const Fields& fields) {
    Act done{.number = number, .action = action, .fields = {}};
    for (const auto& [name, value] : fields) done.fields.emplace_back(name, Secret{value});
    return done;
  }
  /// Does something at the bank that takes its time; `view` stays what it was.
  void begins(Action action, const Fields& fields) {
    bank.hold();
    const auto heard = bank.heard.size();
    const auto task = [](Payer* payer, int number, Action what, Fields with) -> Task<void> {
      auto done = co_await payer->flow.act(payer->key(), act(number, what, with), {});
      payer->later.emplace(std::move(done));
    };
    later.reset();
    it.database.start(task(this, view.number, action, fields));
    ASSERT_TRUE(it.database.until([&] { return bank.heard.size() > heard; }));
  }
  Result<LinkView> gets_an_answer() {
    bank.let_go();
    EXPECT_TRUE(it.database.until([&] { return later.has_value(); }));
    return *std::exchange(later, std::nullopt);
  }

  /// Of a gateway on the same database.
  LinkFlow::Parts parts_of(GatewayId gateway) { return parts_of(gateway, it.authorisation); }
  LinkFlow::Parts parts_of(GatewayId gateway, const payments::PaymentAuthorisation& authorisation) {
    return {.database = *it.database,
            .clock = it.clock,
            .real_clock = it.real_clock,
            .random = it.random,
            .vault = it.vault,
            .applications = it.applications,
            .customers = it.customers,
            .destinations = it.destinations,
            .intents = it.intents,
            .sources = it.sources,
            .payments = it.payments,
            .authorisation = authorisation,
            .banks = it.banks,
            .opening_limits = opening_limits,
            .gateway = gateway,
            .run_by = {},
            .public_url = public_url};
  }

  // To a place

  void to_banks() {
    open(Method::CONNECT);
    does(Action::CONTINUE);
  }
  void to_credentials() {
    to_banks();
    does(Action::SELECT, {{"bank_identifier", kTestBank}});
  }
  void to_login_code() {
    to_credentials();
    bank.will(bank_says::login_code());
    does(Action::SUBMIT, kCredentials);
  }
  void to_login_method() {
    to_credentials();
    bank.will(bank_says::method());
    does(Action::SUBMIT, kCredentials);
  }
  void to_accounts() {
    to_credentials();
    bank.will(linked());
    does(Action::SUBMIT, kCredentials);
  }
  void to_payee() {
    to_accounts();
    does(Action::CONTINUE);
  }
  void to_connected() {
    to_payee();
    bank.will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
    does(Action::CONFIRM);
  }
  void to_unreachable() {
    to_credentials();
    bank.will(CallError::Kind::NOT_SENT);
    does(Action::SUBMIT, kCredentials);
  }
  void to_review() {
    it.connect();
    intent = it.make_intent().id;
    ASSERT_TRUE(open_to_pay(intent));
  }
  /// Pays, and is asked `what` by the bank.
  void to_paying(const banking::Step& what) {
    to_review();
    bank.will(banking::Continue{}).will(what);
    does(Action::PAY);
  }
  void to_code() { to_paying(bank_says::code()); }

  payments::Payment payment() {
    return **it.database.read([&](db::Transaction& tx) { return it.payments.of_intent(tx, intent); });
  }

  payments::Installation it;
  OpeningLimits opening_limits;
  const std::string public_url = "https://pay.example";
  banking::ScriptedBank& bank;
  const LinkFlow flow{parts_of(it.gateway)};
  LinkView view;
  std::optional<Result<LinkView>> later;
  IntentId intent;

 private:
  Result<LinkView> keep(Result<LinkView> brought) {
    if (brought) view = *brought;
    return brought;
  }
};

class link_flow : public testing::Test {
 protected:
  Payer payer;
};

inline std::string code_of(const Result<LinkView>& refused) {
  return refused ? "accepted" : std::string{qantara::to_text(refused.error().code)};
}

#define EXPECT_STEP(kind_) EXPECT_EQ(to_text(payer.view.kind), to_text(kind_))

}  // namespace qantara::link
