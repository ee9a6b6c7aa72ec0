#include "sandbox_bank/scenario_store.h"

namespace qantara::sandbox_bank {

namespace {

Scenario read_row(db::Row& row) {
  Scenario scenario{.seq = row.take<std::int64_t>(),
                    .call = row.take<std::string>(),
                    .username = row.take<std::optional<std::string>>(),
                    .effect = row.take<std::string>(),
                    .moment = row.take<std::string>(),
                    .reason = row.take<std::optional<std::string>>()};
  if (const auto micros = row.take<std::optional<std::int64_t>>()) scenario.duration = Duration{*micros};
  scenario.percent = row.take<std::int64_t>();
  scenario.times = row.take<std::int64_t>();
  scenario.used = row.take<std::int64_t>();
  return scenario;
}

}  // namespace

Result<std::int64_t> insert_scenario(db::Transaction& tx, const Scenario& scenario) {
  const auto micros = scenario.duration.transform([](Duration duration) { return duration.count(); });
  ASSIGN_OR_RETURN(const auto seq,
                   tx.one(
                       "INSERT INTO scenarios (call, username, effect, moment, reason, duration, percent, times) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING seq",
                       [](db::Row& row) { return row.take<std::int64_t>(); }, scenario.call, scenario.username,
                       scenario.effect, scenario.moment, scenario.reason, micros, scenario.percent, scenario.times));
  CHECK(seq);
  return *seq;
}

Result<std::vector<Scenario>> all_scenarios(db::Transaction& tx) {
  return tx.all(
      "SELECT seq, call, username, effect, moment, reason, duration, percent, times, used FROM scenarios ORDER BY seq",
      read_row);
}

Result<void> delete_scenarios(db::Transaction& tx) {
  RETURN_IF_ERROR(tx.execute("DELETE FROM scenarios"));
  return {};
}

Result<std::vector<Scenario>> open_scenarios(db::Transaction& tx, Moment moment) {
  return tx.all(
      "SELECT seq, call, username, effect, moment, reason, duration, percent, times, used FROM scenarios "
      "WHERE moment = $1 AND used < times ORDER BY seq",
      read_row, to_text(moment));
}

Result<void> count_use(db::Transaction& tx, std::int64_t seq) {
  RETURN_IF_ERROR(tx.execute("UPDATE scenarios SET used = used + 1 WHERE seq = $1", seq));
  return {};
}

Result<std::optional<std::string>> user_of(db::Transaction& tx, const Call& call) {
  const auto read_name = [](db::Row& row) { return row.take<std::string>(); };
  if (const auto username = call.header("PSU-ID"); !username.empty()) return std::optional{std::string{username}};
  if (const auto id = PaymentId::parse(call.request.path_parameter("payment_id"))) {
    return tx.one("SELECT username FROM payments WHERE id = $1", read_name, *id);
  }
  if (const auto id = BeneficiaryId::parse(call.request.path_parameter("beneficiary_id"))) {
    return tx.one("SELECT username FROM beneficiaries WHERE id = $1", read_name, *id);
  }
  auto consent = ConsentId::parse(call.request.path_parameter("consent_id"));
  if (!consent) consent = ConsentId::parse(call.header("Consent-ID"));
  if (consent) return tx.one("SELECT username FROM consents WHERE id = $1", read_name, *consent);
  return std::optional<std::string>{};
}

}  // namespace qantara::sandbox_bank
