// For tests: a bank that answers as it was told to, and remembers what it was asked.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "banking/connector.h"
#include "base/timers.h"

namespace qantara::banking {

/// Thrown out of a call in whose midst the process is meant to end: nothing after the call runs.
struct ProcessEnded {};

class ScriptedBank final : public BankConnector {
 public:
  struct Heard {
    std::string call;                       ///< "submit_payment otp=1111"
    std::string state;                      ///< What the connector remembered when it was called.
    std::optional<PaymentOrder> order;      ///< Of payments.
    Creditor creditor;                      ///< Of add_beneficiary.
    std::string language;                   ///< Of submit: the payer's.
    std::optional<ReturnUrls> return_urls;  ///< Of what may redirect.
  };

  explicit ScriptedBank(Timers& timers) : timers_(timers) {}

  /// The answers to the next calls, one each. A call that finds none fails the test.
  ScriptedBank& will(Step step) {
    script_.emplace_back(std::move(step));
    return *this;
  }
  ScriptedBank& will(CallError::Kind kind) {
    script_.emplace_back(std::unexpected{CallError{.kind = kind, .code = "CODE", .message = "words of the bank"}});
    return *this;
  }
  ScriptedBank& will_see_the_process_end() {
    script_.emplace_back(std::nullopt);
    return *this;
  }

  /// The next call waits until it is let go; its answer is what the script says then.
  void hold() { is_next_held_ = true; }
  void let_go() {
    for (auto* const bell : held_) bell->ring();
    held_.clear();
  }

  std::vector<std::string> calls() const {
    std::vector<std::string> names;
    for (const auto& one : heard) names.push_back(one.call);
    return names;
  }

  std::deque<Heard> heard;
  bool asks_on_pages = false;  ///< Linking begins on the bank's own pages.
  Capabilities can{.embedded = true, .decoupled = true, .beneficiaries = true};

  Capabilities capabilities() const override { return can; }
  NeedFields begin_link() const override {
    if (asks_on_pages) return {.stage = Stage::LOGIN};
    return {
        .stage = Stage::LOGIN,
        .fields = {{.name = "username", .kind = FieldKind::TEXT}, {.name = "password", .kind = FieldKind::PASSWORD}}};
  }
  Task<BankResult<Step>> submit(const Answers& answers, const PayerDevice& device, ConnectorState& state) override {
    return answer({.call = "submit" + text_of(answers), .language = device.language, .return_urls = device.return_urls},
                  state);
  }
  Task<BankResult<Step>> add_beneficiary(const Creditor& creditor, const PayerDevice& device,
                                         ConnectorState& state) override {
    return answer({.call = "add_beneficiary", .creditor = creditor, .return_urls = device.return_urls}, state);
  }
  Task<BankResult<BeneficiaryAdded>> read_beneficiary(const std::string& id, ConnectorState& state) override {
    const auto brought = co_await answer({.call = "read_beneficiary " + id}, state);
    if (!brought) co_return std::unexpected{brought.error()};
    co_return std::get<BeneficiaryAdded>(*brought);
  }
  Task<BankResult<void>> end_link(ConnectorState& state) override {
    const auto brought = co_await answer({.call = "end_link"}, state);
    if (!brought) co_return std::unexpected{brought.error()};
    co_return BankResult<void>{};
  }
  Task<BankResult<Step>> begin_payment(const PaymentOrder& order, const PayerDevice& device, const ConnectorState& link,
                                       ConnectorState& state) override {
    return answer({.call = "begin_payment after " + link.json, .order = order, .return_urls = device.return_urls},
                  state);
  }
  Task<BankResult<Step>> advance_payment(const PaymentOrder& order, const PayerDevice& device,
                                         ConnectorState& state) override {
    return answer({.call = "advance_payment", .order = order, .return_urls = device.return_urls}, state);
  }
  Task<BankResult<Step>> submit_payment(const PaymentOrder& order, const Answers& answers, const PayerDevice&,
                                        ConnectorState& state) override {
    return answer({.call = "submit_payment" + text_of(answers), .order = order}, state);
  }
  Task<BankResult<Step>> poll_payment(ConnectorState& state) override {
    return answer({.call = "poll_payment"}, state);
  }

 private:
  static std::string text_of(const Answers& answers) {
    std::string text;
    for (const auto& [name, value] : answers) text += " " + name + "=" + std::string{value.reveal()};
    return text;
  }

  Task<BankResult<Step>> answer(Heard call, ConnectorState& state) {
    call.state = state.json;
    heard.push_back(std::move(call));
    if (std::exchange(is_next_held_, false)) {
      const auto bell = timers_.make_bell();
      held_.push_back(bell.get());
      co_await bell->wait_until(Instant::max());
    }
    if (script_.empty()) {
      ADD_FAILURE() << "nobody expects " << heard.back().call;
      co_return std::unexpected{CallError{.kind = CallError::Kind::NOT_SENT}};
    }
    auto next = std::move(script_.front());
    script_.pop_front();
    if (!next) throw ProcessEnded{};
    if (*next) state.json = R"({"calls":)" + std::to_string(heard.size()) + "}";
    co_return *std::move(next);
  }

  Timers& timers_;
  std::vector<Bell*> held_;
  bool is_next_held_ = false;
  std::deque<std::optional<BankResult<Step>>> script_;
};

}  // namespace qantara::banking
