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
  std::string page =
      "# Errors\n\n"
      "Every refusal is `{\"timestamp\", \"status\": \"CODE\", \"message\", \"metadata\"}`. `metadata.errors[]` names "
      "each bad field,\n"
      "`metadata.request_id` (also the header `lean-correlation-id`) the request. `x-error-origin` says whose part it "
      "is.\n"
      "This page is rendered from `src/base/error.cpp`.\n\n"
      "| status | HTTP | whose part | the same request may succeed later |\n|---|---|---|---|\n";
  for (int i = 0; i <= static_cast<int>(ErrorCode::INTERNAL_SERVER_ERROR); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    page += "| `" + std::string{to_text(code)} + "` | " + std::to_string(http_status(code)) + " | " +
            std::string{to_text(origin(code))} + " | " + (retryable(code) ? "yes" : "no") + " |\n";
  }
  return page;
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
