// A payment through anything that can happen, at a bank with books of its own that loses, delays and refuses as it likes.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>

#include "payments/test_support.h"

namespace qantara::payments {
namespace {

using banking::BankResult;
using banking::CallError;
using banking::Step;

/// What becomes of one call.
enum class Fault {
  NONE,
  NOT_SENT,
  THROTTLED,
  REFUSED,
  MISCONFIGURED,
  SESSION_ENDED,
  LOST_ON_THE_WAY_THERE,  ///< Bytes left, and nothing arrived.
  LOST_ON_THE_WAY_BACK,   ///< It was done, and the answer is lost.
  LATE,                   ///< Given up here; it arrives there some time later.
  SLOW,                   ///< It was done; the answer takes longer than anybody waits.
  ENDS_BEFORE,            ///< The process ends before the call is made.
  ENDS_AFTER,             ///< The process ends after the call was made.
};

/// What becomes of the database while an act goes on: of one of its writes, and of those that follow.
struct Trouble {
  Failure failure;
  unsigned at;     ///< Writes that are well before it.
  unsigned after;  ///< Writes that are refused after it.
};

struct Act {
  enum Kind {
    PAYER,
    PAYER_ON_AN_OLD_PAGE,
    QUESTION,
    IN_THE_BANKS_APP,
    BANK_GOES_ON,
    CLOCKS_MOVE,
    RESTART,
    ANSWERS_ARRIVE
  } kind;
  Fault fault;
  unsigned choice;
  Trouble trouble{};
};

[[maybe_unused]] void showValue(const Act& act,
                                std::ostream& out) {  // NOLINT(readability-identifier-naming): RapidCheck's
  out << "act " << act.kind << " fault " << static_cast<int>(act.fault) << " choice " << act.choice << " database "
      << static_cast<int>(act.trouble.failure) << " at " << act.trouble.at << " and " << act.trouble.after;
}

/// A bank. An order is executed once at most, and never after it was rejected: that is what makes it a bank.
class BankWithBooks final : public banking::BankConnector {
 public:
  explicit BankWithBooks(Installation& gateway) : gateway_(gateway) {}

  void will(Fault fault, unsigned after) {
    fault_ = fault;
    calls_before_fault_ = after;
  }
  void do_without_faults() { fault_ = Fault::NONE; }

  int executions(const std::string& end_to_end_id) const {
    const auto found = ledger_.find(end_to_end_id);
    return found == ledger_.end() ? 0 : found->second;
  }
  /// What the code that came while the payment was not SUBMITTING would be; or with a request id used before.
  const std::vector<std::string>& outrages() const { return outrages_; }

  void decide_at_the_bank(unsigned choice) {
    for (auto& order : orders_) {
      for (auto& authorisation : order.authorisations) {
        const bool is_at_bank = authorisation.asks == Asks::APPROVAL || authorisation.asks == Asks::REDIRECT;
        if (!is_at_bank || !authorisation.is_open) continue;
        authorisation.is_open = false;
        if (choice % 3 != 0) {
          authorise(order);
        } else if (choice % 2 == 0) {
          reject(order);
        }
        return;
      }
    }
  }
  void go_on(unsigned choice) {
    if (!late_.empty()) {
      const auto arrives = std::move(late_.front());
      late_.erase(late_.begin());
      arrives();
    }
    for (auto& order : orders_) {
      order.has_reference = true;
      if (order.status == Status::HELD) {
        if (choice % 3 == 0) reject(order);
        if (choice % 3 == 1) execute(order);
      } else if (order.status == Status::OPEN && choice % 29 == 0) {
        reject(order);  // It lapsed.
      }
    }
  }
  /// Whatever is open is closed, one way or the other.
  void close_the_day() {
    for (const auto& arrives : std::exchange(late_, {})) arrives();
    for (auto& order : orders_) {
      order.has_reference = true;
      if (order.status == Status::HELD) execute(order);
      if (order.status == Status::OPEN) reject(order);
    }
  }
  std::size_t slow_calls() const { return slow_.size(); }
  void let_answers_arrive() {
    for (auto* const bell : slow_) bell->ring();
  }

  banking::Capabilities capabilities() const override {
    return {.embedded = true, .decoupled = true, .beneficiaries = true};
  }
  banking::NeedFields begin_link() const override { return bank_says::sign_in(); }
  Task<BankResult<Step>> submit(const banking::Answers&, const banking::PayerDevice&,
                                banking::ConnectorState&) override {
    co_return bank_says::refused();
  }
  Task<BankResult<Step>> add_beneficiary(const banking::Creditor&, const banking::PayerDevice&,
                                         banking::ConnectorState&) override {
    co_return bank_says::refused();
  }
  Task<BankResult<banking::BeneficiaryAdded>> read_beneficiary(const std::string&, banking::ConnectorState&) override {
    co_return banking::BeneficiaryAdded{};
  }

  Task<BankResult<Step>> begin_payment(const banking::PaymentOrder& order, const banking::PayerDevice&,
                                       const banking::ConnectorState&, banking::ConnectorState& state) override {
    const std::function<Answer()> take_order = [this, id = order.end_to_end_id]() -> Answer {
      orders_.push_back({.end_to_end_id = id, .plan = make_plan()});
      return {banking::Continue{}, state_of(orders_.size() - 1, 0)};
    };
    return happen(take_order, state);
  }

  Task<BankResult<Step>> advance_payment(const banking::PaymentOrder&, const banking::PayerDevice&,
                                         banking::ConnectorState& state) override {
    const auto [number, ignored] = read(state);
    const std::function<Answer()> start_authorisation = [this, at = number]() -> Answer {
      auto& order = orders_[at];
      if (order.status != Status::OPEN) return refuse();
      const auto asks = static_cast<Asks>(gateway_.random.below(kAsks));
      order.authorisations.push_back({.asks = asks});  // Those that were begun before stay open.
      return {ask(asks), state_of(at, order.authorisations.size() - 1)};
    };
    return happen(start_authorisation, state);
  }

  Task<BankResult<Step>> submit_payment(const banking::PaymentOrder& wanted, const banking::Answers& answers,
                                        const banking::PayerDevice&, banking::ConnectorState& state) override {
    const auto [order, authorisation] = read(state);
    const std::string given =
        answers.empty() ? "" : answers.front().first + "=" + std::string{answers.front().second.reveal()};
    if (given.starts_with("otp=")) {
      const auto id = *PaymentId::parse(wanted.end_to_end_id);
      const auto payment =
          co_await (*gateway_.database).read([&](db::Transaction& tx) { return gateway_.payments.find(tx, id); });
      if ((*payment)->status != PaymentStatus::SUBMITTING)
        outrages_.emplace_back("a code came in " + std::string{to_text((*payment)->status)});
      if ((*payment)->request_key != wanted.request_key) outrages_.emplace_back("the request id is not the stored one");
      if (!request_keys_.insert(wanted.request_key).second) outrages_.emplace_back("a request id was used twice");
      if (is_submission_unanswered_) outrages_.emplace_back("a code came though nobody knows what the last one did");
    }
    const std::function<Answer()> take_answer = [this, order, authorisation, given] {
      return answer(order, authorisation, given);
    };
    is_submission_unanswered_ = is_submission_unanswered_ || given.starts_with("otp=");
    auto brought = co_await happen(take_answer, state);
    if (brought || brought.error().kind != CallError::Kind::OUTCOME_UNKNOWN) is_submission_unanswered_ = false;
    co_return brought;
  }

  Task<BankResult<void>> end_link(banking::ConnectorState&) override { co_return BankResult<void>{}; }
  Task<BankResult<Step>> poll_payment(banking::ConnectorState& state) override {
    if (state.json.empty()) co_return error_of(CallError::Kind::NOT_SENT);
    const auto [number, authorisation] = read(state);
    const std::function<Answer()> look = [this, at = number, same = state.json]() -> Answer {
      return {stand_of(orders_[at]), same};
    };
    auto brought = co_await happen(look, state);
    co_return brought;
  }

 private:
  enum class Status { OPEN, HELD, EXECUTED, REJECTED };
  enum class Plan { EXECUTE, EXECUTE_AND_NAME_LATER, HOLD, REJECT };
  enum class Asks { METHOD, CODE, APPROVAL, REDIRECT, PASSWORD };
  static constexpr std::uint64_t kAsks = 5;
  struct Authorisation {
    Asks asks;
    bool is_open = true;
    int wrong_answers = 0;
  };
  struct Order {
    std::string end_to_end_id;
    Plan plan;
    Status status = Status::OPEN;
    bool has_reference = true;
    std::vector<Authorisation> authorisations;
  };
  struct Answer {
    BankResult<Step> step;
    std::string state;
  };

  Plan make_plan() {
    constexpr Plan kPlans[] = {Plan::EXECUTE, Plan::EXECUTE, Plan::EXECUTE, Plan::EXECUTE_AND_NAME_LATER,
                               Plan::HOLD,    Plan::REJECT};
    return kPlans[gateway_.random.below(std::size(kPlans))];
  }
  static std::string state_of(std::size_t order, std::size_t authorisation) {
    return R"({"order":)" + std::to_string(order) + R"(,"authorisation":)" + std::to_string(authorisation) + "}";
  }
  static std::pair<std::size_t, std::size_t> read(const banking::ConnectorState& state) {
    const auto object = json::parse(state.json);
    return {static_cast<std::size_t>(*object->find("order")->integer()),
            static_cast<std::size_t>(*object->find("authorisation")->integer())};
  }
  static std::unexpected<CallError> error_of(CallError::Kind kind) {
    return std::unexpected{CallError{.kind = kind, .code = "CODE", .message = "no", .retry_after = {}}};
  }
  static Answer refuse() { return {error_of(CallError::Kind::REFUSED), {}}; }
  static Step ask(Asks what) {
    if (what == Asks::METHOD) return bank_says::method();
    if (what == Asks::CODE) return bank_says::code();
    if (what == Asks::PASSWORD) return bank_says::sign_in();
    if (what == Asks::REDIRECT) return bank_says::redirect();
    return bank_says::approval();
  }

  void execute(Order& order) {
    if (order.status == Status::EXECUTED || order.status == Status::REJECTED) return;
    order.status = Status::EXECUTED;
    ++ledger_[order.end_to_end_id];
  }
  static void reject(Order& order) {
    if (order.status == Status::EXECUTED) return;
    order.status = Status::REJECTED;
    for (auto& authorisation : order.authorisations) authorisation.is_open = false;
  }
  void authorise(Order& order) {
    if (order.status != Status::OPEN) return;
    switch (order.plan) {
      case Plan::EXECUTE:
        execute(order);
        return;
      case Plan::EXECUTE_AND_NAME_LATER:
        order.has_reference = false;
        execute(order);
        return;
      case Plan::HOLD:
        order.status = Status::HELD;
        return;
      case Plan::REJECT:
        reject(order);
        return;
    }
  }
  static Step stand_of(const Order& order) {
    switch (order.status) {
      case Status::OPEN:
        return bank_says::waiting();
      case Status::HELD:
        return bank_says::pending();
      case Status::EXECUTED:
        return order.has_reference ? bank_says::accepted() : bank_says::accepted_without_reference();
      case Status::REJECTED:
        return bank_says::rejected();
    }
    return bank_says::waiting();
  }

  Answer answer(std::size_t order_number, std::size_t authorisation_number, const std::string& given) {
    auto& order = orders_[order_number];
    if (authorisation_number >= order.authorisations.size()) return refuse();
    auto& authorisation = order.authorisations[authorisation_number];
    const auto state = state_of(order_number, authorisation_number);
    if (!authorisation.is_open || order.status != Status::OPEN) return refuse();
    if (authorisation.asks == Asks::METHOD && given.starts_with("method=")) {
      authorisation.asks = given == "method=app" ? Asks::APPROVAL : Asks::CODE;
      return {ask(authorisation.asks), state};
    }
    const bool is_password = authorisation.asks == Asks::PASSWORD && given.starts_with("password=");
    const bool is_code = authorisation.asks == Asks::CODE && given.starts_with("otp=");
    if (given == "password=right" && is_password) {
      authorisation.asks = static_cast<Asks>(gateway_.random.below(kAsks - 1));
      return {ask(authorisation.asks), state};
    }
    if (given == "otp=1111" && is_code) {
      authorisation.is_open = false;
      authorise(order);
      return {stand_of(order), state};
    }
    if (!is_password && !is_code) return refuse();
    if (++authorisation.wrong_answers < 2) return {ask(authorisation.asks), state};
    authorisation.is_open = false;
    if (gateway_.random.below(2) == 0) reject(order);  // Or it still has the order, for another authorisation.
    return {bank_says::refused(), state};
  }

  Task<BankResult<Step>> happen(std::function<Answer()> effect, banking::ConnectorState& state) {
    Fault fault = Fault::NONE;
    if (fault_ != Fault::NONE && calls_before_fault_-- == 0) fault = std::exchange(fault_, Fault::NONE);
    switch (fault) {
      case Fault::NOT_SENT:
        co_return error_of(CallError::Kind::NOT_SENT);
      case Fault::THROTTLED:
        co_return error_of(CallError::Kind::THROTTLED);
      case Fault::REFUSED:
        co_return error_of(CallError::Kind::REFUSED);
      case Fault::MISCONFIGURED:
        co_return error_of(CallError::Kind::MISCONFIGURED);
      case Fault::SESSION_ENDED:
        co_return error_of(CallError::Kind::SESSION_ENDED);
      case Fault::LOST_ON_THE_WAY_THERE:
        co_return error_of(CallError::Kind::OUTCOME_UNKNOWN);
      case Fault::LOST_ON_THE_WAY_BACK:
        (void)effect();
        co_return error_of(CallError::Kind::OUTCOME_UNKNOWN);
      case Fault::LATE:
        late_.emplace_back([effect] { (void)effect(); });
        co_return error_of(CallError::Kind::OUTCOME_UNKNOWN);
      case Fault::ENDS_BEFORE:
        throw banking::ProcessEnded{};
      case Fault::ENDS_AFTER:
        (void)effect();
        throw banking::ProcessEnded{};
      case Fault::SLOW:
      case Fault::NONE:
        break;
    }
    auto brought = effect();
    if (fault == Fault::SLOW) {
      const auto bell = gateway_.timers->make_bell();
      slow_.insert(bell.get());
      co_await bell->wait_until(Instant::max());
      slow_.erase(bell.get());
    }
    if (brought.step) state.json = brought.state;
    co_return std::move(brought.step);
  }

  Installation& gateway_;
  std::vector<Order> orders_;
  std::map<std::string, int> ledger_;
  std::set<std::string> request_keys_;
  std::vector<std::string> outrages_;
  std::vector<std::function<void()>> late_;
  std::set<Bell*> slow_;
  bool is_submission_unanswered_ = false;
  Fault fault_ = Fault::NONE;
  unsigned calls_before_fault_ = 0;
};

/// What a process knows, which is gone when it is gone. One that only seemed to be may still have calls under way.
struct Process {
  Process(Installation& it, GatewayId id, db::Database& database, Timers& real_timers)
      : payments(id, it.clock, it.real_clock, it.random, it.vault, it.events, it.intents, it.destinations, it.sources,
                 it.banks),
        authorisation(database, payments, it.banks, it.clock, it.real_clock, real_timers) {}

  const Payments payments;
  const PaymentAuthorisation authorisation;
};

/// One payment's life, and what must hold at every moment of it.
class Life {
 public:
  explicit Life(std::uint64_t seed)
      : it_(seed), bank_(it_.use(std::make_unique<BankWithBooks>(it_))), payment_(it_.start()) {
    processes_.emplace_back(it_, it_.gateway, database_, timers_);
    pages_.push_back(payment_);
    if (seed % 4 != 0) live({.kind = Act::PAYER, .fault = Fault::NONE, .choice = 1});  // Most orders get to the bank.
  }
  ~Life() { let_answers_arrive(); }
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  void live(const Act& act) {
    if (act.trouble.failure != Failure::NONE) {
      database_.writes.assign(act.trouble.at, Failure::NONE);
      database_.writes.push_back(act.trouble.failure);
      database_.writes.insert(database_.writes.end(), act.trouble.after, Failure::AWAY);
    }
    switch (act.kind) {
      case Act::PAYER:
        pages_.push_back(it_.look(payment_.id));
        react(pages_.back(), act);
        break;
      case Act::PAYER_ON_AN_OLD_PAGE:
        react(pages_[act.choice % pages_.size()], act);
        break;
      case Act::QUESTION:
        bank_.will(act.fault, 0);
        run(now().authorisation.check({.id = payment_.id, .version = it_.look(payment_.id).version}), act);
        break;
      case Act::IN_THE_BANKS_APP:
        bank_.decide_at_the_bank(act.choice);
        break;
      case Act::BANK_GOES_ON:
        bank_.go_on(act.choice);
        break;
      case Act::CLOCKS_MOVE:
        it_.clock.advance(std::chrono::seconds{1U << (act.choice % 20)});
        it_.real_clock.advance(std::chrono::seconds{static_cast<int>(act.choice % 300) - 60});
        break;
      case Act::RESTART:
        restart();
        break;
      case Act::ANSWERS_ARRIVE:
        RC_ASSERT(let_answers_arrive());
        break;
    }
    bank_.do_without_faults();
    database_.writes.clear();
    look_around();
  }

  /// The trouble is over: what the bank decided becomes known.
  void come_to_an_end() {
    RC_ASSERT(let_answers_arrive());
    bank_.close_the_day();
    restart();
    for (int i = 0; i < 5; ++i) {
      const auto next = *it_.database.read([&](db::Transaction& tx) { return now().payments.next_due(tx); });
      if (!next) break;
      it_.clock.advance(std::max<Duration>(*next - it_.clock.now(), Duration::zero()));
      const auto due =
          *it_.database.read([&](db::Transaction& tx) { return now().payments.due(tx, it_.clock.now(), 10); });
      RC_ASSERT(due.size() == 1U);
      RC_ASSERT(it_.database.run(now().authorisation.check(due[0])).has_value());
      look_around();
    }
    const auto payment = it_.look(payment_.id);
    const int executions = bank_.executions(payment.end_to_end_id);
    if (payment.connector_state.json.empty()) {
      RC_ASSERT(executions == 0);
    } else {
      RC_ASSERT(payment.status == (executions == 1 ? PaymentStatus::ACCEPTED_BY_BANK : PaymentStatus::FAILED));
    }
  }

 private:
  Process& now() { return processes_.back(); }
  void restart() {
    processes_.emplace_back(it_, GatewayId::make(it_.clock, it_.random), database_, timers_);
    RC_ASSERT(it_.database.write([&](db::Transaction& tx) { return now().payments.recover(tx); }).has_value());
  }

  /// What a payer does with what is on the page.
  void react(const Payment& page, const Act& act) {
    if (!is_waiting(page.status)) return;
    bank_.will(act.fault, act.choice % 3);
    const bool asks = page.step && page.step->contains(R"("kind":"FIELDS")");
    if (!asks) {
      if (page.status != PaymentStatus::AWAITING_APP_AUTH) run(now().authorisation.start(page.id, page.steps, {}), act);
      return;
    }
    banking::Answers answers;
    const bool is_code = page.step->contains(R"("name":"otp")");
    const bool is_right = act.choice % 2 != 0;
    if (is_code) {
      bank_.will(act.fault, 0);
      answers.emplace_back("otp", Secret{is_right ? "1111" : "2222"});
    } else if (page.step->contains(R"("name":"password")")) {
      answers.emplace_back("password", Secret{is_right ? "right" : "wrong"});
    } else {
      answers.emplace_back("method", Secret{is_right ? "app" : "sms"});
    }
    run(now().authorisation.answer(page.id, page.steps, is_code ? Call::SUBMISSION : Call::HARMLESS, std::move(answers),
                                   {}),
        act);
  }

  void run(Task<Result<Payment>> task, const Act& act) {
    const auto ended = ended_;
    const auto slow = bank_.slow_calls();
    try {
      it_.database.start(look_at_the_result(std::move(task), this));
      RC_ASSERT(it_.database.until([&] { return ended_ > ended || bank_.slow_calls() > slow; }));
    } catch (const banking::ProcessEnded&) {
      if (act.choice % 2 == 0) {
        restart();
      } else {
        it_.real_clock.advance(kLease);
      }
    }
  }
  static Task<void> look_at_the_result(Task<Result<Payment>> task, Life* life) {
    const auto result = co_await std::move(task);
    ++life->ended_;
    using enum ErrorCode;
    constexpr ErrorCode kExpected[] = {STEP_OUTDATED, RATE_LIMIT_EXCEEDED, SERVICE_UNAVAILABLE, STORAGE_FAILED};
    if (result || std::ranges::find(kExpected, result.error().code) != std::end(kExpected)) co_return;
    life->problems_.push_back(std::string{qantara::to_text(result.error().code)} + ": " + result.error().message);
  }
  bool let_answers_arrive() {
    bank_.let_answers_arrive();
    return it_.database.until([&] { return it_.database.is_idle(); });
  }

  void look_around() {
    RC_ASSERT(problems_ == std::vector<std::string>{});
    RC_ASSERT(bank_.outrages() == std::vector<std::string>{});
    const auto payment = it_.look(payment_.id);
    const int executions = bank_.executions(payment.end_to_end_id);
    RC_ASSERT(executions <= 1);
    if (payment.status == PaymentStatus::FAILED) RC_ASSERT(executions == 0);
    if (payment.status == PaymentStatus::ACCEPTED_BY_BANK) {
      RC_ASSERT(executions == 1);
      RC_ASSERT(payment.bank_transaction_reference.has_value());
    }
    if (is_final(payment_.status)) RC_ASSERT(payment.version == payment_.version);
    if (is_completed(payment_.status)) RC_ASSERT(is_completed(payment.status));

    std::int64_t sequence = 0;
    int created = 0;
    std::string told;
    for (const auto& event : it_.story_of(payment.intent)) {
      if (!event.sequence) continue;
      RC_ASSERT(*event.sequence == ++sequence);
      if (event.type == "payment.created") ++created;
      if (event.type == "payment.updated") RC_ASSERT(created == 1);
      told = json::parse(event.body)->find("payload")->text("status").value_or("");
    }
    RC_ASSERT(created == (is_completed(payment.status) ? 1 : 0));
    if (created == 1) RC_ASSERT(told == to_text(payment.status));
    payment_ = payment;
  }

  Installation it_;
  BankWithBooks& bank_;
  ShakyDatabase database_{*it_.database};
  QuickTimers timers_{it_.real_clock};
  std::deque<Process> processes_;
  Payment payment_;             ///< As it was when we last looked.
  std::vector<Payment> pages_;  ///< What windows of the payer show.
  std::vector<std::string> problems_;
  int ended_ = 0;  ///< Calls that came back.
};

RC_GTEST_PROP(payment_property, pays_once_or_not_at_all_and_says_which, (std::uint64_t seed)) {
  // The payer is at it more often than anybody else, and calls whose effect is not known are the ones of interest.
  const auto kind = rc::gen::weightedElement<Act::Kind>({{8, Act::PAYER},
                                                         {2, Act::PAYER_ON_AN_OLD_PAGE},
                                                         {3, Act::QUESTION},
                                                         {3, Act::IN_THE_BANKS_APP},
                                                         {2, Act::BANK_GOES_ON},
                                                         {2, Act::CLOCKS_MOVE},
                                                         {1, Act::RESTART},
                                                         {1, Act::ANSWERS_ARRIVE}});
  const auto fault = rc::gen::weightedElement<Fault>({{12, Fault::NONE},
                                                      {1, Fault::NOT_SENT},
                                                      {1, Fault::THROTTLED},
                                                      {2, Fault::REFUSED},
                                                      {2, Fault::MISCONFIGURED},
                                                      {1, Fault::SESSION_ENDED},
                                                      {2, Fault::LOST_ON_THE_WAY_THERE},
                                                      {4, Fault::LOST_ON_THE_WAY_BACK},
                                                      {2, Fault::LATE},
                                                      {2, Fault::SLOW},
                                                      {1, Fault::ENDS_BEFORE},
                                                      {2, Fault::ENDS_AFTER}});
  const auto failure = rc::gen::weightedElement<Failure>(
      {{12, Failure::NONE}, {1, Failure::AWAY}, {1, Failure::LOST}, {2, Failure::ANSWER_LOST}});
  // More than a hundred in a row is longer than anybody tries.
  const auto after = rc::gen::weightedElement<unsigned>({{4, 0U}, {4, 3U}, {1, 200U}});
  const auto trouble = rc::gen::construct<Trouble>(failure, rc::gen::inRange(0U, 4U), after);
  const auto act = rc::gen::construct<Act>(kind, fault, rc::gen::inRange(0U, 10'000U), trouble);
  const auto acts = *rc::gen::container<std::vector<Act>>(act);
  for (const auto one_seed : {seed, seed + 1, seed + 2}) {
    Life life{one_seed};
    for (const auto& one : acts) life.live(one);
    life.come_to_an_end();
  }
}

}  // namespace
}  // namespace qantara::payments
