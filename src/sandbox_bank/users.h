// The people and companies who bank here: data. A new test user is a row in users.cpp.
#pragma once

#include <span>
#include <string_view>

#include "base/clock.h"
#include "sandbox_bank/states.h"

namespace qantara::sandbox_bank {

/// The password of every test user, and every code that the bank "sends". It is a sandbox.
inline constexpr std::string_view kPassword = "sandbox-pass";
inline constexpr std::string_view kCode = "1111";

enum class Login { PASSWORD, PASSWORD_AND_CODE };

struct TestAccount {
  std::string_view iban;
  std::string_view currency;
  std::string_view opening_balance;  ///< Decimal text, as Money::parse reads it.
  std::string_view name;
};

struct TestUser {
  std::string_view username;
  std::string_view name;
  Login login;
  std::span<const Method> methods;  ///< How payments are confirmed; more than one: the payer chooses.
  Duration cool_off;                ///< Between adding a payee and the first payment to it.
  std::span<const TestAccount> accounts;
  std::string_view note;         ///< What this user is for, in English
  std::string_view arabic_note;  ///< and in Arabic.
};

std::span<const TestUser> test_users();

/// Null if nobody has this name.
const TestUser* find_user(std::string_view username);

}  // namespace qantara::sandbox_bank
