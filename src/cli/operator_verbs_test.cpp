#include <fstream>

#include "cli/access.h"
#include "cli/app.h"
#include "cli/clock.h"
#include "cli/explain.h"
#include "cli/verb_test.h"

namespace qantara::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using OperatorVerbs = VerbTest;

constexpr auto kCreated =
    R"({"app_token":"9dafc6f5-37e8-4f72-aa0b-53239be401f2","client_id":"9dafc6f5-37e8-4f72-aa0b-53239be401f2",)"
    R"("client_secret":"sk_1","webhook_secret":"whsec_1","name":"Marsa","mode":"sandbox"})";

TEST_F(OperatorVerbs, app_create_prints_whole_credentials_once) {
  operators_.on("POST /admin/v1/applications", 201, kCreated);
  const AppCreateOptions options{
      .data = data_, .name = "Marsa", .webhook_url = "http://a/", .origins = {"http://b", "http://c"}};
  EXPECT_EQ(run(app_create(context(kTerminal), options)), kDone);
  EXPECT_THAT(
      operators_.bodies_of("POST /admin/v1/applications"),
      ElementsAre(R"({"name":"Marsa","mode":"sandbox","webhook_url":"http://a/","origins":["http://b","http://c"]})"));
  EXPECT_EQ(out_.str(),
            "name              Marsa\n"
            "mode              sandbox\n"
            "app_token         9dafc6f5-37e8-4f72-aa0b-53239be401f2\n"
            "client_id         9dafc6f5-37e8-4f72-aa0b-53239be401f2\n"
            "client_secret     sk_1\n"
            "webhook_secret    whsec_1\n");
}

TEST_F(OperatorVerbs, app_create_answers_with_the_apis_own_names) {
  operators_.on("POST /admin/v1/applications", 201, kCreated);
  EXPECT_EQ(run(app_create(context(kPipe, Output::JSON), {.data = data_, .name = "Marsa"})), kDone);
  EXPECT_EQ(out_.str(), std::string(kCreated) + "\n");
}

TEST_F(OperatorVerbs, app_list_shows_the_tokens_that_other_verbs_want) {
  operators_.on(
      "GET /admin/v1/applications", 200,
      R"([{"app_token":"t1","name":"Marsa","mode":"sandbox","default_destination_id":"9dafc6f5-37e8-4f72-aa0b-53239be401f2"},
                    {"app_token":"t2","name":"Other","mode":"sandbox","default_destination_id":null}])");
  EXPECT_EQ(run(app_list(context(), {.data = data_})), kDone);
  EXPECT_EQ(out_.str(),
            "t1  sandbox  Marsa, pays to 9dafc6f5-37e8-4f72-aa0b-53239be401f2\n"
            "t2  sandbox  Other, no destination yet\n");
}

TEST_F(OperatorVerbs, app_list_writes_one_object_a_line) {
  operators_.on("GET /admin/v1/applications", 200, R"([{"app_token":"t1"},{"app_token":"t2"}])");
  EXPECT_EQ(run(app_list(context(kPipe, Output::JSON), {.data = data_})), kDone);
  EXPECT_EQ(out_.str(), "{\"app_token\":\"t1\"}\n{\"app_token\":\"t2\"}\n");
}

TEST_F(OperatorVerbs, app_origin_shows_who_may_frame_after_each_change) {
  operators_.on("GET /admin/v1/applications", 200, R"([{"app_token":"t1"}])");
  operators_.on("POST /admin/v1/origins", 200, R"([{"origin":"http://a:1"},{"origin":"https://b"}])");
  EXPECT_EQ(run(app_origin_add(context(), {.data = data_, .origin = "https://B:443"})), kDone);
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/origins"),
              ElementsAre(R"({"app_token":"t1","origin":"https://B:443"})"));
  EXPECT_EQ(out_.str(), "http://a:1\nhttps://b\n");
}

TEST_F(OperatorVerbs, app_origin_names_what_it_lists_and_removes) {
  operators_.on("GET /admin/v1/origins?app_token=t2", 200, R"([{"origin":"https://b"}])");
  operators_.on("DELETE /admin/v1/origins?app_token=t2&origin=https%3A%2F%2Fb", 200, "[]");
  EXPECT_EQ(run(app_origin_list(context(kPipe, Output::JSON), {.data = data_, .app_token = "t2"})), kDone);
  EXPECT_EQ(out_.str(), "{\"origin\":\"https://b\"}\n");
  EXPECT_EQ(run(app_origin_remove(context(), {.data = data_, .app_token = "t2", .origin = "https://b"})), kDone);
  EXPECT_THAT(err_.str(), HasSubstr("localhost"));
}

TEST_F(OperatorVerbs, app_origin_wants_a_token_where_there_are_several_applications) {
  operators_.on("GET /admin/v1/applications", 200, R"([{"app_token":"t1"},{"app_token":"t2"}])");
  EXPECT_EQ(run(app_origin_add(context(), {.data = data_, .origin = "https://b"})), kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("--app-token"));
}

TEST_F(OperatorVerbs, app_redirect_shows_what_is_registered_after_each_change) {
  operators_.on("GET /admin/v1/applications", 200, R"([{"app_token":"t1"}])");
  operators_.on("POST /admin/v1/redirect-urls", 200, R"([{"redirect_url":"https://shop.example/back"}])");
  operators_.on("DELETE /admin/v1/redirect-urls?app_token=t1&redirect_url=https%3A%2F%2Fshop.example%2Fback", 200,
                "[]");
  EXPECT_EQ(run(app_redirect_add(context(), {.data = data_, .url = "https://shop.example/back"})), kDone);
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/redirect-urls"),
              ElementsAre(R"({"app_token":"t1","redirect_url":"https://shop.example/back"})"));
  EXPECT_EQ(out_.str(), "https://shop.example/back\n");
  EXPECT_EQ(run(app_redirect_remove(context(), {.data = data_, .url = "https://shop.example/back"})), kDone);
  EXPECT_THAT(err_.str(), HasSubstr("none"));
}

TEST_F(OperatorVerbs, app_secret_rotate_prints_the_new_one_whole) {
  operators_.on("POST /admin/v1/client-secrets/rotate", 200,
                R"({"client_id":"t1","client_secret":"qs_1","older_until":"2026-11-22T09:40:00.000000Z"})");
  EXPECT_EQ(run(app_secret_rotate(context(), {.data = data_, .app_token = "t1", .overlap = "1h"})), kDone);
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/client-secrets/rotate"),
              ElementsAre(R"({"app_token":"t1","overlap":"1h"})"));
  EXPECT_EQ(out_.str(),
            "client_id         t1\n"
            "client_secret     qs_1\n"
            "older until       2026-11-22T09:40:00.000Z\n");
}

TEST_F(OperatorVerbs, app_certificate_add_sends_the_file_and_shows_what_is_bound) {
  const auto file = data_ / "client.pem";
  std::ofstream{file} << "-----BEGIN CERTIFICATE-----\n";
  operators_.on("POST /admin/v1/certificates", 200,
                R"([{"fingerprint":"ab12","subject":"CN=shop","expires_at":"2027-01-01T00:00:00.000000Z"}])");
  EXPECT_EQ(run(app_certificate_add(context(), {.data = data_, .app_token = "t1", .file = file})), kDone);
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/certificates"),
              ElementsAre(R"({"app_token":"t1","certificate":"-----BEGIN CERTIFICATE-----\n"})"));
  EXPECT_THAT(out_.str(), HasSubstr("ab12\n"));
  EXPECT_THAT(out_.str(), HasSubstr("CN=shop"));
  EXPECT_EQ(run(app_certificate_add(context(), {.data = data_, .app_token = "t1", .file = data_ / "none"})), kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("cannot be read"));
}

TEST_F(OperatorVerbs, app_key_create_shows_the_key_once_and_list_only_how_it_begins) {
  constexpr auto kKey = R"("id":"k1","name":"reports","hint":"qk_test_3f2a9c","scopes":["payment.read"])";
  operators_.on("POST /admin/v1/keys", 201, std::string{"{"} + kKey + R"(,"secret_key":"qk_test_3f2a9c0123"})");
  operators_.on("GET /admin/v1/keys?app_token=t1", 200, std::string{"[{"} + kKey + "}]");
  EXPECT_EQ(
      run(app_key_create(
          context(),
          {.data = data_, .app_token = "t1", .name = "reports", .scopes = {"payment.read"}, .expires_in = "90d"})),
      kDone);
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/keys"),
              ElementsAre(R"({"app_token":"t1","name":"reports","scopes":["payment.read"],"expires_in":"90d"})"));
  EXPECT_THAT(out_.str(), HasSubstr("qk_test_3f2a9c0123\n"));
  out_.str("");
  EXPECT_EQ(run(app_key_list(context(), {.data = data_, .app_token = "t1"})), kDone);
  EXPECT_THAT(out_.str(), HasSubstr("qk_test_3f2a9c\n"));
  EXPECT_THAT(out_.str(), HasSubstr("not yet"));
}

TEST_F(OperatorVerbs, signing_key_rotate_shows_which_signs) {
  operators_.on(
      "POST /admin/v1/signing-keys/rotate", 200,
      R"([{"id":"new","created_at":"2026-11-22T09:40:00.000000Z","retired_at":null},)"
      R"({"id":"old","created_at":"2026-11-21T09:40:00.000000Z","retired_at":"2026-11-22T09:40:00.000000Z"}])");
  EXPECT_EQ(run(signing_key_rotate(context(), {.data = data_})), kDone);
  EXPECT_THAT(out_.str(), HasSubstr("new  signs since"));
  EXPECT_THAT(out_.str(), HasSubstr("old  retired"));
}

TEST_F(OperatorVerbs, destination_default_masks_the_iban) {
  operators_.on("PUT /admin/v1/destinations/d1/default", 200,
                R"({"id":"d1","name":"Acme Corp.","iban":"AE260260001008223921001"})");
  EXPECT_EQ(run(destination_default(context(), {.data = data_, .id = "d1"})), kDone);
  EXPECT_THAT(out_.str(), HasSubstr("AE26****1001"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("AE260260001008223921001")));
}

TEST_F(OperatorVerbs, clock_looks_and_advances) {
  operators_.on("GET /admin/v1/clock", 200, R"({"now":"2025-11-21T05:40:00.000000Z","offset_seconds":0})");
  operators_.on("POST /admin/v1/clock/advance", 200, R"({"now":"2025-11-22T07:40:05.000000Z","offset_seconds":93605})");
  EXPECT_EQ(run(clock(context(kTerminal), {.data = data_})), kDone);
  EXPECT_EQ(run(clock(*context_, {.data = data_, .advance_by = "24h"})), kDone);
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/clock/advance"), ElementsAre(R"({"by":"24h"})"));
  EXPECT_EQ(out_.str(),
            "clock             2025-11-21 09:40:00\n"
            "ahead             real\n"
            "clock             2025-11-22 11:40:05\n"
            "ahead             +1 d 2 h 5 s\n");
}

TEST_F(OperatorVerbs, each_says_where_no_gateway_runs) {
  const auto nowhere = data_ / "nowhere";
  EXPECT_EQ(run(clock(context(), {.data = nowhere})), kNoGateway);
  EXPECT_EQ(run(app_list(*context_, {.data = nowhere})), kNoGateway);
  EXPECT_EQ(run(app_create(*context_, {.data = nowhere, .name = "Marsa"})), kNoGateway);
  EXPECT_EQ(run(destination_default(*context_, {.data = nowhere, .id = "d1"})), kNoGateway);
  EXPECT_EQ(run(explain(*context_, {.data = nowhere, .id = "d1"})), kNoGateway);
  EXPECT_THAT(err_.str(), HasSubstr("qantara dev --data " + nowhere.native()));
}

constexpr auto kStory = R"({
  "kind":"payment","id":"019aa8c5-0000-7000-8000-00003f2a9c01",
  "title":"AED 1,000.00 to Acme Corp.",
  "status":"PENDING_WITH_BANK","status_detail":"OUTCOME_UNKNOWN",
  "why":"The bank did not answer after the order was sent. Only the bank, a statement line or an operator can end this.",
  "next":"Ask the bank at 09:41:27. Nothing will be sent again.",
  "entries":[
    {"at":"2025-11-21T19:59:59.114000Z","source":"payer","symbol":"ok","text":"confirmed with code"},
    {"at":"2025-11-21T19:59:59.131000Z","since_ms":17,"source":"gateway","symbol":"sent","text":"SUBMITTING committed"},
    {"at":"2025-11-21T20:00:09.140000Z","since_ms":10009,"source":"bank","symbol":"unknown","text":"no answer within 10 s, and the words of the bank are long"},
    {"at":"2025-11-22T20:00:09.140000Z","since_ms":86400000,"source":"timer","symbol":"look","text":"asked again"}]})";

TEST_F(OperatorVerbs, explain_tells_the_story_on_a_terminal) {
  operators_.on("GET /admin/v1/explain/3f2a9c01", 200, kStory);
  EXPECT_EQ(run(explain(context(kTerminal), {.data = data_, .id = "…3f2a9c01"})), kDone);
  EXPECT_EQ(out_.str(),
            "payment …3f2a9c01  AED 1,000.00 to Acme Corp.  PENDING_WITH_BANK\n"
            "(OUTCOME_UNKNOWN)\n"
            "Why:  The bank did not answer after the order was sent. Only the bank, a\n"
            "      statement line or an operator can end this.\n"
            "Next: Ask the bank at 09:41:27. Nothing will be sent again.\n"
            "  23:59:59.114             payer     ✓ ok       confirmed with code\n"
            "  23:59:59.131   +0.017 s  gateway   ▸ sent     SUBMITTING committed\n"
            "  2025-11-22\n"
            "  00:00:09.140  +10.009 s  bank      ? unknown  no answer within 10 s, and the\n"
            "                                                words of the bank are long\n"
            "  2025-11-23\n"
            "  00:00:09.140      +24 h  timer     ! look     asked again\n");
}

TEST_F(OperatorVerbs, explain_writes_whole_ids_and_utc_into_a_pipe) {
  operators_.on("GET /admin/v1/explain/3f2a9c01", 200, kStory);
  EXPECT_EQ(run(explain(context(), {.data = data_, .id = "3f2a9c01"})), kDone);
  EXPECT_THAT(out_.str(), HasSubstr("payment 019aa8c5-0000-7000-8000-00003f2a9c01  AED 1,000.00 to Acme Corp.  "
                                    "PENDING_WITH_BANK (OUTCOME_UNKNOWN)\n"));
  EXPECT_THAT(out_.str(), HasSubstr("  2025-11-21T20:00:09.140Z  +10.009 s  bank      ? unknown  no answer within 10 "
                                    "s, and the words of the bank are long\n"));
}

}  // namespace
}  // namespace qantara::cli
