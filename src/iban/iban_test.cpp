#include "iban/iban.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace qantara::iban {
namespace {

// One account of every country that has a format.
constexpr std::string_view kValid[] = {
    "AD1200012030200359100100",
    "AE070331234567890123456",
    "AL47212110090000000235698741",
    "AT611904300234573201",
    "AZ21NABZ00000000137010001944",
    "BA391290079401028494",
    "BE68539007547034",
    "BG80BNBG96611020345678",
    "BH67BMAG00001299123456",
    "BI4210000100010000332045181",
    "BR9700360305000010009795493P1",
    "BY13NBRB3600900000002Z00AB00",
    "CH9300762011623852957",
    "CR05015202001026284066",
    "CY17002001280000001200527600",
    "CZ6508000000192000145399",
    "DE89370400440532013000",
    "DJ2100010000000154000100186",
    "DK5000400440116243",
    "DO28BAGR00000001212453611324",
    "EE382200221020145685",
    "EG380019000500000000263180002",
    "ES9121000418450200051332",
    "FI2112345600000785",
    "FK88SC123456789012",
    "FO6264600001631634",
    "FR1420041010050500013M02606",
    "GB29NWBK60161331926819",
    "GE29NB0000000101904917",
    "GI75NWBK000000007099453",
    "GL8964710001000206",
    "GR1601101250000000012300695",
    "GT82TRAJ01020000001210029690",
    "HN88CABF00000000000250005469",
    "HR1210010051863000160",
    "HU42117730161111101800000000",
    "IE29AIBK93115212345678",
    "IL620108000000099999999",
    "IQ98NBIQ850123456789012",
    "IS140159260076545510730339",
    "IT60X0542811101000000123456",
    "JO94CBJO0010000000000131000302",
    "KW81CBKU0000000000001234560101",
    "KZ86125KZT5004100100",
    "LB62099900000001001901229114",
    "LC55HEMM000100010012001200023015",
    "LI21088100002324013AA",
    "LT121000011101001000",
    "LU280019400644750000",
    "LV80BANK0000435195001",
    "LY83002048000020100120361",
    "MC5811222000010123456789030",
    "MD24AG000225100013104168",
    "ME25505000012345678951",
    "MK07250120000058984",
    "MN121234123456789123",
    "MR1300020001010000123456753",
    "MT84MALT011000012345MTLCAST001S",
    "MU17BOMM0101101030300200000MUR",
    "NI45BAPR00000013000003558124",
    "NL91ABNA0417164300",
    "NO9386011117947",
    "OM810180000001299123456",
    "PK36SCBL0000001123456702",
    "PL61109010140000071219812874",
    "PS92PALS000000000400123456702",
    "PT50000201231234567890154",
    "QA58DOHB00001234567890ABCDEFG",
    "RO49AAAA1B31007593840000",
    "RS35260005601001611379",
    "RU0304452522540817810538091310419",
    "SA0380000000608010167519",
    "SC18SSCB11010000000000001497USD",
    "SD2129010501234001",
    "SE4550000000058398257466",
    "SI56191000000123438",
    "SK3112000000198742637541",
    "SM86U0322509800000000270100",
    "SO211000001001000100141",
    "ST23000100010051845310146",
    "SV62CENR00000000000000700025",
    "TL380080012345678910157",
    "TN5910006035183598478831",
    "TR330006100519786457841326",
    "UA213223130000026007233566001",
    "VA59001123000012345678",
    "VG96VPVG0000012345678901",
    "XK051212012345678906",
    "YE15CBYE0001018861234567891234",
};

TEST(Iban, accepts_an_account_of_every_country) {
  for (const auto text : kValid) {
    const auto iban = Iban::parse(text);
    ASSERT_TRUE(iban) << text << ": " << iban.error().message;
    EXPECT_EQ(iban->text(), text);
    EXPECT_EQ(iban->country(), text.substr(0, 2));
  }
}

TEST(Iban, drops_blanks_and_raises_letters) {
  EXPECT_EQ(Iban::parse("ae34 0260 0010 1552 8734 001")->text(), "AE340260001015528734001");
  EXPECT_EQ(Iban::parse(" AE79 0260\t000315528734002 ")->text(), "AE790260000315528734002");
  EXPECT_EQ(*Iban::parse("gb29nwbk60161331926819"), *Iban::parse("GB29 NWBK 6016 1331 9268 19"));
}

constexpr std::string_view kMasked = "a masked IBAN cannot be used: iban must have all its characters";
constexpr std::string_view kCharacters = "iban must consist of letters and digits";
constexpr std::string_view kStart = "iban must start with two letters for the country and two check digits";
constexpr std::string_view kStructureAe = "iban must have digits and letters in the places that AE gives them";
constexpr std::string_view kCheckDigits = "iban must have the right check digits: is there a typing error?";

TEST(Iban, refuses_every_other_text_and_says_what_would_be_right) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"", "iban must not be empty"},
      {"  ", "iban must not be empty"},
      {"AEXXXXXXXXXXXXXXXX", kMasked},
      {"AE940030011XXXXXXXXXXXX", kMasked},
      {"ae870200000xxxxxxxxxxxx", kMasked},
      {"AE34 •••• 4001", kMasked},
      {"AE34***************4001", kMasked},
      {"AE34…4001", kMasked},
      {"AE07-0331-2345-6789-0123-456", kCharacters},
      {"AE07033123456789012345６", kCharacters},
      {"AE07033123456789012345\n", kCharacters},
      {"ÄE070331234567890123456", kCharacters},
      {"A", kStart},
      {"AE07", kStart},
      {"070331234567890123456", kStart},
      {"A1070331234567890123456", kStart},
      {"AEAE0331234567890123456", kStart},
      {"1015528734001", kStart},
      {"US070331234567890123456", "iban must be of a country in the IBAN registry: US is not"},
      {"ZZ070331234567890123456", "iban must be of a country in the IBAN registry: ZZ is not"},
      {"AE07033123456789012345", "iban must have 23 characters for AE, this one has 22"},
      {"AE0703312345678901234560", "iban must have 23 characters for AE, this one has 24"},
      {"SA038000000060801016751", "iban must have 24 characters for SA, this one has 23"},
      {"AE07033123456789012345A", kStructureAe},
      {"BH671MAG00001299123456", "iban must have digits and letters in the places that BH gives them"},
      {"AE080331234567890123456", kCheckDigits},
      {"AE340260001015528734002", kCheckDigits},
      {"AE340260001015528730401", kCheckDigits},
  };
  for (const auto& [text, message] : kCases) {
    const auto iban = Iban::parse(text);
    ASSERT_FALSE(iban) << text;
    EXPECT_EQ(iban.error().code, ErrorCode::INVALID_IBAN) << text;
    EXPECT_EQ(iban.error().message, message) << text;
    ASSERT_EQ(iban.error().fields.size(), 1U) << text;
    EXPECT_EQ(iban.error().fields[0].field, "iban");
  }
}

TEST(Iban, refuses_check_digits_that_only_look_right) {
  // 97 and 00, 98 and 01, 02 and 99 are alike modulo 97, but only 02 to 98 are assigned.
  int twins = 0;
  for (int last = 0; last < 1000; ++last) {
    auto text = "AE00033123456789012" + std::to_string(1000 + last);
    for (const auto& [assigned, never] : {std::pair{"97", "00"}, {"98", "01"}, {"02", "99"}}) {
      if (!Iban::parse(text.replace(2, 2, assigned))) continue;
      EXPECT_FALSE(Iban::parse(text.replace(2, 2, never))) << text;
      ++twins;
    }
  }
  EXPECT_GT(twins, 0);
}

TEST(Iban, refuses_every_single_changed_character) {
  constexpr std::string_view kLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (const auto valid : {"AE340260001015528734001", "AE790260000315528734002", "GB29NWBK60161331926819"}) {
    for (std::size_t i = 0; i < std::string_view{valid}.size(); ++i) {
      for (const char letter : kLetters) {
        std::string changed = valid;
        if (changed[i] == letter) continue;
        changed[i] = letter;
        EXPECT_FALSE(Iban::parse(changed)) << changed;
      }
    }
  }
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

RC_GTEST_PROP(Iban, refuses_a_digit_for_a_digit_and_a_letter_for_a_letter, ()) {
  const std::string valid(*rc::gen::elementOf(std::vector<std::string_view>(std::begin(kValid), std::end(kValid))));
  auto changed = valid;
  auto& letter = changed[*rc::gen::inRange<std::size_t>(0, valid.size())];
  letter = is_digit(letter) ? *rc::gen::inRange<char>('0', '9' + 1) : *rc::gen::inRange<char>('A', 'Z' + 1);
  RC_PRE(changed != valid);
  RC_ASSERT(!Iban::parse(changed));
}

RC_GTEST_PROP(Iban, refuses_two_neighbouring_digits_swapped, ()) {
  const std::string valid(*rc::gen::elementOf(std::vector<std::string_view>(std::begin(kValid), std::end(kValid))));
  auto swapped = valid;
  const auto i = *rc::gen::inRange<std::size_t>(2, valid.size() - 1);
  RC_PRE(is_digit(valid[i]) && is_digit(valid[i + 1]) && valid[i] != valid[i + 1]);
  std::swap(swapped[i], swapped[i + 1]);
  RC_ASSERT(!Iban::parse(swapped));
}

RC_GTEST_PROP(Iban, survives_any_bytes, (const std::string& text)) { (void)Iban::parse(text).has_value(); }

TEST(Iban, shows_the_country_and_the_last_four_characters_only) {
  EXPECT_EQ(Iban::parse("AE340260001015528734001")->masked(), "AE34 •••• 4001");
  EXPECT_EQ(Iban::parse("NO9386011117947")->masked(), "NO93 •••• 7947");
}

TEST(MaskAccount, keeps_at_most_the_last_four_characters_and_half) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"", "••••"},
      {"1", "••••"},
      {"12", "•••• 2"},
      {"1234", "•••• 34"},
      {"123456", "•••• 456"},
      {"12345678", "•••• 5678"},
      {"1015528734001", "•••• 4001"},
      {"äöüß", "•••• üß"},
      {"1234567ü", "•••• 67ü"},
  };
  for (const auto& [account, masked] : kCases) EXPECT_EQ(mask_account(account), masked) << account;
}

TEST(Bic, has_eight_or_eleven_characters_with_country_letters_in_their_place) {
  for (const auto text :
       {"EBILAEAD", "BBMEAEAD", "NBADAEAA", "RIBLSARI", "NCBKSAJE", "DEUTDEFF500", "EBILAEADXXX", "E097AEXXXXX"}) {
    EXPECT_TRUE(is_bic(text)) << text;
  }
  for (const auto text : {"", "EBILAEA", "EBILAEADX", "EBILAEADXX", "EBILAEADXXXX", "ebilaead", "EBIL1EAD", "EBILA1AD",
                          "EBILAE-D", "EBIL AEAD", "EBILAEAÄ"}) {
    EXPECT_FALSE(is_bic(text)) << text;
  }
}

}  // namespace
}  // namespace qantara::iban
