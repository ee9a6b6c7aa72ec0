#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace qantara {
namespace {

using namespace std::string_literals;

TEST(text, writes_and_reads_hexadecimal_digits) {
  EXPECT_EQ(to_hex(as_bytes("")), "");
  EXPECT_EQ(to_hex(as_bytes("\x00\x0f\xf0\xffz"s)), "000ff0ff7a");
  EXPECT_EQ(from_hex("000Ff0FF7a"), "\x00\x0f\xf0\xffz"s);
  EXPECT_EQ(from_hex(""), "");
  for (const std::string_view text : {"0", "0g", "g0", "0x", " 0", "00 "}) EXPECT_FALSE(from_hex(text)) << text;
}

TEST(text, writes_and_reads_base64) {
  const struct {
    std::string bytes;
    std::string_view text;
  } rows[] = {
      // RFC 4648, section 10
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\xfb\xef\xff", "++//"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(to_base64(row.bytes), row.text);
    EXPECT_EQ(from_base64(row.text), row.bytes);
  }
}

TEST(text, reads_no_base64_that_is_cut_or_padded_wrongly) {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zg==Zg==", "Zm=v", "Zm9v\n", "Zm9-", "Zm9_", "Z g="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

RC_GTEST_PROP(text, reads_the_bytes_it_wrote, (const std::string& bytes)) {
  RC_ASSERT(from_base64(to_base64(bytes)) == bytes);
  RC_ASSERT(from_hex(to_hex(as_bytes(bytes))) == bytes);
}

TEST(text, trims_white_space_at_both_ends) {
  EXPECT_EQ(trim(" \t\r\n\f\va b \n"), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\u00a0"), "\u00a0");  // ASCII only
}

TEST(text, counts_characters_of_utf_8) {
  EXPECT_EQ(utf8_length(""), 0U);
  EXPECT_EQ(utf8_length("abc"), 3U);
  EXPECT_EQ(utf8_length("قنطرة"), 5U);
  EXPECT_EQ(utf8_length("a\u00e9\u20ac\U0001f600"), 4U);
}

TEST(text, tells_utf_8_from_other_bytes) {
  const struct {
    std::string_view bytes;
    std::size_t sequence;  // 0: not well-formed (RFC 3629, section 4).
  } rows[] = {
      {"a", 1},
      {"\x7f", 1},
      {"\xc2\x80", 2},
      {"\xdf\xbf", 2},
      {"\xe0\xa0\x80", 3},
      {"\xed\x9f\xbf", 3},
      {"\xee\x80\x80", 3},
      {"\xf0\x90\x80\x80", 4},
      {"\xf4\x8f\xbf\xbf", 4},
      {"", 0},
      {"\x80", 0},      // continues nothing
      {"\xc0\xaf", 0},  // overlong
      {"\xc1\xbf", 0},
      {"\xe0\x9f\xbf", 0},
      {"\xf0\x8f\xbf\xbf", 0},
      {"\xed\xa0\x80", 0},  // surrogate
      {"\xed\xbf\xbf", 0},
      {"\xf4\x90\x80\x80", 0},  // past U+10FFFF
      {"\xf5\x80\x80\x80", 0},
      {"\xff", 0},
      {"\xc2", 0},  // cut
      {"\xe2\x82", 0},
      {"\xf0\x9f\x98", 0},
      {"\xc2x", 0},
      {"\xe2x\x82", 0},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(utf8_sequence(row.bytes), row.sequence) << to_hex(as_bytes(row.bytes));
    EXPECT_EQ(is_valid_utf8(row.bytes), row.sequence > 0 || row.bytes.empty()) << to_hex(as_bytes(row.bytes));
  }
  EXPECT_TRUE(is_valid_utf8("قنطرة is a bridge"));
  EXPECT_FALSE(is_valid_utf8("a bridge\xc2"));
}

TEST(text, prints_as_it_is_written) {
  for (const auto* const text :
       {"", "Acme Corp.", "قنطرة", "\u00a0", "\u200d", "\u2027", "\u202f", "\u2065", "\u206a", "😀"}) {
    EXPECT_TRUE(is_printable(text)) << text;
  }
  for (const auto* const text :
       {"\n", "a\tb", "\x7f", "\u0080", "\u0085", "\u009f", "\u2028", "\u202a", "a\u202e", "\u2066", "\u2069"}) {
    EXPECT_FALSE(is_printable(text)) << to_hex(as_bytes(text));
  }
  EXPECT_FALSE(is_printable("a\0b"s));
}

TEST(text, compares_ascii_without_case) {
  EXPECT_TRUE(equals_ignoring_case("Content-TYPE", "content-type"));
  EXPECT_FALSE(equals_ignoring_case("content-type", "content-typ"));
  EXPECT_FALSE(equals_ignoring_case("[", "{"));  // These differ in the bit that tells cases apart.
  EXPECT_FALSE(equals_ignoring_case("\u00c9", "\u00e9"));
}

TEST(text, compares_secrets_by_every_byte) {
  EXPECT_TRUE(equals_in_constant_time("", ""));
  EXPECT_TRUE(equals_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equals_in_constant_time("secret", "secres"));
  EXPECT_FALSE(equals_in_constant_time("secret", "Secret"));
  EXPECT_FALSE(equals_in_constant_time("secret", "secrets"));
  EXPECT_FALSE(equals_in_constant_time("a\0b"s, "a\0c"s));
}

}  // namespace
}  // namespace qantara
