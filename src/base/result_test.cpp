#include "base/result.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "base/event_loop.h"
#include "base/task.h"
#include "base/transitions.h"

namespace qantara {
namespace {

Result<int> half_of(int number, int& calls) {
  ++calls;
  if (number % 2 != 0) return error(ErrorCode::INVALID_PARAMETERS, "odd");
  return number / 2;
}

Result<void> refuse_odd(int number, int& calls) {
  RETURN_IF_ERROR(half_of(number, calls));
  return {};
}

Result<std::string> quarter_of(int number, int& calls) {
  ASSIGN_OR_RETURN(const int half, half_of(number, calls));
  ASSIGN_OR_RETURN(const int quarter, half_of(half, calls));
  return std::to_string(quarter);
}

Task<Result<int>> later(int number, int& calls) { co_return half_of(number, calls); }

Task<Result<std::string>> quarter_later(int number, int& calls) {
  CO_RETURN_IF_ERROR(co_await later(number, calls));
  CO_ASSIGN_OR_RETURN(const int half, co_await later(number, calls));
  CO_ASSIGN_OR_RETURN(const int quarter, co_await later(half, calls));
  co_return std::to_string(quarter);
}

Task<int> keep(Task<Result<std::string>> task, Result<std::string>& result) {
  result = co_await std::move(task);
  co_return 0;
}

TEST(Result, carries_a_value_or_an_error) {
  const Result<int> value = 7;
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, 7);
  const Result<int> refused = error(ErrorCode::INVALID_IBAN, "not an IBAN");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::INVALID_IBAN);
  const Result<void> done;
  EXPECT_TRUE(done);
  Result<std::unique_ptr<int>> moved = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = *std::move(moved);
  EXPECT_EQ(*taken, 3);
}

TEST(Result, is_propagated_by_its_macros_evaluating_once) {
  int calls = 0;
  EXPECT_EQ(*quarter_of(12, calls), "3");
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(quarter_of(6, calls).error().message, "odd");
  EXPECT_EQ(calls, 4);
  EXPECT_TRUE(refuse_odd(2, calls));
  EXPECT_EQ(refuse_odd(3, calls).error().message, "odd");
  EXPECT_EQ(calls, 6);
}

TEST(Result, is_propagated_inside_coroutines) {
  EventLoop loop;
  int calls = 0;
  Result<std::string> result;
  (void)loop.run(keep(quarter_later(12, calls), result));
  EXPECT_EQ(*result, "3");
  EXPECT_EQ(calls, 3);
  (void)loop.run(keep(quarter_later(5, calls), result));
  EXPECT_EQ(result.error().message, "odd");
  EXPECT_EQ(calls, 4);
}

TEST(ResultDeathTest, does_not_give_what_it_does_not_have) {
  const Result<int> refused = error(ErrorCode::INVALID_IBAN, "not an IBAN");
  EXPECT_DEATH((void)*refused, "CHECK failed");
  const Result<int> value = 7;
  EXPECT_DEATH((void)value.error(), "CHECK failed");
}

enum class Light { RED, GREEN, DARK };
enum class Happens { time_passes, power_fails };
using Row = Transition<Light, Happens>;

constexpr auto kLights = std::to_array<Row>({
    {Light::RED, Happens::time_passes, Light::GREEN},
    {Light::GREEN, Happens::time_passes, Light::RED},
    {Light::RED, Happens::power_fails, Light::DARK},
});

TEST(transitions, lead_by_a_row_or_nowhere) {
  EXPECT_EQ(next_state(kLights, Light::RED, Happens::time_passes), Light::GREEN);
  EXPECT_EQ(next_state(kLights, Light::RED, Happens::power_fails), Light::DARK);
  EXPECT_FALSE(next_state(kLights, Light::GREEN, Happens::power_fails));
  EXPECT_FALSE(next_state(kLights, Light::DARK, Happens::time_passes));
}

TEST(transitions, are_checked_by_the_compiler) {
  static_assert(one_row_per_state_and_event(kLights));
  static_assert(!one_row_per_state_and_event(std::to_array<Row>({
      {Light::RED, Happens::time_passes, Light::GREEN},
      {Light::RED, Happens::time_passes, Light::DARK},
  })));
  static_assert(never_left(kLights, Light::DARK));
  static_assert(!never_left(kLights, Light::DARK, Light::GREEN));
}

}  // namespace
}  // namespace qantara
