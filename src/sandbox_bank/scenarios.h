// Trouble on order: a scenario makes the next matching calls behave in one way of the table in scenarios.cpp.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sandbox_bank/call.h"

namespace qantara::sandbox_bank {

enum class Effect {
  answer_lost,
  request_lost,
  answer_late,
  answer_cut,
  status_503,
  status_503_after_effect,
  consent_lapsed,
  unknown_status_word,
  rejected,
  accepted_without_reference,
  held,
  approval_after,
  denial_after,
};

/// When a scenario is looked for, and used up.
enum class Moment {
  answer,       ///< A call comes in: its answer, or the call itself, is harmed.
  status_word,  ///< A payment's status is told.
  listing,      ///< A payee has been authorised by the payer.
  execution,    ///< A payment has been authorised by the payer.
  app_request,  ///< The payer is asked in the bank's app.
};

struct Scenario {
  std::int64_t seq = 0;
  std::string call;  ///< The spelling of a CallKind, or "any".
  std::optional<std::string> username;
  std::string effect;
  std::string moment;
  std::optional<std::string> reason;  ///< ISO 20022: "AM04".
  std::optional<Duration> duration;
  std::int64_t percent = 100;
  std::int64_t times = 1;
  std::int64_t used = 0;

  Effect what() const;
};

std::string_view to_text(CallKind kind);
std::string_view to_text(Moment moment);

/// Reads what POST /_admin/scenarios takes, or says what is wrong with it.
std::expected<Scenario, std::string> read_scenario(const json::Value& body);

/// The oldest scenario for this call at this moment that is not used up, now used once more.
Result<std::optional<Scenario>> take(db::Transaction& tx, Moment moment, const Call& call);

/// The same for what happens to a payer without a call: an approval in the app, bank time that has come.
Result<std::optional<Scenario>> take(db::Transaction& tx, Moment moment, std::string_view username, std::uint64_t dice);

/// `scenario` as GET /_admin/scenarios tells of it.
void write(json::Writer& json, const Scenario& scenario);

}  // namespace qantara::sandbox_bank
