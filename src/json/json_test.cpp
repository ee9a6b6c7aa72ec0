#include "json/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>

namespace qantara::json {
namespace {

using std::string_view_literals::operator""sv;

std::string nested(std::size_t levels, std::string_view open, std::string_view inner, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += open;
  text += inner;
  for (std::size_t i = 0; i < levels; ++i) text += close;
  return text;
}

TEST(Reader, keeps_the_text_of_numbers) {
  for (const std::string text :
       {"0", "-0", "1", "1000", "1000.00", "10.120", "1e3", "1E+3", "1.5e-7", "-0.0", "0e0", "0.1",
        "123456789012345678901234567890", "0.000000000000000000000000000001", "1e999999"}) {
    for (const auto& whole : {text, " " + text + "\n", "[" + text + "]"}) {
      const auto value = parse(whole);
      ASSERT_TRUE(value) << whole;
      const auto& number = value->is(Kind::ARRAY) ? value->items().at(0) : *value;
      EXPECT_EQ(number.number_text(), text);
    }
  }
}

TEST(Reader, gives_an_integer_only_without_fraction_and_exponent_and_if_it_fits) {
  const std::pair<std::string_view, std::optional<std::int64_t>> kCases[] = {
      {"0", 0},
      {"-0", 0},
      {"42", 42},
      {"-42", -42},
      {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"9223372036854775808", std::nullopt},
      {"-9223372036854775809", std::nullopt},
      {"1.0", std::nullopt},
      {"1e3", std::nullopt},
  };
  for (const auto& [text, integer] : kCases) EXPECT_EQ(parse(text)->integer(), integer) << text;
}

TEST(Reader, unescapes_strings) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {R"("")", ""},
      {R"("plain")", "plain"},
      {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
      {R"("\u0041\u00e9\u0628\uFFFF")", "Aéب\uFFFF"},
      {R"("\u0000")", "\0"sv},
      {R"("a\u0000b")", "a\0b"sv},
      {R"("\ud83d\ude00")", "😀"},
      {R"("\uD800\uDC00")", "\U00010000"},
      {R"("\uDBFF\uDFFF")", "\U0010FFFF"},
      {R"("\uD7FF\uE000")", "\uD7FF\uE000"},
      {"\"😀 ب é \x7F\"", "😀 ب é \x7F"},
      {R"("\\u0041")", "\\u0041"},
      {R"("\u002c\u007F\u0080\u07ff\u0800")", ",\x7F\u0080\u07FF\u0800"},
  };
  for (const auto& [text, expected] : kCases) {
    const auto value = parse(text);
    ASSERT_TRUE(value) << text << ": " << value.error().message;
    EXPECT_EQ(value->string(), expected) << text;
  }
}

TEST(Reader, reads_an_object_in_the_order_of_its_members) {
  const auto value = parse(R"( {"b" : [1, {"x":null}, []], "a":true ,"":false,"é":"s"} )");
  ASSERT_TRUE(value);
  const auto& members = value->members();
  ASSERT_EQ(members.size(), 4U);
  EXPECT_EQ(members[0].first, "b");
  EXPECT_EQ(members[1].first, "a");
  EXPECT_EQ(members[2].first, "");
  EXPECT_EQ(members[3].first, "é");
  EXPECT_EQ(members[0].second.items().size(), 3U);
  EXPECT_TRUE(members[1].second.boolean());
  EXPECT_FALSE(members[2].second.boolean());
  EXPECT_EQ(value->text("é"), "s");
  EXPECT_EQ(value->text("a"), std::nullopt);
  EXPECT_EQ(value->text("absent"), std::nullopt);
}

TEST(Reader, finds_nothing_in_what_is_no_object) {
  for (const auto text : {"null", "1", "\"a\"", "[1]", "true"}) {
    EXPECT_EQ(parse(text)->find("a"), nullptr) << text;
    EXPECT_EQ(parse(text)->text("a"), std::nullopt) << text;
  }
}

TEST(Reader, refuses_to_take_one_kind_for_another) {
  const auto value = parse("1");
  EXPECT_DEATH((void)value->string(), "STRING");
  EXPECT_DEATH((void)value->members(), "OBJECT");
  EXPECT_DEATH((void)parse("\"1\"")->integer(), "NUMBER");
}

TEST(Reader, accepts_what_rfc_8259_allows) {
  const std::string_view kCases[] = {
      "null",
      "true",
      "false",
      "0",
      "\"\"",
      "[]",
      "{}",
      " [] ",
      "\t\r\n{}\n",
      "[[]]",
      "[null,1,\"1\",{}]",
      "[1,null,null,2]",
      "[ 1 , 2 ]",
      "{\"a\":{}}",
      "{\"\":0}",
      "{\"a\":1,\"b\":1}",
      "{\"a\":1,\"A\":1}",
      "{\"a\":{\"a\":1}}",
      "[{\"a\":1},{\"a\":1}]",
      "[1e1]",
      "[1E22]",
      "[0e+1]",
      "[0e1]",
      "[1E-2]",
      "[-0]",
      "[-1]",
      "[20e1]",
      "[123.456789]",
      "[0.4e00669999999999999999999999999999999999]",
      "[\"\xE2\x80\xA8\xE2\x80\xA9\"]",
      "[\"\\u2028\"]",
      "[\"\x7F\"]",
      "\"\xF4\x8F\xBF\xBF\"",
      "\"\xEF\xBF\xBE\"",
      "\"\xEF\xBB\xBF\"",
      "[\"/*not a comment*/\"]",
      "{\"min\":-1.0e+28,\"max\":1.0e+28}",
      "{\"title\":\"\\u041f\\u043e\\u043b\"}",
      "[\"a\\/b\"]",
      "[\"\\\\a\"]",
      "[\"\\\\n\"]",
      "[\" \"]",
  };
  for (const auto text : kCases) {
    const auto value = parse(text);
    EXPECT_TRUE(value) << text << ": " << value.error().message;
  }
}

TEST(Reader, refuses_everything_else_and_says_what_and_where) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      // Nothing, or more than one value
      {"", "0: a value is missing"},
      {" \n", "2: a value is missing"},
      {"\xEF\xBB\xBF{}", "0: a byte order mark must not stand in front"},
      {"\xEF\xBB\xBF", "0: a byte order mark must not stand in front"},
      {"\xFF\xFE{\0}\0"sv, "0: a value is expected"},
      {"{\0}\0"sv, "1: a member's name in quotes is expected"},
      {"1 2", "2: nothing may follow the value"},
      {"[][]", "2: nothing may follow the value"},
      {"{}}", "2: nothing may follow the value"},
      {"{}#", "2: nothing may follow the value"},
      {"{}//", "2: nothing may follow the value"},
      {"{}\0"sv, "2: nothing may follow the value"},
      {"\"a\"\"b\"", "3: nothing may follow the value"},
      {"null\xA0", "4: nothing may follow the value"},
      // Words
      {"nul", "0: a value is expected"},
      {"Null", "0: a value is expected"},
      {"nan", "0: a value is expected"},
      {"NaN", "0: a value is expected"},
      {"Infinity", "0: a value is expected"},
      {"truefalse", "4: nothing may follow the value"},
      {"undefined", "0: a value is expected"},
      {"'a'", "0: a value is expected"},
      {"/**/1", "0: a value is expected"},
      {"\v1", "0: a value is expected"},
      {"\f1", "0: a value is expected"},
      {"\xC2\xA0"
       "1",
       "0: a value is expected"},
      // Numbers
      {"01", "1: a number must not have leading zeros"},
      {"-01", "2: a number must not have leading zeros"},
      {"00", "1: a number must not have leading zeros"},
      {"1.", "2: a digit is expected"},
      {"-", "1: a digit is expected"},
      {"--1", "1: a digit is expected"},
      {"-.5", "1: a digit is expected"},
      {"-Infinity", "1: a digit is expected"},
      {".5", "0: a value is expected"},
      {"+1", "0: a value is expected"},
      {"1.e3", "2: a digit is expected"},
      {"1e", "2: a digit is expected"},
      {"1e+", "3: a digit is expected"},
      {"1e+-1", "3: a digit is expected"},
      {"1e1.5", "3: nothing may follow the value"},
      {"1ee1", "2: a digit is expected"},
      {"0x10", "1: nothing may follow the value"},
      {"1_000", "1: nothing may follow the value"},
      {"1,000", "1: nothing may follow the value"},
      {"1 000", "2: nothing may follow the value"},
      {"1.2.3", "3: nothing may follow the value"},
      {"١", "0: a value is expected"},
      {"[-]", "2: a digit is expected"},
      {"[1.a]", "3: a digit is expected"},
      // Arrays
      {"[", "1: a value is missing"},
      {"[1", "2: ',' or ']' is expected"},
      {"[1,", "3: a value is missing"},
      {"[1,]", "3: a value is expected"},
      {"[,1]", "1: a value is expected"},
      {"[,]", "1: a value is expected"},
      {"[1,,2]", "3: a value is expected"},
      {"[1 2]", "3: ',' or ']' is expected"},
      {"[1:2]", "2: ',' or ']' is expected"},
      {"[1}", "2: ',' or ']' is expected"},
      {"]", "0: a value is expected"},
      {"[\"a\",\n4,\n1,", "11: a value is missing"},
      // Objects
      {"{", "1: a member's name in quotes is expected"},
      {"{\"a\"", "4: ':' is expected after a member's name"},
      {"{\"a\":", "5: a value is missing"},
      {"{\"a\":1", "6: ',' or '}' is expected"},
      {"{\"a\":1,", "7: a member's name in quotes is expected"},
      {"{\"a\":1,}", "7: a member's name in quotes is expected"},
      {"{,\"a\":1}", "1: a member's name in quotes is expected"},
      {"{\"a\":1 \"b\":2}", "7: ',' or '}' is expected"},
      {"{\"a\" 1}", "5: ':' is expected after a member's name"},
      {"{\"a\"::1}", "5: a value is expected"},
      {"{\"a\",1}", "4: ':' is expected after a member's name"},
      {"{a:1}", "1: a member's name in quotes is expected"},
      {"{'a':1}", "1: a member's name in quotes is expected"},
      {"{1:1}", "1: a member's name in quotes is expected"},
      {"{null:null}", "1: a member's name in quotes is expected"},
      {"{[]:1}", "1: a member's name in quotes is expected"},
      {"{\"a\":1]", "6: ',' or '}' is expected"},
      {"{\"a\":\"b\"}/**/", "9: nothing may follow the value"},
      {"{\"a\":/*c*/\"b\"}", "5: a value is expected"},
      // Strings
      {"\"", "1: a string is not closed"},
      {"\"a", "2: a string is not closed"},
      {"\"\\", "2: a string is not closed"},
      {"\"\\\"", "3: a string is not closed"},
      {"[\"a]", "4: a string is not closed"},
      {"\"\n\"", "1: a control character must be escaped"},
      {"\"a\tb\"", "2: a control character must be escaped"},
      {"\"\0\""sv, "1: a control character must be escaped"},
      {"\"\x1F\"", "1: a control character must be escaped"},
      {R"("\a")", "1: unknown escape"},
      {R"("\x41")", "1: unknown escape"},
      {R"("\'")", "1: unknown escape"},
      {R"("\U0041")", "1: unknown escape"},
      {"\"\\\n\"", "1: unknown escape"},
      {"\"\\é\"", "1: unknown escape"},
      {R"("\u")", "3: four hexadecimal digits are expected"},
      {R"("\u12")", "3: four hexadecimal digits are expected"},
      {R"("\u123g")", "3: four hexadecimal digits are expected"},
      {R"("\u-123")", "3: four hexadecimal digits are expected"},
      {R"("\u+123")", "3: four hexadecimal digits are expected"},
      {R"("\u 123")", "3: four hexadecimal digits are expected"},
      {R"("\u0x1")", "3: four hexadecimal digits are expected"},
      {"\"\\u004", "3: four hexadecimal digits are expected"},
      // Surrogates
      {R"("\ud800")", "1: lone surrogate"},
      {R"("\udc00")", "1: lone surrogate"},
      {R"("\udfff")", "1: lone surrogate"},
      {R"("a\udbff")", "2: lone surrogate"},
      {R"("\ud800a")", "1: lone surrogate"},
      {R"("\ud800\n")", "1: lone surrogate"},
      {R"("\ud800\u0041")", "1: lone surrogate"},
      {R"("\ud800\ud800\udc00")", "1: lone surrogate"},
      {R"("\udc00\ud800")", "1: lone surrogate"},
      {R"("\udc00\udc00")", "1: lone surrogate"},
      {R"("\ud800\ue000")", "1: lone surrogate"},
      {R"("\udbff\uffff")", "1: lone surrogate"},
      {R"("\ud800\u")", "9: four hexadecimal digits are expected"},
      {R"({"\ud800":1})", "2: lone surrogate"},
      {"\"\xED\xA0\x80\"", "1: invalid UTF-8"},
      {"\"\xED\xA0\xBD\xED\xB8\x80\"", "1: invalid UTF-8"},
      // UTF-8
      {"\"\xFF\"", "1: invalid UTF-8"},
      {"\"\x80\"", "1: invalid UTF-8"},
      {"\"\xC0\x80\"", "1: invalid UTF-8"},
      {"\"\xC1\xBF\"", "1: invalid UTF-8"},
      {"\"\xE0\x80\x80\"", "1: invalid UTF-8"},
      {"\"\xF0\x80\x80\x80\"", "1: invalid UTF-8"},
      {"\"\xF4\x90\x80\x80\"", "1: invalid UTF-8"},
      {"\"\xF8\x88\x80\x80\x80\"", "1: invalid UTF-8"},
      {"\"a\xC3\"", "2: invalid UTF-8"},
      {"\"\xE2\x82\"", "1: invalid UTF-8"},
      {"\"\xF0\x9F\x98", "1: invalid UTF-8"},
      {"\"caf\xE9\"", "4: invalid UTF-8"},
      {"{\"\xFF\":1}", "2: invalid UTF-8"},
  };
  for (const auto& [text, message] : kCases) {
    const auto value = parse(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, ErrorCode::INVALID_PARAMETERS) << text;
    EXPECT_EQ(value.error().message, "invalid JSON at byte " + std::string(message)) << text;
  }
}

TEST(Reader, refuses_duplicate_members_by_their_path) {
  struct Case {
    std::string_view text, message, path;
  };
  const Case kCases[] = {
      {R"({"amount":1,"amount":1})", "12: duplicate member \"amount\"", "amount"},
      {R"({"a":1,"b":2,"a":null})", "13: duplicate member \"a\"", "a"},
      {R"({"":1,"":2})", "6: duplicate member \"\"", ""},
      {R"({"a":1,"\u0061":2})", "7: duplicate member \"a\"", "a"},
      {R"({"é":1,"\u00e9":2})", "8: duplicate member \"é\"", "é"},
      {R"({"o":{"c":1,"c":2}})", "12: duplicate member \"c\"", "o.c"},
      {R"({"x":0,"o":[{"c":1},{"d":{"c":1,"c":1}}]})", "32: duplicate member \"c\"", "o[1].d.c"},
      {R"([[{"c":1,"c":2}]])", "9: duplicate member \"c\"", "[0][0].c"},
      {R"({"o":{"o":1},"o":2})", "13: duplicate member \"o\"", "o"},
      {R"({"a":1,"a")", "7: duplicate member \"a\"", "a"},
  };
  for (const auto& [text, message, path] : kCases) {
    const auto value = parse(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, ErrorCode::INVALID_PARAMETERS) << text;
    EXPECT_EQ(value.error().message, "invalid JSON at byte " + std::string(message)) << text;
    ASSERT_EQ(value.error().fields.size(), 1U) << text;
    EXPECT_EQ(value.error().fields[0].field, path) << text;
  }
}

TEST(Reader, refuses_the_nul_character_where_told_by_the_path_of_its_text) {
  struct Case {
    std::string_view text, message;
    std::optional<std::string_view> path;
  };
  const Case kCases[] = {
      {R"({"name":"Falcon\u0000"})", "8: a text must not hold U+0000", "name"},
      {R"({"name":"Falcon","o":[1,{"c":"\u0000"}]})", "29: a text must not hold U+0000", "o[1].c"},
      {R"(["a","\u0000b"])", "5: a text must not hold U+0000", "[1]"},
      {R"("\u0000")", "0: a text must not hold U+0000", std::nullopt},
  };
  for (const auto& [text, message, path] : kCases) {
    EXPECT_TRUE(parse(text)) << text;
    const auto value = parse(text, Nul::REFUSED);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, ErrorCode::INVALID_PARAMETERS) << text;
    EXPECT_EQ(value.error().message, "invalid JSON at byte " + std::string(message)) << text;
    ASSERT_EQ(value.error().fields.size(), path ? 1U : 0U) << text;
    if (path) EXPECT_EQ(value.error().fields[0].field, *path) << text;
  }
  EXPECT_TRUE(parse(R"({"name":"\u0001\\u0000"})", Nul::REFUSED)) << "another character, and six that spell it";
}

TEST(Reader, refuses_a_duplicate_among_many_members) {
  for (const std::size_t count : {15U, 16U, 17U, 18U, 1000U}) {
    std::string text = "{";
    for (std::size_t i = 0; i < count; ++i) text += "\"m" + std::to_string(i) + "\":1,";
    EXPECT_TRUE(parse(text + "\"last\":1}")) << count;
    for (const std::size_t again : {std::size_t{0}, count / 2, count - 1}) {
      const auto name = "m" + std::to_string(again);
      const auto value = parse(text + "\"" + name + "\":1}");
      ASSERT_FALSE(value) << count << " " << name;
      EXPECT_EQ(value.error().fields.at(0).field, name);
    }
  }
}

TEST(Reader, cuts_a_long_name_in_its_message_between_characters) {
  const auto name = "a" + nested(50, "é", "", "");
  const auto value = parse("{\"" + name + "\":1,\"" + name + "\":2}");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().fields.at(0).field, "a" + nested(31, "é", "", "") + "…");
}

TEST(Reader, goes_64_levels_deep_and_no_further) {
  EXPECT_TRUE(parse(nested(64, "[", "", "]")));
  EXPECT_TRUE(parse(nested(63, "{\"a\":", "{}", "}")));
  EXPECT_TRUE(parse(nested(32, "[{\"a\":", "1", "}]")));
  EXPECT_TRUE(parse("[" + nested(63, "[", "", "]") + "," + nested(63, "[", "", "]") + "]"));
  for (const auto& text : {nested(65, "[", "", "]"), nested(100, "[", "", "]"), nested(100'000, "[", "", ""),
                           nested(64, "[", "{}", "]")}) {
    EXPECT_EQ(parse(text).error().message, "invalid JSON at byte 64: at most 64 levels are allowed");
  }
  EXPECT_FALSE(parse(nested(65, "{\"a\":", "1", "}")));
  EXPECT_FALSE(parse(nested(100'000, "{\"a\":", "", "")));
}

TEST(Writer, writes_names_commas_and_values) {
  Writer writer;
  writer.begin_object()
      .member("id", "x")
      .member("amount_missing", std::optional<std::string>{})
      .member("note", std::optional<std::string>{"n"})
      .raw_member("amount", "1000.00")
      .member("count", 3)
      .member("smallest", std::numeric_limits<std::int64_t>::min())
      .member("open", true)
      .name("list")
      .begin_array()
      .integer(1)
      .boolean(false)
      .null()
      .begin_object()
      .end_object()
      .begin_array()
      .end_array()
      .end_array()
      .name("empty")
      .begin_object()
      .end_object()
      .member("view", std::string_view{"v"})
      .end_object();
  EXPECT_EQ(writer.text(),
            R"({"id":"x","amount_missing":null,"note":"n","amount":1000.00,"count":3,)"
            R"("smallest":-9223372036854775808,"open":true,"list":[1,false,null,{},[]],"empty":{},"view":"v"})");
}

TEST(Writer, escapes_what_could_hurt_inside_html) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"", R"("")"},
      {"plain é ب 😀", "\"plain é ب 😀\""},
      {"\"\\/\b\f\n\r\t", R"("\"\\/\b\f\n\r\t")"},
      {"\0\x01\x1F\x7F"sv, "\"\\u0000\\u0001\\u001f\x7F\""},
      {"</script><!-- & '", R"("\u003c/script\u003e\u003c!-- \u0026 '")"},
      {"a\u2028b\u2029c\u2027\u202A", "\"a\\u2028b\\u2029c\u2027\u202A\""},
      {"\xFF", "\"\uFFFD\""},
      {"a\xC3(b", "\"a\uFFFD(b\""},
      {"\xED\xA0\x80", "\"\uFFFD\uFFFD\uFFFD\""},
      {"\xF0\x9F\x98", "\"\uFFFD\uFFFD\uFFFD\""},
      {"é\xE2\x80", "\"é\uFFFD\uFFFD\""},
  };
  for (const auto& [text, expected] : kCases) {
    EXPECT_EQ(quoted(text), expected);
    EXPECT_EQ(Writer().string(text).text(), expected);
    EXPECT_EQ(Writer().begin_object().name(text).null().end_object().text(), "{" + std::string(expected) + ":null}");
  }
}

TEST(Writer, refuses_to_write_what_is_no_json) {
  EXPECT_DEATH(Writer().begin_object().end_array(), "open_");
  EXPECT_DEATH(Writer().end_object(), "open_");
  EXPECT_DEATH(Writer().begin_object().string("a"), "open_");
  EXPECT_DEATH(Writer().begin_array().name("a"), "open_");
  EXPECT_DEATH(Writer().begin_object().name("a").name("b"), "named_");
  EXPECT_DEATH(Writer().begin_object().name("a").end_object(), "named_");
  EXPECT_DEATH(Writer().null().null(), "out_");
  EXPECT_DEATH(Writer().raw(""), "empty");
  EXPECT_DEATH((void)Writer().begin_array().text(), "open_");
}

}  // namespace
}  // namespace qantara::json
