#include "jose/jwt.h"

#include <gtest/gtest.h>

#include <array>

#include "base/crypto.h"
#include "jose/base64url.h"

namespace qantara::jose {
namespace {

using std::chrono::seconds;

// RFC 7515, appendix A.2: key, payload and signature.
constexpr std::string_view kModulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-"
    "pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
    "UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-"
    "DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view kSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
    "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB"
    "_eSN9383LcOLn6_dO--xi12jzDwusC-"
    "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

std::string jwk_text(std::string_view extra = "") {
  return R"({"kty":"RSA","n":")" + std::string{kModulus} + R"(","e":"AQAB")" + std::string{extra} + "}";
}

Key key_of_the_standard() { return *Key::from_jwk(*json::parse(jwk_text())); }

/// One pair for all tests: to make one takes long.
const Key& own_key() {
  static const Key key = Key::generate();
  return key;
}

std::string joined(std::string_view header, std::string_view payload, std::string_view signature) {
  return std::string{header} + "." + std::string{payload} + "." + std::string{signature};
}

/// Signed properly, with any header.
std::string signed_with(std::string_view header, std::string_view payload) {
  const auto input = to_base64url(header) + "." + to_base64url(payload);
  return input + "." + to_base64url(own_key().sign(input));
}

TEST(base64url, has_one_spelling_for_each_value) {
  const struct {
    std::string bytes;
    std::string_view text;
  } rows[] = {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"\xfb\xff\xfe", "-__-"}};
  for (const auto& row : rows) {
    EXPECT_EQ(to_base64url(row.bytes), row.text);
    EXPECT_EQ(from_base64url(row.text), row.bytes) << row.text;
  }
  for (const std::string_view text : {"Zg==", "Zg=", "Zh", "Zm9", "Z", "Zm9vY", "+/+/", "Zm 9v", "Zm9v\n", "Zm9v."}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
}

TEST(jws, of_the_standard_is_verified) {
  const std::array keys{key_of_the_standard()};
  const auto payload = verify(joined("eyJhbGciOiJSUzI1NiJ9", kPayload, kSignature), keys);
  ASSERT_TRUE(payload) << payload.error().cause;
  EXPECT_EQ(*payload, "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
}

TEST(jws, of_the_standards_other_algorithms_is_refused_by_an_rsa_key) {
  const std::array keys{key_of_the_standard()};
  const struct {
    std::string_view what;
    std::string token;
  } rows[] = {
      {"A.1 HS256",
       joined("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", kPayload, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")},
      {"A.3 ES256", joined("eyJhbGciOiJFUzI1NiJ9", kPayload,
                           "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")},
      {"A.5 none", joined("eyJhbGciOiJub25lIn0", kPayload, "")},
  };
  for (const auto& row : rows) EXPECT_FALSE(verify(row.token, keys)) << row.what;
}

TEST(jws, of_ours_is_verified_by_the_key_that_its_header_names) {
  const auto token = sign(own_key(), R"({"a":1})");
  const std::array keys{key_of_the_standard(), own_key()};
  EXPECT_EQ(*verify(token, keys), R"({"a":1})");
  const std::array other{key_of_the_standard()};
  EXPECT_FALSE(verify(token, other));
  EXPECT_FALSE(verify(token, {}));
  EXPECT_EQ(sign(own_key(), R"({"a":1})"), token) << "no randomness in it";
}

TEST(jws, is_refused_whatever_letter_of_it_is_changed) {
  const auto token = sign(own_key(), R"({"sub":"somebody","exp":1})");
  const std::array keys{own_key()};
  ASSERT_TRUE(verify(token, keys));
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (const char letter : {'A', 'B', '.', '=', '_', '\0'}) {
      auto changed = token;
      if (changed[at] == letter) continue;
      changed[at] = letter;
      EXPECT_FALSE(verify(changed, keys)) << at << " " << letter;
    }
  }
  for (std::size_t length = 0; length < token.size(); ++length) EXPECT_FALSE(verify(token.substr(0, length), keys));
  for (const std::string_view more : {"A", ".", "=", " ", "\n", ".A"})
    EXPECT_FALSE(verify(token + std::string{more}, keys));
}

TEST(jws, cannot_say_how_it_is_checked) {
  const auto id = own_key().id();
  const std::array keys{own_key()};
  const auto named = R"("kid":")" + id + R"(")";
  json::Writer jwk;
  own_key().write_jwk(jwk);
  const struct {
    std::string header;
    bool accepted;
  } rows[] = {
      {R"({"alg":"RS256",)" + named + "}", true},
      {R"({"alg":"RS256","typ":"at+jwt",)" + named + "}", true},
      {R"({"alg":"RS256"})", true},  // There is one key only.
      {R"({"alg":"rs256",)" + named + "}", false},
      {R"({"alg":"none",)" + named + "}", false},
      {R"({"alg":"HS256",)" + named + "}", false},
      {R"({"alg":"RS512",)" + named + "}", false},
      {R"({"alg":"PS256",)" + named + "}", false},
      {R"({"alg":["RS256"],)" + named + "}", false},
      {R"({"alg":"RS256","alg":"none",)" + named + "}", false},
      {"{" + named + "}", false},
      {R"({"alg":"RS256","kid":"another"})", false},
      {R"({"alg":"RS256","kid":null})", false},
      {R"({"alg":"RS256","kid":1})", false},
      {R"({"alg":"RS256","jku":"https://evil.example/jwks",)" + named + "}", false},
      {R"({"alg":"RS256","x5u":"https://evil.example/cert",)" + named + "}", false},
      {R"({"alg":"RS256","x5c":[],)" + named + "}", false},
      {R"({"alg":"RS256","jwk":)" + jwk.text() + "," + named + "}", false},
      {R"({"alg":"RS256","crit":["b64"],"b64":false,)" + named + "}", false},
      {R"({"alg":"RS256","zip":"DEF",)" + named + "}", false},
      {R"("RS256")", false},
      {"[]", false},
      {"", false},
      {R"({"alg":"RS256"} {})", false},
  };
  for (const auto& row : rows)
    EXPECT_EQ(verify(signed_with(row.header, "{}"), keys).has_value(), row.accepted) << row.header;
}

TEST(jws, is_not_an_hmac_with_the_public_key_for_its_secret) {
  const std::array keys{own_key()};
  json::Writer jwk;
  own_key().write_jwk(jwk);
  for (const std::string& secret : {jwk.text(), own_key().id(), std::string{}}) {
    const auto input = to_base64url(R"({"alg":"HS256"})") + "." + to_base64url("{}");
    EXPECT_FALSE(verify(input + "." + to_base64url(hmac_sha256(secret, input)), keys));
    const auto disguised = to_base64url(R"({"alg":"RS256"})") + "." + to_base64url("{}");
    EXPECT_FALSE(verify(disguised + "." + to_base64url(hmac_sha256(secret, disguised)), keys));
  }
}

TEST(jws, is_not_read_beyond_its_longest) {
  const std::array keys{own_key()};
  EXPECT_TRUE(verify(sign(own_key(), std::string(5000, 'a')), keys));
  EXPECT_FALSE(verify(sign(own_key(), std::string(6200, 'a')), keys));
}

TEST(jws, is_refused_in_the_same_words_whatever_is_wrong) {
  const std::array keys{own_key()};
  for (const auto& token :
       {std::string{}, std::string{"a.b.c"}, sign(own_key(), "{}") + "A", signed_with("{}", "{}")}) {
    const auto refused = verify(token, keys);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::UNAUTHORIZED);
    EXPECT_EQ(refused.error().message, "the token is not valid");
    EXPECT_FALSE(refused.error().cause.empty());
  }
}

TEST(jwt, is_for_whom_and_when_its_claims_say) {
  const Instant now{seconds{1'700'000'000}};
  const std::array keys{own_key()};
  const struct {
    std::string_view claims;
    bool accepted;
  } rows[] = {
      {R"({"iss":"us","aud":"here","iat":1700000000,"nbf":1700000000,"exp":1700000001})", true},
      {R"({"iss":"us","aud":["there","here"],"iat":1699999999,"exp":1700003600})", true},
      {R"({"iss":"us","aud":"here","iat":1700000000,"exp":1700000000})", false},
      {R"({"iss":"us","aud":"here","iat":1700000000,"exp":1699999999})", false},
      {R"({"iss":"us","aud":"here","iat":1700000000})", false},
      {R"({"iss":"us","aud":"here","exp":1700003600})", false},
      {R"({"iss":"us","aud":"here","iat":1700000001,"exp":1700003600})", false},
      {R"({"iss":"us","aud":"here","iat":1700000000,"nbf":1700000001,"exp":1700003600})", false},
      {R"({"iss":"us","aud":"here","iat":1700000000,"nbf":null,"exp":1700003600})", false},
      {R"({"iss":"us","aud":"here","iat":1700000000,"exp":"1700003600"})", false},
      {R"({"iss":"us","aud":"here","iat":1700000000,"exp":1700003600.5})", false},
      {R"({"iss":"us","aud":"here","iat":1700000000,"exp":17e8})", false},
      {R"({"iss":"us","aud":"here","iat":1700000000,"exp":99999999999999999999})", false},
      {R"({"iss":"us","aud":"here","iat":-1,"exp":1700003600})", false},
      {R"({"iss":"them","aud":"here","iat":1700000000,"exp":1700003600})", false},
      {R"({"aud":"here","iat":1700000000,"exp":1700003600})", false},
      {R"({"iss":["us"],"aud":"here","iat":1700000000,"exp":1700003600})", false},
      {R"({"iss":"us","aud":"there","iat":1700000000,"exp":1700003600})", false},
      {R"({"iss":"us","aud":"her","iat":1700000000,"exp":1700003600})", false},
      {R"({"iss":"us","aud":[],"iat":1700000000,"exp":1700003600})", false},
      {R"({"iss":"us","aud":[["here"]],"iat":1700000000,"exp":1700003600})", false},
      {R"({"iss":"us","aud":{"here":"here"},"iat":1700000000,"exp":1700003600})", false},
      {R"({"iss":"us","iat":1700000000,"exp":1700003600})", false},
      {R"({"iss":"us","iss":"us","aud":"here","iat":1700000000,"exp":1700003600})", false},
      {R"(["us","here"])", false},
      {"", false},
  };
  for (const auto& row : rows) {
    const auto claims =
        verify_claims(sign(own_key(), row.claims), keys, {.issuer = "us", .audience = "here", .now = now});
    EXPECT_EQ(claims.has_value(), row.accepted) << row.claims;
  }
}

TEST(jose_key, goes_through_pem_and_jwk_and_stays_the_same) {
  const auto again = Key::from_private_pem(own_key().private_pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id(), own_key().id());
  EXPECT_TRUE(again->is_pair());
  json::Writer writer;
  own_key().write_jwk(writer);
  const auto shown = *json::parse(writer.text());
  EXPECT_EQ(shown.members().size(), 6U) << "and no private one: " << writer.text();
  const auto half = Key::from_jwk(shown);
  ASSERT_TRUE(half);
  EXPECT_EQ(half->id(), own_key().id());
  EXPECT_FALSE(half->is_pair());
  EXPECT_TRUE(half->verifies(own_key().sign("data"), "data"));
  EXPECT_FALSE(half->verifies(own_key().sign("data"), "date"));
  EXPECT_FALSE(Key::from_private_pem(Secret{"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}));
  EXPECT_FALSE(Key::from_private_pem(Secret{""}));
}

TEST(jose_key, has_the_thumbprint_of_the_standard) {
  // RFC 7638, section 3.1.
  const auto jwk = json::parse(
      R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})");
  const auto key = Key::from_jwk(*jwk);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->id(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(jose_key, is_refused_where_it_is_none_for_rs256) {
  const std::string_view extras[] = {R"(,"use":"enc")", R"(,"alg":"RS512")", R"(,"alg":"HS256")", R"(,"alg":1)",
                                     R"(,"d":"AQAB")",  R"(,"k":"AQAB")",    R"(,"oth":[])"};
  for (const auto extra : extras) EXPECT_FALSE(Key::from_jwk(*json::parse(jwk_text(extra)))) << extra;
  EXPECT_TRUE(Key::from_jwk(*json::parse(jwk_text(R"(,"use":"sig","alg":"RS256","kid":"x")"))));
  const auto changed = [](std::string_view from, std::string_view to) {
    auto text = jwk_text();
    text.replace(text.find(from), from.size(), to);
    return Key::from_jwk(*json::parse(text)).has_value();
  };
  EXPECT_FALSE(changed("RSA", "EC"));
  EXPECT_FALSE(changed("RSA", "oct"));
  EXPECT_FALSE(changed("AQAB", "AQ")) << "exponent 1";
  EXPECT_FALSE(changed("AQAB", "AQAA")) << "an even exponent";
  EXPECT_FALSE(changed("AQAB", "AAEAAQ")) << "a leading zero";
  EXPECT_FALSE(changed("AQAB", "AQAB=="));
  EXPECT_FALSE(changed("AQAB", ""));
  EXPECT_FALSE(changed(kModulus, kModulus.substr(0, 171))) << "1024 bits";
  EXPECT_FALSE(Key::from_jwk(*json::parse("[]")));
}

TEST(jwks, tells_public_halves_only) {
  const std::array keys{own_key()};
  const auto set = *json::parse(to_jwks(keys));
  ASSERT_EQ(set.find("keys")->items().size(), 1U);
  EXPECT_EQ(set.find("keys")->items()[0].text("kid"), own_key().id());
  EXPECT_EQ(set.find("keys")->items()[0].find("d"), nullptr);
  EXPECT_EQ(to_jwks({}), R"({"keys":[]})");
}

}  // namespace
}  // namespace qantara::jose
