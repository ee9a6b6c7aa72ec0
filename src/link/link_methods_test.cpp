// The later methods: another payee for a source that is there, checkout, reconnecting; and what the shop's page may settle.
#include "link/test_support.h"

namespace qantara::link {
namespace {

OpenSession wish_of(const Payer& payer, Method method) {
  OpenSession wanted{.method = method};
  wanted.customer = payer.it.customer;
  return wanted;
}

payment_sources::PaymentSource source_of(Payer& payer, PaymentSourceId id) {
  return **payer.it.database.read([&](db::Transaction& tx) { return payer.it.sources.find(tx, id); });
}

/// A source like the first one, at the same bank, of another user there.
PaymentSourceId connect_another(Payer& payer, DestinationId destination) {
  return payer.it.database
      .write([&](db::Transaction& tx) {
        return payer.it.sources.connect(tx, {.application = payer.it.application,
                                             .customer = payer.it.customer,
                                             .bank_identifier = kTestBank,
                                             .bank_name = "Test Bank",
                                             .linked = {.bank_user = "somebody else", .accounts = {}},
                                             .state = {"{}"},
                                             .destination = destination,
                                             .beneficiary = {.bank_beneficiary_id = "b9", .cool_off_until = {}}});
      })
      ->id;
}

/// The bank has ended the consent of the payer's source. Result: by what it is reconnected.
Uuid lapse(Payer& payer, PaymentSourceId source) {
  EXPECT_TRUE(
      payer.it.database.write([&](db::Transaction& tx) { return payer.it.sources.consent_lapsed(tx, source); }));
  return *source_of(payer, source).reconnect_id;
}

class link_create_beneficiary : public link_flow {};

TEST_F(link_create_beneficiary, adds_the_payee_to_the_newest_source_that_lacks_it) {
  const auto source = payer.it.connect();
  const auto other = payer.it.make_destination();
  const auto newest = connect_another(payer, other);  // Has it.
  auto wanted = wish_of(payer, Method::CREATE_BENEFICIARY);
  wanted.destination = other;
  const auto opened = *payer.open(wanted);
  EXPECT_STEP(K::PAYEE);
  EXPECT_EQ(opened.bank->identifier, kTestBank);
  payer.bank.will(BeneficiaryAdded{.bank_beneficiary_id = "b2"});
  payer.does(Action::CONFIRM);
  EXPECT_STEP(K::CONNECTED);
  EXPECT_EQ(payer.view.result->message, "Customer created Beneficiary successfully");
  EXPECT_EQ(source_of(payer, source.id).beneficiaries.size(), 2U);
  EXPECT_EQ(source_of(payer, newest).beneficiaries.size(), 1U);
}

TEST_F(link_create_beneficiary, takes_the_source_that_is_named) {
  payer.it.connect();
  const auto named = connect_another(payer, payer.it.make_destination());
  auto wanted = wish_of(payer, Method::CREATE_BENEFICIARY);
  wanted.destination = payer.it.make_destination();
  wanted.source = named;
  ASSERT_TRUE(payer.open(wanted));
  payer.bank.will(BeneficiaryAdded{.bank_beneficiary_id = "b2"});
  payer.does(Action::CONFIRM);
  EXPECT_EQ(source_of(payer, named).beneficiaries.size(), 2U);
}

TEST_F(link_create_beneficiary, says_what_stands_in_its_way) {
  auto wanted = wish_of(payer, Method::CREATE_BENEFICIARY);
  wanted.destination = payer.it.destination;
  EXPECT_EQ(code_of(payer.open(wanted)), "UNKNOWN_PAYMENT_SOURCE");
  payer.it.connect();
  ASSERT_TRUE(payer.open(wanted));
  EXPECT_STEP(K::FAILED);
  EXPECT_EQ(payer.view.failure_code, "BENEFICIARY_ALREADY_EXISTS");
  wanted.bank_identifier = "OTHERBANK";
  payer.it.banks.put({.identifier = "OTHERBANK"}, banking::make_missing_bank());
  EXPECT_EQ(code_of(payer.open(wanted)), "UNKNOWN_PAYMENT_SOURCE") << "none at that bank";
}

class link_checkout : public link_flow {};

TEST_F(link_checkout, connects_and_pays_in_one_session) {
  OpenSession wanted{.method = Method::CHECKOUT, .intent = payer.it.make_intent().id};
  wanted.bank_identifier = kTestBank;
  const auto opened = *payer.open(wanted);
  EXPECT_STEP(K::WELCOME);
  payer.intent = *wanted.intent;
  payer.does(Action::CONTINUE);
  EXPECT_STEP(K::CREDENTIALS);
  payer.bank.will(linked());
  payer.does(Action::SUBMIT, kCredentials);
  payer.does(Action::CONTINUE);
  payer.bank.will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
  payer.does(Action::CONFIRM);
  EXPECT_STEP(K::ACCOUNT);
  payer.does(Action::SELECT, {{"account_id", payer.view.accounts.front().account.id.to_text()}});
  payer.bank.will(banking::Continue{}).will(bank_says::code());
  payer.does(Action::PAY);
  payer.bank.will(bank_says::accepted());
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_STEP(K::ACCEPTED);
  EXPECT_EQ(payer.view.session, opened.session);
  EXPECT_EQ(json::parse(to_json(payer.view))->find("step")->find("result")->text("method"), "CHECKOUT");
}

TEST_F(link_checkout, is_the_session_that_pay_opened_and_the_other_way_round) {
  payer.to_review();
  const auto session = payer.view.session;
  const auto again = *payer.open({.method = Method::CHECKOUT, .intent = payer.intent});
  EXPECT_EQ(again.session, session);
  EXPECT_EQ(again.method, Method::CHECKOUT) << "as the page called it last";
  EXPECT_EQ(payer.open_to_pay(payer.intent)->method, Method::PAY);
}

class link_reconnect : public link_flow {
 protected:
  link_reconnect() : source(payer.it.connect(payer.it.clock.now() + hours{24})) {}

  Result<LinkView> open() { return payer.open({.method = Method::RECONNECT, .reconnect = lapse(payer, source.id)}); }

  const payment_sources::PaymentSource source;
};

TEST_F(link_reconnect, signs_in_again_and_refreshes_the_same_source) {
  ASSERT_TRUE(open());
  EXPECT_STEP(K::CREDENTIALS);
  EXPECT_FALSE(payer.view.payee);
  EXPECT_EQ(actions_of(payer.view), (std::vector{Action::SUBMIT, Action::CANCEL})) << "at its own bank, and no other";
  payer.bank.will(bank_says::login_code());
  payer.does(Action::SUBMIT, kCredentials);
  EXPECT_STEP(K::CODE);
  payer.bank.will(linked());
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_STEP(K::CONNECTED);
  EXPECT_EQ(payer.view.result->message, "Customer reconnected Payment Source successfully");
  EXPECT_FALSE(source_of(payer, source.id).reconnect_id);
  EXPECT_EQ(
      payer.it.database
          .read([&](db::Transaction& tx) { return payer.it.sources.list(tx, payer.it.application, payer.it.customer); })
          ->size(),
      1U);
}

TEST_F(link_reconnect, takes_no_other_user_of_the_bank) {
  ASSERT_TRUE(open());
  payer.bank.will(banking::Linked{.bank_user = "somebody else", .accounts = {}});
  payer.does(Action::SUBMIT, kCredentials);
  EXPECT_STEP(K::FAILED);
  EXPECT_EQ(payer.view.failure_code, "INVALID_CREDENTIALS");
  EXPECT_TRUE(source_of(payer, source.id).reconnect_id) << "it waits still";
}

TEST_F(link_reconnect, finds_the_unfinished_session_and_survives_a_silent_bank) {
  const auto opened = *open();
  EXPECT_EQ(open()->session, opened.session);
  payer.bank.will(CallError::Kind::NOT_SENT);
  payer.does(Action::SUBMIT, kCredentials);
  EXPECT_STEP(K::BANK_UNREACHABLE);
  payer.does(Action::RETRY);
  EXPECT_STEP(K::CREDENTIALS);
}

TEST_F(link_reconnect, knows_no_id_that_nothing_waits_under) {
  const auto nothing = Uuid::make(payer.it.clock, payer.it.random);
  EXPECT_EQ(code_of(payer.open({.method = Method::RECONNECT, .reconnect = nothing})), "UNKNOWN_PAYMENT_SOURCE");
}

TEST_F(link_reconnect, is_asked_for_where_only_such_a_source_could_pay) {
  const auto intent = payer.it.make_intent().id;
  EXPECT_EQ(code_of(payer.open_to_pay(intent)), "PENDING_BENEFICIARY_COOL_OFF");
  const auto reconnect_id = lapse(payer, source.id);
  const auto refused = payer.open_to_pay(intent);
  ASSERT_EQ(code_of(refused), "RECONNECT_REQUIRED");
  const auto& details = refused.error().details;
  ASSERT_EQ(details.size(), 2U);
  EXPECT_EQ(details[0].name, "reconnect_id");
  EXPECT_EQ(details[0].json, '"' + reconnect_id.to_text() + '"');
  const auto step = *json::parse(details[1].json);
  EXPECT_EQ(step.text("kind"), "FAILED");
  EXPECT_EQ(step.find("failure")->text("kind"), "signed_out");
  EXPECT_EQ(step.find("result")->text("secondary_status"), "RECONNECT_REQUIRED");
  EXPECT_EQ(step.find("can_start_again"), nullptr);
}

TEST_F(link_reconnect, is_needed_after_an_order_that_the_bank_would_not_take) {
  Payer paying;
  paying.to_review();
  paying.bank.will(CallError::Kind::SESSION_ENDED);
  paying.does(Action::PAY);
  EXPECT_EQ(to_text(paying.view.kind), "FAILED");
  EXPECT_EQ(paying.view.failure_kind, "signed_out");
  EXPECT_EQ(paying.view.money, MoneyWord::NOT_MOVED);
  const auto sources = *paying.it.database.read(
      [&](db::Transaction& tx) { return paying.it.sources.list(tx, paying.it.application, paying.it.customer); });
  EXPECT_TRUE(sources.front().reconnect_id);
}

class link_wishes : public link_flow {};

TEST_F(link_wishes, settle_the_account_and_the_payer_chooses_no_other) {
  const auto source = payer.it.connect();
  connect_another(payer, payer.it.destination);
  OpenSession wanted{.method = Method::PAY, .intent = payer.it.make_intent().id, .account = source.accounts[0].id};
  wanted.account_choice = AccountChoice::SETTLED;
  ASSERT_TRUE(payer.open(wanted));
  EXPECT_STEP(K::REVIEW);
  EXPECT_EQ(actions_of(payer.view), (std::vector{Action::PAY, Action::CANCEL}));

  // One that cannot pay stands alone, with its reason.
  wanted.account = source.accounts[1].id;
  ASSERT_TRUE(payer.open(wanted));
  EXPECT_STEP(K::ACCOUNT);
  ASSERT_EQ(payer.view.accounts.size(), 1U);
  EXPECT_EQ(payer.view.accounts[0].reason, "CURRENCY");

  wanted.account = AccountId::make(payer.it.clock, payer.it.random);
  EXPECT_EQ(code_of(payer.open(wanted)), "INVALID_PARAMETERS");
  wanted.account_choice = AccountChoice::FREE;
  EXPECT_TRUE(payer.open(wanted)) << "a wish that cannot be met is none";
}

TEST_F(link_wishes, name_the_payee_beside_its_own_name) {
  payer.it.connect();
  OpenSession wanted{.method = Method::PAY, .intent = payer.it.make_intent().id};
  wanted.destination_alias = "Marsa Cafe";
  ASSERT_TRUE(payer.open(wanted));
  EXPECT_EQ(payer.view.payee->display_name, "Marsa Cafe");
  EXPECT_EQ(payer.view.payee->name, "Falcon Trading LLC");
  wanted.destination_alias.clear();
  ASSERT_TRUE(payer.open(wanted));
  EXPECT_EQ(payer.view.payee->display_name, "Falcon") << "as it was opened last";
}

}  // namespace
}  // namespace qantara::link
