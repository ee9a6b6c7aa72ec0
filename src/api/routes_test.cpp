#include "api/routes.h"

#include <gtest/gtest.h>

#include <string>

namespace qantara::api {
namespace {

TEST(Routes, every_post_of_an_application_may_be_sent_again) {
  for (const auto& row : routes()) {
    if (row.method != http::Method::POST) continue;
    EXPECT_FALSE(std::holds_alternative<ApplicationHandler>(row.handler)) << row.pattern;
  }
}

}  // namespace
}  // namespace qantara::api
