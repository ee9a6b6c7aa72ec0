// What works at a bank and what does not, without moving money: `qantara bank test`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "banking/bank.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "http/client.h"

namespace qantara::connectors {

enum class Verdict {
  OK,
  LOOK,  ///< Payments go through, but somebody should look.
  FAIL,
};

/// "ok", "look" or "fail".
std::string_view to_text(Verdict verdict);

struct Check {
  std::string subject;  ///< "address", "connection", "certificate", …
  Verdict verdict = Verdict::OK;
  std::string found;   ///< What was seen; no secret.
  std::string remedy;  ///< What to do about it; empty for OK.
};

/// Asks the bank, in the order in which a payment would: its address, a connection, TLS, an answer in the standard's words, the
/// time, and a consent, which is taken back at once. What stands on something that failed is not asked. `clock` is the real one.
Task<std::vector<Check>> check_bank(banking::Bank bank, http::Client& client, http::Dns& dns, Random& random,
                                    const Clock& clock);

/// Reads the Date header of HTTP in the form that everybody must send: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::optional<Instant> parse_http_date(std::string_view text);

}  // namespace qantara::connectors
