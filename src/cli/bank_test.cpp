#include "cli/bank.h"

#include "cli/verb_test.h"

namespace qantara::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Bank : public VerbTest {};

constexpr auto kHome =
    R"({"identifier":"HOME_UAE","name":"Home Bank","origin":"ADDED","active":true,"switched_on":true,"health":"WELL",
        "back_at":null,"settings":{"base_url":"https://home.example"}})";

TEST_F(Bank, is_added_with_settings_in_the_forms_that_they_have) {
  operators_.on("POST /admin/v1/banks", 201, kHome);
  EXPECT_EQ(run(bank_add(context(), {.data = data_,
                                     .settings = {{"identifier", "HOME_UAE"},
                                                  {"products", "AED=instant, USD=cross-border"},
                                                  {"sca_ways", "REDIRECT, DECOUPLED"},
                                                  {"reference_length", "12"},
                                                  {"client_key", "/etc/bank.key"},
                                                  {"mock", "true"}}})),
            kDone);
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/banks"),
              ElementsAre(R"({"identifier":"HOME_UAE","client_key":"/etc/bank.key",)"
                          R"("products":{"AED":"instant","USD":"cross-border"},"reference_length":12,)"
                          R"("sca_ways":["REDIRECT","DECOUPLED"],"mock":true})"));
  EXPECT_THAT(out_.str(), HasSubstr("HOME_UAE"));
  EXPECT_THAT(err_.str(), HasSubstr("qantara bank test HOME_UAE"));
}

TEST_F(Bank, leaves_what_fits_no_form_for_the_gateway_to_refuse) {
  operators_.on("POST /admin/v1/banks", 400, R"({"status":"INVALID_PARAMETERS","message":"no"})");
  EXPECT_EQ(
      run(bank_add(context(), {.data = data_,
                               .settings = {{"products", "instant"}, {"reference_length", "12;"}, {"mock", "yes"}}})),
      kRefused);
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/banks"),
              ElementsAre(R"({"products":{"instant":""},"reference_length":"12;","mock":"yes"})"));
}

TEST_F(Bank, says_how_each_is) {
  const auto row = [](std::string_view standing) {
    return R"({"identifier":"B","name":"Bank","settings":{"base_url":"https://b.example"},)" + std::string{standing} +
           "}";
  };
  operators_.on("GET /admin/v1/banks", 200,
                "[" + row(R"("switched_on":true,"health":"WELL")") + "," +
                    row(R"("switched_on":false,"health":"WELL")") + "," +
                    row(R"("switched_on":true,"health":"UNREACHABLE")") + "," +
                    row(R"("switched_on":true,"health":"MAINTENANCE","back_at":"2026-11-21T14:00:00Z")") + "]");
  EXPECT_EQ(run(bank_list(context(), {.data = data_})), kDone);
  for (const auto* const word : {"in use", "switched off", "does not answer", "closed until 2026-11-21T14:00:00"}) {
    EXPECT_THAT(out_.str(), HasSubstr(word));
  }
}

TEST_F(Bank, test_fails_if_anything_fails) {
  const std::string ok = R"({"subject":"address","verdict":"ok","found":"there","remedy":""})";
  const std::string look = R"({"subject":"clock","verdict":"look","found":"90 s apart","remedy":"look at the clock"})";
  const std::string fail = R"({"subject":"answer","verdict":"fail","found":"HTTP 404","remedy":"look at base_url"})";
  operators_.on("POST /admin/v1/banks/A/test", 200, "[" + ok + "," + look + "]");
  operators_.on("POST /admin/v1/banks/B/test", 200, "[" + ok + "," + fail + "]");
  EXPECT_EQ(run(bank_test(context(), {.data = data_, .identifier = "A"})), kDone);
  EXPECT_EQ(run(bank_test(context(), {.data = data_, .identifier = "B"})), kRefused);
  EXPECT_THAT(out_.str(), HasSubstr("look at base_url"));
}

TEST_F(Bank, is_switched_for_the_only_application_there_is) {
  operators_.on("GET /admin/v1/applications", 200, R"([{"app_token":"t1"}])");
  operators_.on("PUT /admin/v1/application-banks", 200, R"({"bank_identifier":"B","enabled":false})");
  EXPECT_EQ(run(app_bank_disable(context(), {.data = data_, .identifier = "B"})), kDone);
  EXPECT_THAT(operators_.bodies_of("PUT /admin/v1/application-banks"),
              ElementsAre(R"({"app_token":"t1","bank_identifier":"B","enabled":false})"));
  EXPECT_THAT(out_.str(), HasSubstr("does not offer B"));
}

}  // namespace
}  // namespace qantara::cli
