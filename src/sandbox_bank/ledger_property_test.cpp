#include <gtest/gtest.h>

#include <map>

#include "money/money.h"
#include "sandbox_bank/test_bank.h"

namespace qantara::sandbox_bank {
namespace {

/// The text of an amount as a whole number of minor units.
std::int64_t minor(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '.') digits += c;
  }
  return std::stoll(digits);
}

/// What must hold whatever was done: the books sum to zero, every balance is the sum of its entries and not negative, and
/// exactly the payments that the bank calls executed are booked.
void check_books(TestBank& bank, const std::vector<Answer>& orders) {
  const Answer ledger = bank.get("/_admin/ledger");
  for (const auto& [currency, sum] : ledger.body.find("sums")->members()) EXPECT_EQ(minor(sum.string()), 0) << currency;

  std::map<std::string, std::int64_t> by_account;
  std::map<std::int64_t, std::pair<int, std::int64_t>> by_transfer;
  for (const auto& entry : ledger.body.find("entries")->items()) {
    const std::int64_t amount = minor(*entry.text("amount"));
    by_account[std::string{*entry.text("account")}] += amount;
    auto& [sides, sum] = by_transfer[*entry.find("transfer")->integer()];
    ++sides;
    sum += amount;
  }
  for (const auto& [transfer, sides] : by_transfer) EXPECT_EQ(sides, (std::pair<int, std::int64_t>{2, 0})) << transfer;
  const Answer users = bank.get("/_admin/users");
  for (const auto& user : users.body.find("users")->items()) {
    for (const auto& account : user.find("accounts")->items()) {
      const std::int64_t balance = minor(*account.text("balance"));
      EXPECT_GE(balance, 0);
      EXPECT_EQ(balance, by_account[std::string{*account.text("iban")}]);
    }
  }

  std::map<std::string, int> times_booked;
  for (const auto& transfer : ledger.body.find("transfers")->items())
    ++times_booked[std::string{*transfer.text("paymentId")}];
  for (const Answer& order : orders) {
    const int times = times_booked[order.at("paymentId")];
    EXPECT_EQ(times, bank.status(order).at("transactionStatus") == "ACSC" ? 1 : 0);
  }
}

/// A run of random acts, the same for the same seed.
class Day {
 public:
  explicit Day(std::uint64_t seed) : random_(seed), bank_(seed) {}

  void live() {
    for (const auto& user : users_) consents_[user] = bank_.ready_to_pay(user);
    for (int i = 0; i < 40; ++i) act();
    bank_.call(http::Method::DELETE, "/_admin/scenarios");
    check_books(bank_, orders_);
  }

 private:
  template <class T>
  const T& any(const std::vector<T>& from) {
    return from[random_.below(from.size())];
  }

  void act() {
    const auto act = random_.below(10);
    if (act <= 2 || orders_.empty()) return order();
    if (act <= 4 || authorisations_.empty()) return keep(bank_.start(any(orders_)), 201);
    if (act == 5) return choose(any(authorisations_));
    if (act <= 7) return confirm(any(authorisations_));
    if (act == 8) return bank_.advance(std::chrono::minutes{1 + random_.below(30)});
    bank_.order_trouble(any(troubles_));
  }
  void order() {
    const std::string& user = any(users_);
    const money::Money amount{static_cast<std::int64_t>(1 + random_.below(9'000'000)), *money::Currency::find("AED")};
    orders_.push_back(bank_.order(consents_[user], bank_.account_of(user), amount.to_text()));
  }
  void keep(const Answer& authorisation, int status) {
    if (authorisation.status == status) authorisations_.push_back(authorisation);
  }
  void choose(const Answer& authorisation) {
    if (authorisation.link("selectAuthenticationMethod").empty()) return;
    keep(bank_.choose(authorisation, random_.below(2) == 0 ? "sms" : "app"), 200);
  }
  void confirm(const Answer& authorisation) {
    if (!authorisation.link("authoriseTransaction").empty()) {
      bank_.give_code(authorisation, random_.below(3) == 0 ? "2222" : kCode);
      return;
    }
    bank_.post("/_admin/approvals/" + authorisation.at("authorisationId"),
               random_.below(2) == 0 ? R"({"decision":"approve"})" : R"({"decision":"deny"})");
  }

  SeededRandom random_;
  TestBank bank_;
  const std::vector<std::string> users_{"payer-plain", "payer-poor", "payer-app", "payer-choice"};
  const std::vector<std::string> troubles_{
      R"({"effect":"held","for":"20m"})",
      R"({"effect":"rejected","after":"10m"})",
      R"({"effect":"status_503"})",
      R"({"effect":"approval_after","after":"2m"})",
      R"({"effect":"accepted_without_reference"})",
      R"({"call":"authorise_payment","effect":"answer_lost"})",
  };
  std::map<std::string, std::string> consents_;
  std::vector<Answer> orders_;
  std::vector<Answer> authorisations_;
};

TEST(Ledger, balances_after_anything_that_can_happen) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    Day{seed}.live();
  }
}

}  // namespace
}  // namespace qantara::sandbox_bank
