// docs/reference/errors.md is rendered from the code; a stale page fails here. QANTARA_RENDER=1 writes it anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"

namespace qantara::api {
namespace {

std::string render_errors() {
  std::string told =
      "# Errors\n\n"
      "Every refusal is `{\"timestamp\", \"status\": \"CODE\", \"message\", \"metadata\"}`. `metadata.errors[]` names "
      "each bad field,\n"
      "`metadata.request_id` (also the header `lean-correlation-id`) the request. `x-error-origin` says whose part it "
      "is:\n"
      "`client` the caller's, `payer` the person's who pays, `bank` the payer's bank's, `gateway` the gateway's own.\n"
      "This page is rendered from `src/base/error.cpp`.\n\n"
      "| status | HTTP | whose part | the same request again | meaning | what to do |\n|---|---|---|---|---|---|\n";
  std::string untold =
      "\n## Never told to a client\n\n"
      "These stand in the log and in `qantara explain`. A client is told the code in the second column.\n\n"
      "| code | told as | meaning | what to do |\n|---|---|---|---|\n";
  const auto quoted = [](std::string_view text) { return "`" + std::string{text} + "`"; };
  for (int i = 0; i <= static_cast<int>(ErrorCode::INTERNAL_SERVER_ERROR); ++i) {
    const ErrorFacts& row = facts(static_cast<ErrorCode>(i));
    const auto words = std::string{row.meaning} + " | " + std::string{row.what_to_do} + " |\n";
    if (published(row.code) == row.code) {
      told += "| " + quoted(row.text) + " | " + std::to_string(row.http_status) + " | " +
              std::string{to_text(row.origin)} + " | " + std::string{to_text(row.retry)} + " | " + words;
    } else {
      untold += "| " + quoted(row.text) + " | " + quoted(to_text(published(row.code))) + " | " + words;
    }
  }
  return told + untold;
}

TEST(Reference, the_page_of_errors_is_what_the_code_says) {
  const std::filesystem::path page = std::filesystem::path{QANTARA_SOURCE_DIR} / "docs/reference/errors.md";
  const auto rendered = render_errors();
  if (std::getenv("QANTARA_RENDER") != nullptr) std::ofstream{page} << rendered;
  std::ifstream in{page};
  const std::string stored{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_EQ(stored, rendered) << "stale: run api_test with QANTARA_RENDER=1";
}

}  // namespace
}  // namespace qantara::api
