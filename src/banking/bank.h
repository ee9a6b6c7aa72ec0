// A bank in the operator's registry: how it is called, where it is reached and what it can do.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "money/money.h"

namespace qantara::banking {

/// Smallest and largest payment in one currency, both allowed.
struct Limits {
  money::Money minimum;
  money::Money maximum;
};

/// How payers prove to the bank who they are and what they want (strong customer authentication).
enum class ScaWay {
  EMBEDDED,   ///< Passwords and codes of the bank are typed in the hosted flow.
  DECOUPLED,  ///< The payer approves in the bank's app.
  REDIRECT,   ///< The payer goes to the bank's own pages and comes back.
};

std::string_view to_text(ScaWay way);
/// The way of exactly this spelling: "EMBEDDED", "DECOUPLED" or "REDIRECT".
std::optional<ScaWay> parse_sca_way(std::string_view text);

struct Bank {
  std::string identifier;  ///< "LEANMB1"; opaque.
  std::string name;
  std::string arabic_name;
  std::string country;     ///< alpha-3: "ARE".
  std::string swift_code;  ///< May be empty.
  std::string main_color = "#1B365D";
  std::string background_color = "#FFFFFF";
  std::string logo;                                    ///< URL of a picture; empty: the gateway draws a monogram.
  std::vector<std::string> account_types{"PERSONAL"};  ///< Whose accounts it holds: PERSONAL, BUSINESS.
  std::string app_url;             ///< Where its customers approve payments, for a person's browser; may be empty.
  bool mock = false;               ///< No money moves there: applications in live mode do not see it.
  std::string test_code;           ///< Of a mock bank: the one-time code that every test user gets.
  bool active = true;              ///< Whether it can be used now: the operator's switch is on, and the bank answers.
  std::optional<Instant> back_at;  ///< Of one that is not active: when it said it would be back.

  std::string standard;               ///< Which connector: "berlin_group".
  std::string version;                ///< Of the standard; empty: the connector's usual one.
  std::string base_url;               ///< "http://127.0.0.1:7071"; calls go to base_url + "/v1/…".
  std::string client_certificate;     ///< PEM file of what we show the bank in TLS; empty: nothing.
  std::string client_key;             ///< PEM file.
  std::string certificate_authority;  ///< PEM file of what the bank's certificate must come from; empty: the system's.
  std::map<std::string, std::string, std::less<>> product_by_currency;  ///< {"AED": "cross-border-credit-transfers"}.
  std::vector<Limits> limits;         ///< At most one per currency; none: the gateway's own.
  std::size_t reference_length = 32;  ///< What the bank keeps of a reference.
  std::string reference_characters;   ///< What a reference may hold: "A-Za-z0-9 /-" (`allows`); empty: everything.
  Duration cool_off_default{};        ///< Where the bank says nothing of a cool-off: zero means usable at once.
  std::chrono::milliseconds call_timeout{10'000};
  /// Waits between two questions how a payment stands that is pending or unknown; the last one repeats. Empty: the usual ones.
  std::vector<Duration> poll_schedule;
  /// What may be used, in order of preference; each once. Without EMBEDDED no secret of a payer is asked for here.
  std::vector<ScaWay> sca_ways{ScaWay::EMBEDDED, ScaWay::DECOUPLED};

  bool may_use(ScaWay way) const;
};

/// Whether `characters` name this one: a set of characters and ranges of them ("A-Z"); a hyphen at either end means itself.
/// An empty set names every character.
bool allows(std::string_view characters, char wanted);

}  // namespace qantara::banking
