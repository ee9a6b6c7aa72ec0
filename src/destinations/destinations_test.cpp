#include "destinations/destinations.h"

#include <gtest/gtest.h>

#include <functional>

#include "applications/applications.h"
#include "db/test_database.h"
#include "migrations/gateway.h"

namespace qantara::destinations {

/// In destination_store_test.cpp, where SQL may stand.
Result<void> insert_customer(db::Transaction& tx, ApplicationId application, CustomerId id);

namespace {

constexpr auto kIban = "AE070331234567890123456";

NewDestination a_destination() {
  NewDestination wanted;
  wanted.name = "Falcon Trading LLC";
  wanted.display_name = "Falcon";
  wanted.iban = kIban;
  return wanted;
}

std::string characters(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "\u0642";
  return text;
}

class destinations : public testing::Test {
 protected:
  ApplicationId make_application() {
    return database.write([&](db::Transaction& tx) { return applications.create(tx, {.name = "Shop"}); })
        ->application.id;
  }
  Result<Destination> create(ApplicationId application, NewDestination wanted) {
    return database.write([&](db::Transaction& tx) -> Result<Destination> {
      ASSIGN_OR_RETURN(auto checked, it.check(wanted));
      return it.create(tx, application, std::move(checked));
    });
  }
  Result<Destination> get(ApplicationId application, DestinationId id) {
    return database.read([&](db::Transaction& tx) { return it.get(tx, application, id); });
  }
  Result<Destination> get_or_default(ApplicationId application, std::optional<DestinationId> wanted) {
    return database.read([&](db::Transaction& tx) { return it.get_or_default(tx, application, wanted); });
  }
  Result<Destination> make_default(ApplicationId application, DestinationId id) {
    return database.write([&](db::Transaction& tx) { return it.make_default(tx, application, id); });
  }

  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  SeededRandom random{1};
  const Vault vault{std::array<std::byte, 32>{}, random};
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  const applications::Applications applications{clock, random};
  const Destinations it{clock, random, vault, applications};
  const ApplicationId shop = make_application();
};

TEST_F(destinations, are_checked_in_this_order) {
  // Each row mends what the row before was refused for.
  NewDestination wanted;
  wanted.name = "Falcon";
  wanted.display_name = " ";
  wanted.country = "are";
  wanted.currency = "dirham";
  wanted.routing_number = "021000022";
  wanted.sort_code = "60161";
  wanted.ifsc = "HDFC1001234";
  wanted.transit_number = "1234";
  wanted.government_identifier = {.type = banking::GovernmentIdentifierType::EMIRATES_ID, .value = " "};
  wanted.swift_code = "EBIL";
  const struct {
    std::function<void(NewDestination&)> mend;
    ErrorCode code;
    std::string_view field;
  } rows[] = {
      {[](NewDestination&) {}, ErrorCode::INVALID_NAME, "name"},
      {[](NewDestination& d) { d.name = "Falcon " + characters(140); }, ErrorCode::INVALID_PARAMETERS, "name"},
      {[](NewDestination& d) { d.name = "Falcon Trading"; }, ErrorCode::INVALID_PARAMETERS, "display_name"},
      {[](NewDestination& d) { d.display_name = "Fal\ncon"; }, ErrorCode::INVALID_PARAMETERS, "display_name"},
      {[](NewDestination& d) { d.display_name = "Falcon"; }, ErrorCode::INVALID_PARAMETERS, "country"},
      {[](NewDestination& d) { d.country = "IN"; }, ErrorCode::INVALID_PARAMETERS, "currency"},
      {[](NewDestination& d) { d.currency = "INR"; }, ErrorCode::INVALID_PARAMETERS, "routing_number"},
      {[](NewDestination& d) { d.routing_number = "021000021"; }, ErrorCode::INVALID_PARAMETERS, "sort_code"},
      {[](NewDestination& d) { d.sort_code = "60-16-13"; }, ErrorCode::INVALID_PARAMETERS, "ifsc"},
      {[](NewDestination& d) { d.ifsc = ""; }, ErrorCode::INVALID_PARAMETERS, "transit_number"},
      {[](NewDestination& d) { d.transit_number = "12345-678"; }, ErrorCode::INVALID_PARAMETERS,
       "government_identifier.value"},
      {[](NewDestination& d) { d.government_identifier->value = "784-1"; }, ErrorCode::INVALID_PARAMETERS,
       "swift_code"},
      {[](NewDestination& d) { d.swift_code = ""; }, ErrorCode::MISSING_PARAMETERS, "iban"},
      {[](NewDestination& d) { d.iban = "AE070331234567890123457"; }, ErrorCode::INVALID_IBAN, "iban"},
      {[](NewDestination& d) { d.iban.reset(), d.account_number = "1"; }, ErrorCode::MISSING_PARAMETERS, "ifsc"},
  };
  for (const auto& row : rows) {
    row.mend(wanted);
    const auto refused = it.check(wanted);
    ASSERT_FALSE(refused) << to_text(row.code) << " " << row.field;
    EXPECT_EQ(refused.error().code, row.code);
    EXPECT_EQ(refused.error().fields.at(0).field, row.field);
  }
  wanted.ifsc = "HDFC0001234";
  EXPECT_TRUE(it.check(wanted));
}

TEST_F(destinations, with_an_account_number_alone_name_their_bank_as_their_country_does) {
  using Member = std::optional<std::string> DestinationDetails::*;
  const struct {
    std::string_view alpha_3, alpha_2;
    Member member;
    std::string_view field, right;
    std::vector<std::string_view> wrong;
  } rows[] = {
      {"USA",
       "US",
       &DestinationDetails::routing_number,
       "routing_number",
       "021000021",
       {"021000022", "02100002", "0210000210", "O21000021"}},
      {"GBR", "GB", &DestinationDetails::sort_code, "sort_code", "60-16-13", {"60161", "6016131", "60/16/13"}},
      {"IND", "IN", &DestinationDetails::ifsc, "ifsc", "HDFC0001234", {"HDFC1001234", "HDF00012345", "hdfc0001234"}},
      {"CAN", "CA", &DestinationDetails::transit_number, "transit_number", "12345-678", {"1234", "123456", "12345x"}},
  };
  for (const auto& row : rows) {
    for (const auto country : {row.alpha_3, row.alpha_2}) {
      auto wanted = a_destination();
      wanted.iban.reset();
      wanted.account_number = "123456789";
      wanted.country = country;
      const auto refused = it.check(wanted);
      ASSERT_FALSE(refused) << country;
      EXPECT_EQ(refused.error().code, ErrorCode::MISSING_PARAMETERS);
      EXPECT_EQ(refused.error().fields.at(0).field, row.field);

      auto with_bic = wanted;
      with_bic.swift_code = "NWBKGB2L";
      EXPECT_TRUE(it.check(with_bic)) << country;
      wanted.*row.member = std::string{row.right};
      EXPECT_TRUE(it.check(wanted)) << country;
      for (const auto wrong : row.wrong) {
        wanted.*row.member = std::string{wrong};
        const auto malformed = it.check(wanted);
        ASSERT_FALSE(malformed) << wrong;
        EXPECT_EQ(malformed.error().code, ErrorCode::INVALID_PARAMETERS);
        EXPECT_EQ(malformed.error().fields.at(0).field, row.field);
      }
    }
  }
  auto elsewhere = a_destination();
  elsewhere.iban.reset();
  elsewhere.account_number = "123456789";
  elsewhere.country = "ARE";
  EXPECT_TRUE(it.check(elsewhere)) << "as the guides show it";
}

TEST_F(destinations, take_and_refuse_texts) {
  const struct {
    std::function<void(NewDestination&)> change;
    bool is_taken;
  } rows[] = {
      {[](NewDestination& d) { d.name = "صقر التجارة"; }, true},
      {[](NewDestination& d) { d.name = "  Falcon   Trading "; }, true},
      {[](NewDestination& d) { d.name = "Falcon "; }, false},
      {[](NewDestination& d) { d.display_name = characters(140); }, true},
      {[](NewDestination& d) { d.display_name = characters(141); }, false},
      {[](NewDestination& d) { d.address = characters(141); }, false},
      {[](NewDestination& d) {
         d.city =
             "Du\x01"
             "bai";
       },
       false},
      {[](NewDestination& d) { d.bank_identifier = "no such bank"; }, true},  // never checked
      {[](NewDestination& d) { d.country = "AE"; }, true},
      {[](NewDestination& d) { d.country = ""; }, true},
      {[](NewDestination& d) { d.country = "A1"; }, false},
      {[](NewDestination& d) { d.swift_code = ""; }, true},
      {[](NewDestination& d) { d.swift_code = "EBILAEADXXX"; }, true},
      {[](NewDestination& d) { d.iban = ""; }, false},
      {[](NewDestination& d) { d.iban = "", d.account_number = "1234567"; }, true},
      {[](NewDestination& d) { d.iban.reset(), d.account_number = " "; }, false},
  };
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    auto wanted = a_destination();
    rows[i].change(wanted);
    EXPECT_EQ(it.check(wanted).has_value(), rows[i].is_taken) << "row " << i;
  }
}

TEST_F(destinations, keep_what_was_sent_and_the_iban_in_its_electronic_form) {
  auto wanted = a_destination();
  wanted.iban = "ae07 0331 2345 6789 0123 456";
  wanted.address = "";
  wanted.country = "ARE";
  wanted.routing_number = "021000021";
  wanted.sort_code = "60-16-13";
  wanted.ifsc = "HDFC0001234";
  wanted.transit_number = "12345";
  wanted.branch_address = "1 Sheikh Zayed Road";
  wanted.postal_code = "";
  wanted.emirate = "Dubai";
  wanted.currency = "AED";
  wanted.bank_type = BankType::SME;
  wanted.government_identifier = {.type = banking::GovernmentIdentifierType::TRADE_LICENSE_NUMBER, .value = "CN-1"};
  const auto created = create(shop, wanted);
  ASSERT_TRUE(created);
  const auto found = get(shop, created->id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->iban, kIban);
  EXPECT_EQ(found->name, "Falcon Trading LLC");
  EXPECT_EQ(found->address, "");
  EXPECT_EQ(found->city, std::nullopt);
  EXPECT_EQ(found->country, "ARE");
  EXPECT_EQ(found->routing_number, "021000021");
  EXPECT_EQ(found->sort_code, "60-16-13");
  EXPECT_EQ(found->ifsc, "HDFC0001234");
  EXPECT_EQ(found->transit_number, "12345");
  EXPECT_EQ(found->branch_address, "1 Sheikh Zayed Road");
  EXPECT_EQ(found->postal_code, "");
  EXPECT_EQ(found->emirate, "Dubai");
  EXPECT_EQ(found->currency, "AED");
  EXPECT_EQ(found->bank_type, BankType::SME);
  EXPECT_EQ(found->government_identifier, wanted.government_identifier);
  EXPECT_EQ(found->created_at, clock.now());
}

TEST_F(destinations, hide_account_numbers_in_the_database) {
  auto wanted = a_destination();
  wanted.account_number = "98765432109876";
  wanted.government_identifier = {.type = banking::GovernmentIdentifierType::EMIRATES_ID,
                                  .value = "784-1990-1234567-1"};
  ASSERT_TRUE(create(shop, wanted));
  EXPECT_FALSE(database.holds_in_the_clear("784-1990"));
  EXPECT_FALSE(database.holds_in_the_clear(kIban));
  EXPECT_FALSE(database.holds_in_the_clear("98765432109876"));
  EXPECT_TRUE(database.holds_in_the_clear("Falcon Trading LLC"));  // The search does find what is there.
}

TEST_F(destinations, become_the_default_when_they_are_the_applications_first) {
  const auto customer = CustomerId::make(clock, random);
  ASSERT_TRUE(database.write([&](db::Transaction& tx) { return insert_customer(tx, shop, customer); }));
  const auto none = get_or_default(shop, std::nullopt);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::MISSING_PARAMETERS);
  EXPECT_EQ(none.error().fields.at(0).field, "payment_destination_id");

  auto of_customer = a_destination();
  of_customer.customer = customer;
  const auto owned = create(shop, of_customer);
  EXPECT_FALSE(owned->is_default) << "a customer's own is never the default";
  const auto first = create(shop, a_destination());
  const auto second = create(shop, a_destination());
  EXPECT_TRUE(first->is_default);
  EXPECT_FALSE(second->is_default);
  EXPECT_EQ(get_or_default(shop, std::nullopt)->id, first->id);
  EXPECT_EQ(get_or_default(shop, second->id)->id, second->id);

  EXPECT_TRUE(make_default(shop, second->id)->is_default);
  EXPECT_EQ(get_or_default(shop, std::nullopt)->id, second->id);
  EXPECT_FALSE(get(shop, first->id)->is_default);
  const auto refused = make_default(shop, owned->id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::INVALID_PARAMETERS);

  const auto listed = *database.read([&](db::Transaction& tx) { return it.list(tx, shop); });
  EXPECT_EQ(listed.size(), 3U);
  const auto of_one = *database.read([&](db::Transaction& tx) { return it.list_of_customer(tx, shop, customer); });
  ASSERT_EQ(of_one.size(), 1U);
  EXPECT_EQ(of_one[0].id, owned->id);
}

TEST_F(destinations, read_before_are_the_default_as_soon_as_another_gateway_says_so) {
  const auto first = create(shop, a_destination());
  const auto second = create(shop, a_destination());
  EXPECT_TRUE(get(shop, first->id)->is_default);
  EXPECT_FALSE(get(shop, second->id)->is_default);

  const Destinations elsewhere{clock, random, vault, applications};
  ASSERT_TRUE(database.write([&](db::Transaction& tx) { return elsewhere.make_default(tx, shop, second->id); }));
  EXPECT_FALSE(get(shop, first->id)->is_default);
  EXPECT_TRUE(get(shop, second->id)->is_default);
  EXPECT_EQ(get_or_default(shop, std::nullopt)->id, second->id);
}

TEST_F(destinations, read_before_are_the_same_again) {
  const auto customer = CustomerId::make(clock, random);
  ASSERT_TRUE(database.write([&](db::Transaction& tx) { return insert_customer(tx, shop, customer); }));
  auto wanted = a_destination();
  wanted.account_number = "0012345678";
  wanted.government_identifier = {.type = banking::GovernmentIdentifierType::EMIRATES_ID,
                                  .value = "784-1990-1234567-1"};
  wanted.customer = customer;
  const auto created = create(shop, wanted);
  for (const auto& again : {get(shop, created->id), get(shop, created->id)}) {
    EXPECT_EQ(again->name, wanted.name);
    EXPECT_EQ(again->account_number, "0012345678");
    EXPECT_EQ(again->iban, created->iban);
    EXPECT_EQ(again->government_identifier->value, "784-1990-1234567-1");
    EXPECT_EQ(again->customer, customer);
    EXPECT_EQ(again->created_at, created->created_at);
  }
}

TEST_F(destinations, are_unknown_to_everybody_but_their_application) {
  const auto created = create(shop, a_destination());
  ASSERT_TRUE(get(shop, created->id)) << "and so it is one that was read before";
  const auto other = make_application();
  for (const auto& refused : {get(other, created->id), get(shop, DestinationId{}), get_or_default(other, created->id),
                              make_default(other, created->id)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::UNKNOWN_PAYMENT_DESTINATION);
  }
  const auto found = *database.read([&](db::Transaction& tx) { return it.find(tx, created->id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->application, shop);
  EXPECT_FALSE(*database.read([&](db::Transaction& tx) { return it.find(tx, DestinationId{}); }));
}

}  // namespace
}  // namespace qantara::destinations
