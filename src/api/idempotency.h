// Idempotency-Key: a request that is sent again has one effect, and gets the answer that the first has got.
//
// The answer is written in the transaction of the effect, so after a crash there are both or neither: what was answered or
// may have been is answered alike for kIdempotencyLife at least, and what was not committed has not happened. A refusal has no effect
// and is not kept: the request may be put right and sent with the same key.
#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "api/idempotency_store.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/in_flight.h"
#include "base/task.h"
#include "db/database.h"
#include "http/message.h"

namespace qantara::api {

/// What a request comes to: its effect and its answer, in one transaction. As any closure of a write it may run more than once,
/// and does nothing outside (db/database.h). Only the answer's status and its body, which is JSON, are kept.
struct Write {
  using Closure = std::function<Result<http::Response>(db::Transaction&)>;

  template <std::convertible_to<Closure> Act>
  Write(Act act, db::Reads reads = db::Reads::IN_TURN)  // NOLINT(google-explicit-constructor): handlers return lambdas
      : act(std::move(act)), reads(reads) {}

  Closure act;
  db::Reads reads;  ///< AHEAD for what the key's answer in the database, and what else it reads, protect (db::Reads).
};

/// What callers are promised (api/openapi.yaml); an operator may keep answers longer.
inline constexpr Duration kIdempotencyLife = std::chrono::days{30};

class Idempotency {
 public:
  /// `life`: how long an answer is kept; kIdempotencyLife at least.
  Idempotency(db::Database& database, const Clock& clock, const Vault& vault, Duration life)
      : database_(database),
        clock_(clock),
        life_(life),
        vault_(vault),
        fingerprint_key_(vault.derive("blind index of idempotency_records.fingerprint")) {}
  Idempotency(const Idempotency&) = delete;
  Idempotency& operator=(const Idempotency&) = delete;

  /// Answers `request` with what `plan` comes to. `plan` reads the request and changes nothing; what it makes is not run for a
  /// request that was answered before, and if it refuses one, that gets the earlier answer all the same. The header
  /// Idempotency-Key is optional: 1 to 255 visible ASCII characters.
  /// Errors besides those of the plan and its write: INVALID_PARAMETERS for a key that is none, IDEMPOTENCY_CONFLICT while
  /// another request of this key is in work, IDEMPOTENCY_KEY_REUSED if one with another method, path or body was answered.
  Task<Result<http::Response>> run(const http::Request& request, ApplicationId application,
                                   const std::function<Task<Result<Write>>()>& plan);

 private:
  /// A request, and the key that it came with.
  struct Keyed {
    ApplicationId application;
    std::string key;
    std::string fingerprint;
  };

  std::string fingerprint(const http::Request& request) const;
  /// What was answered to the key; nothing if nothing was, or too long ago.
  Result<std::optional<http::Response>> repeat(const Keyed& keyed, const std::optional<StoredAnswer>& earlier) const;
  Result<http::Response> carry_out(db::Transaction& tx, const Keyed& keyed, const Write& write) const;

  db::Database& database_;
  const Clock& clock_;
  const Duration life_;
  const Vault& vault_;
  const Secret fingerprint_key_;
  // Requests in this process, so that twins do not both wait for the writer. Those in another gateway the database tells apart.
  InFlight<std::pair<ApplicationId, std::string>> in_work_;
};

}  // namespace qantara::api
