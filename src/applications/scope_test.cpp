#include "applications/scope.h"

#include <gtest/gtest.h>

namespace qantara::applications {
namespace {

TEST(scope, has_a_word_of_its_own_and_is_read_back) {
  for (int i = 0; i < kScopes; ++i) {
    const auto scope = static_cast<Scope>(i);
    EXPECT_FALSE(to_text(scope).empty()) << i;
    EXPECT_EQ(parse_scope(to_text(scope)), scope) << i;
  }
  EXPECT_TRUE(to_text(static_cast<Scope>(kScopes)).empty()) << "kScopes counts them all";
  for (const std::string_view text : {"", "api", "customer", "customer.", "Customer.read", "customer.read "}) {
    EXPECT_FALSE(parse_scope(text)) << text;
  }
}

TEST(scopes, are_written_and_read_in_one_order_and_nothing_else_is_taken_for_one) {
  using enum Scope;
  EXPECT_EQ(to_text(ScopeSet{PAYMENT_READ, CUSTOMER_READ}), "customer.read payment.read");
  EXPECT_EQ(read_scopes("  payment.read  customer.read nonsense customer.reads "),
            (ScopeSet{CUSTOMER_READ, PAYMENT_READ}));
  EXPECT_EQ(to_text(ScopeSet{}), "");
  EXPECT_TRUE(read_scopes("").is_empty());
  for (const auto set : {scopes_of_api(), scopes_of_customer()}) EXPECT_EQ(read_scopes(to_text(set)), set);
}

TEST(scopes, of_a_customer_are_no_writes_of_the_applications_own_things) {
  using enum Scope;
  for (const auto scope : {CUSTOMER_WRITE, DESTINATION_WRITE, INTENT_WRITE, WEBHOOK_READ, WEBHOOK_WRITE}) {
    EXPECT_FALSE(scopes_of_customer().contains(scope)) << to_text(scope);
    EXPECT_TRUE(scopes_of_api().contains(scope)) << to_text(scope);
  }
}

}  // namespace
}  // namespace qantara::applications
