#include "money/money.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace qantara::money {
namespace {

constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();
constexpr auto kSmallest = std::numeric_limits<std::int64_t>::min();

Currency currency(std::string_view code) {
  const auto found = Currency::find(code);
  CHECK(found.has_value());
  return *found;
}

TEST(Currency, knows_the_decimals_of_iso_4217) {
  const std::pair<std::string_view, int> kCases[] = {
      {"AED", 2}, {"SAR", 2}, {"QAR", 2}, {"EGP", 2}, {"USD", 2}, {"EUR", 2}, {"GBP", 2}, {"ZWG", 2},
      {"XCG", 2}, {"BHD", 3}, {"KWD", 3}, {"OMR", 3}, {"JOD", 3}, {"IQD", 3}, {"LYD", 3}, {"TND", 3},
      {"JPY", 0}, {"KRW", 0}, {"ISK", 0}, {"XPF", 0}, {"CLP", 0}, {"CLF", 4}, {"UYW", 4},
  };
  for (const auto& [code, decimals] : kCases) {
    const auto found = Currency::find(code);
    ASSERT_TRUE(found) << code;
    EXPECT_EQ(found->code(), code);
    EXPECT_EQ(found->decimals(), decimals) << code;
  }
}

TEST(Currency, refuses_what_is_no_active_code) {
  for (const std::string_view code : {"",    "A",   "AE",  "AEDX", "aed", "Aed", "AE ", "ED ", " AE", "D A",
                                      "XYZ", "XAU", "XXX", "XTS",  "HRK", "BGN", "ANG", "ZWL", "784", "ÄD"}) {
    EXPECT_FALSE(Currency::find(code)) << code;
  }
}

TEST(Money, reads_plain_decimal_text) {
  struct Case {
    std::string_view text, code;
    std::int64_t minor;
    std::string_view printed;
  };
  const Case kCases[] = {
      {"1000", "AED", 100000, "1000.00"},
      {"1000.00", "AED", 100000, "1000.00"},
      {"10.12", "AED", 1012, "10.12"},
      {"10.5", "AED", 1050, "10.50"},
      {"0.01", "AED", 1, "0.01"},
      {"0.1", "AED", 10, "0.10"},
      {"10.123", "BHD", 10123, "10.123"},
      {"18", "BHD", 18000, "18.000"},
      {"0.001", "BHD", 1, "0.001"},
      {"1000", "JPY", 1000, "1000"},
      {"1", "JPY", 1, "1"},
      {"0.0001", "CLF", 1, "0.0001"},
      {"1.5", "CLF", 15000, "1.5000"},
      {"92233720368547758.07", "AED", kLargest, "92233720368547758.07"},
      {"9223372036854775.807", "BHD", kLargest, "9223372036854775.807"},
      {"9223372036854775807", "JPY", kLargest, "9223372036854775807"},
  };
  for (const auto& [text, code, minor, printed] : kCases) {
    const auto money = Money::parse(text, currency(code));
    ASSERT_TRUE(money) << text;
    EXPECT_EQ(money->minor(), minor) << text;
    EXPECT_EQ(money->currency().code(), code);
    EXPECT_EQ(money->to_text(), printed);
  }
}

constexpr std::string_view kFormAed = "amount must be plain decimal text with at most 2 decimals for AED";
constexpr std::string_view kFormBhd = "amount must be plain decimal text with at most 3 decimals for BHD";
constexpr std::string_view kFormJpy = "amount must be plain decimal text with no decimals for JPY";
constexpr std::string_view kZero = "amount must be above zero";

TEST(Money, refuses_every_other_text_and_says_what_would_be_right) {
  struct Case {
    std::string_view text, code, message;
  };
  const Case kCases[] = {
      {"", "AED", kFormAed},
      {".", "AED", kFormAed},
      {".5", "AED", kFormAed},
      {"5.", "AED", kFormAed},
      {"5.", "JPY", kFormJpy},
      {"01.00", "AED", kFormAed},
      {"00", "AED", kFormAed},
      {"00.50", "AED", kFormAed},
      {"-5", "AED", kFormAed},
      {"+5", "AED", kFormAed},
      {"-0.01", "AED", kFormAed},
      {"5.-1", "AED", kFormAed},
      {"1e3", "AED", kFormAed},
      {"1E3", "AED", kFormAed},
      {"1e-2", "AED", kFormAed},
      {"1.0e1", "AED", kFormAed},
      {"1,000", "AED", kFormAed},
      {"1,5", "AED", kFormAed},
      {"1_000", "AED", kFormAed},
      {"1.2.3", "AED", kFormAed},
      {" 5", "AED", kFormAed},
      {"5 ", "AED", kFormAed},
      {"1 000", "AED", kFormAed},
      {"5\n", "AED", kFormAed},
      {std::string_view("5\0", 2), "AED", kFormAed},
      {"0x10", "AED", kFormAed},
      {"NaN", "AED", kFormAed},
      {"Infinity", "AED", kFormAed},
      {"AED 5", "AED", kFormAed},
      {"١٠", "AED", kFormAed},
      {"10.120", "AED", kFormAed},
      {"10.00000000000000000000000000000000", "AED", kFormAed},
      {"10.1234", "BHD", kFormBhd},
      {"10.0", "JPY", kFormJpy},
      {"0", "AED", kZero},
      {"0.0", "AED", kZero},
      {"0.00", "AED", kZero},
      {"0", "JPY", kZero},
      {"92233720368547758.08", "AED", "amount must be at most 92233720368547758.07"},
      {"92233720368547759", "AED", "amount must be at most 92233720368547758.07"},
      {"9223372036854775808", "AED", "amount must be at most 92233720368547758.07"},
      {"9223372036854775.808", "BHD", "amount must be at most 9223372036854775.807"},
      {"9223372036854775808", "JPY", "amount must be at most 9223372036854775807"},
      {"18446744073709551617", "JPY", "amount must be at most 9223372036854775807"},
      {"100000000000000000000000000000000000000000", "AED", "amount must be at most 92233720368547758.07"},
  };
  for (const auto& [text, code, message] : kCases) {
    const auto money = Money::parse(text, currency(code));
    ASSERT_FALSE(money) << text;
    EXPECT_EQ(money.error().code, ErrorCode::INVALID_AMOUNT) << text;
    EXPECT_EQ(money.error().message, message) << text;
    ASSERT_EQ(money.error().fields.size(), 1U) << text;
    EXPECT_EQ(money.error().fields[0].field, "amount");
    EXPECT_EQ(money.error().fields[0].message, message);
  }
}

TEST(Money, prints_negative_amounts_down_to_the_smallest) {
  EXPECT_EQ(Money(-1, currency("AED")).to_text(), "-0.01");
  EXPECT_EQ(Money(-100000, currency("AED")).to_text(), "-1000.00");
  EXPECT_EQ(Money(0, currency("AED")).to_text(), "0.00");
  EXPECT_EQ(Money(0, currency("JPY")).to_text(), "0");
  EXPECT_EQ(Money(kSmallest, currency("AED")).to_text(), "-92233720368547758.08");
  EXPECT_EQ(Money(kSmallest, currency("JPY")).to_text(), "-9223372036854775808");
}

TEST(Money, adds_and_subtracts_within_one_currency) {
  const auto aed = currency("AED");
  EXPECT_EQ(*add(Money(1012, aed), Money(88, aed)), Money(1100, aed));
  EXPECT_EQ(*subtract(Money(88, aed), Money(1012, aed)), Money(-924, aed));
  EXPECT_EQ(*add(Money(kLargest, aed), Money(kSmallest, aed)), Money(-1, aed));
  EXPECT_EQ(add(Money(1, aed), Money(1, currency("USD"))).error().code, ErrorCode::INVALID_PARAMETERS);
  EXPECT_EQ(subtract(Money(1, aed), Money(1, currency("USD"))).error().code, ErrorCode::INVALID_PARAMETERS);
}

TEST(Money, refuses_a_result_that_does_not_fit) {
  const auto aed = currency("AED");
  EXPECT_EQ(add(Money(kLargest, aed), Money(1, aed)).error().code, ErrorCode::INVALID_AMOUNT);
  EXPECT_EQ(add(Money(kSmallest, aed), Money(-1, aed)).error().code, ErrorCode::INVALID_AMOUNT);
  EXPECT_EQ(subtract(Money(kSmallest, aed), Money(1, aed)).error().code, ErrorCode::INVALID_AMOUNT);
  EXPECT_EQ(subtract(Money(0, aed), Money(kSmallest, aed)).error().code, ErrorCode::INVALID_AMOUNT);
}

TEST(Money, compares_within_one_currency_only) {
  const auto aed = currency("AED");
  EXPECT_TRUE(compare(Money(1, aed), Money(2, aed)) < 0);
  EXPECT_TRUE(compare(Money(2, aed), Money(2, aed)) == 0);
  EXPECT_TRUE(compare(Money(3, aed), Money(-2, aed)) > 0);
  EXPECT_NE(Money(1, aed), Money(1, currency("USD")));
  EXPECT_DEATH((void)compare(Money(1, aed), Money(1, currency("USD"))), "currency");
}

Currency any_currency() { return currency(*rc::gen::element<std::string>("JPY", "AED", "BHD", "CLF")); }

RC_GTEST_PROP(Money, is_the_same_after_printing_and_reading, ()) {
  const Money money(*rc::gen::inRange<std::int64_t>(1, kLargest), any_currency());
  RC_ASSERT(*Money::parse(money.to_text(), money.currency()) == money);
}

RC_GTEST_PROP(Money, refuses_a_text_in_which_a_letter_stands, ()) {
  const Money money(*rc::gen::inRange<std::int64_t>(1, kLargest), any_currency());
  auto text = money.to_text();
  const auto letter =
      *rc::gen::suchThat(rc::gen::arbitrary<char>(), [](char c) { return (c < '0' || c > '9') && c != '.'; });
  text.insert(*rc::gen::inRange<std::size_t>(0, text.size() + 1), 1, letter);
  RC_ASSERT(!Money::parse(text, money.currency()));
}

RC_GTEST_PROP(Money, addition_is_undone_by_subtraction_or_refused, (std::int64_t a, std::int64_t b)) {
  const auto aed = currency("AED");
  const auto sum = add(Money(a, aed), Money(b, aed));
  const auto exact = static_cast<__int128>(a) + b;
  RC_ASSERT(sum.has_value() == (exact >= kSmallest && exact <= kLargest));
  if (sum) RC_ASSERT(*subtract(*sum, Money(b, aed)) == Money(a, aed));
}

}  // namespace
}  // namespace qantara::money
