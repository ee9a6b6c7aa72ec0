// A bank in the operator's registry: how it is called, where it is reached and what it can do.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "money/money.h"

namespace qantara::banking {

/// Smallest and largest payment in one currency, both allowed.
struct Limits {
  money::Money minimum;
  money::Money maximum;
};

struct Bank {
  std::string identifier;  ///< "LEANMB1"; opaque.
  std::string name;
  std::string arabic_name;
  std::string country;     ///< alpha-3: "ARE".
  std::string swift_code;  ///< May be empty.
  std::string main_color = "#1B365D";
  std::string background_color = "#FFFFFF";
  std::string app_url;    ///< Where its customers approve payments, for a person's browser; may be empty.
  bool mock = false;      ///< A bank of the sandbox.
  std::string test_code;  ///< Of a mock bank: the one-time code that every test user gets.
  bool active = true;     ///< The operator's switch.

  std::string standard;  ///< Which connector: "berlin_group".
  std::string base_url;  ///< "http://127.0.0.1:7071"; calls go to base_url + "/v1/…".
  std::map<std::string, std::string, std::less<>> product_by_currency;  ///< {"AED": "cross-border-credit-transfers"}.
  std::vector<Limits> limits;         ///< At most one per currency; none: the gateway's own.
  std::size_t reference_length = 32;  ///< What the bank keeps of a reference.
  Duration cool_off_default{};        ///< Where the bank says nothing of a cool-off: zero means usable at once.
  std::chrono::milliseconds call_timeout{10'000};
};

}  // namespace qantara::banking
