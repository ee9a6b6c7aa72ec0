#include "link/link_session.h"

#include <array>
#include <utility>

namespace qantara::link {

namespace {

template <class T, std::size_t N>
std::string_view name_of(const std::array<std::pair<T, std::string_view>, N>& names, T value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return {};
}

template <class T, std::size_t N>
std::optional<T> value_of(const std::array<std::pair<T, std::string_view>, N>& names, std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

constexpr auto kMethods = std::to_array<std::pair<Method, std::string_view>>({
    {Method::CONNECT, "CONNECT"},
    {Method::CREATE_PAYMENT_SOURCE, "CREATE_PAYMENT_SOURCE"},
    {Method::UPDATE_PAYMENT_SOURCE, "UPDATE_PAYMENT_SOURCE"},
    {Method::CREATE_BENEFICIARY, "CREATE_BENEFICIARY"},
    {Method::RECONNECT, "RECONNECT"},
    {Method::PAY, "PAY"},
    {Method::CHECKOUT, "CHECKOUT"},
});

constexpr auto kStepKinds = std::to_array<std::pair<StepKind, std::string_view>>({
    {StepKind::WELCOME, "WELCOME"},
    {StepKind::BANKS, "BANKS"},
    {StepKind::CREDENTIALS, "CREDENTIALS"},
    {StepKind::CODE, "CODE"},
    {StepKind::METHOD, "METHOD"},
    {StepKind::ACCOUNTS, "ACCOUNTS"},
    {StepKind::PAYEE, "PAYEE"},
    {StepKind::ACCOUNT, "ACCOUNT"},
    {StepKind::REVIEW, "REVIEW"},
    {StepKind::PAYMENT, "PAYMENT"},
    {StepKind::APPROVAL, "APPROVAL"},
    {StepKind::REDIRECT, "REDIRECT"},
    {StepKind::WORKING, "WORKING"},
    {StepKind::BANK_UNREACHABLE, "BANK_UNREACHABLE"},
    {StepKind::CONNECTED, "CONNECTED"},
    {StepKind::COOL_OFF, "COOL_OFF"},
    {StepKind::ACCEPTED, "ACCEPTED"},
    {StepKind::PENDING, "PENDING"},
    {StepKind::UNKNOWN, "UNKNOWN"},
    {StepKind::FAILED, "FAILED"},
    {StepKind::END, "END"},
});

constexpr auto kActions = std::to_array<std::pair<Action, std::string_view>>({
    {Action::CONTINUE, "continue"},
    {Action::SELECT, "select"},
    {Action::SUBMIT, "submit"},
    {Action::BACK, "back"},
    {Action::CONFIRM, "confirm"},
    {Action::PAY, "pay"},
    {Action::CHANGE_ACCOUNT, "change_account"},
    {Action::RETRY, "try_again"},
    {Action::CHECK_AGAIN, "check_again"},
    {Action::CANCEL, "cancel"},
});

constexpr auto kEndReasons = std::to_array<std::pair<EndReason, std::string_view>>({
    {EndReason::LEFT, "left"},
    {EndReason::TIMED_OUT, "timed_out"},
    {EndReason::INTENT_EXPIRED, "intent_expired"},
    {EndReason::CANCELLED_BY_MERCHANT, "cancelled_by_merchant"},
});

constexpr auto kMoneyWords = std::to_array<std::pair<MoneyWord, std::string_view>>({
    {MoneyWord::NOT_MOVED, "not_moved"},
    {MoneyWord::ACCEPTED, "accepted"},
    {MoneyWord::UNKNOWN, "unknown"},
});

}  // namespace

std::string_view to_text(Method method) { return name_of(kMethods, method); }
std::string_view to_text(StepKind kind) { return name_of(kStepKinds, kind); }
std::string_view to_text(Action action) { return name_of(kActions, action); }
std::string_view to_text(EndReason reason) { return name_of(kEndReasons, reason); }
std::string_view to_text(MoneyWord money) { return name_of(kMoneyWords, money); }
std::optional<Method> parse_method(std::string_view text) { return value_of(kMethods, text); }
std::optional<StepKind> parse_step_kind(std::string_view text) { return value_of(kStepKinds, text); }
std::optional<Action> parse_action(std::string_view text) { return value_of(kActions, text); }
std::string_view to_text(CameBack way) { return way == CameBack::DONE ? "DONE" : "REFUSED"; }
std::optional<CameBack> parse_came_back(std::string_view text) {
  for (const auto way : {CameBack::DONE, CameBack::REFUSED}) {
    if (text == to_text(way)) return way;
  }
  return std::nullopt;
}
std::optional<EndReason> parse_end_reason(std::string_view text) { return value_of(kEndReasons, text); }

}  // namespace qantara::link
