// The admin interface: what tests and the command line use to look at the bank, to turn its clock and to order trouble.
#pragma once

#include "sandbox_bank/call.h"

namespace qantara::sandbox_bank {

Result<http::Response> get_ledger(db::Transaction& tx, const Visit& visit);
Result<http::Response> get_users(db::Transaction& tx, const Visit& visit);
Result<http::Response> unlock_user(db::Transaction& tx, const Visit& visit);
Result<http::Response> end_user_sessions(db::Transaction& tx, const Visit& visit);
Result<http::Response> create_scenario(db::Transaction& tx, const Visit& visit);
Result<http::Response> get_scenarios(db::Transaction& tx, const Visit& visit);
Result<http::Response> clear_scenarios(db::Transaction& tx, const Visit& visit);
Result<http::Response> get_approvals(db::Transaction& tx, const Visit& visit);
Result<http::Response> decide_approval(db::Transaction& tx, const Visit& visit);
Result<http::Response> get_clock(db::Transaction& tx, const Visit& visit);

/// The offset in PUT /_admin/clock {"offset_micros":N}; nothing if it is not a whole number of at most a century.
std::optional<Duration> read_offset(const json::Value& body);
std::string clock_json(Instant now, Duration offset);

}  // namespace qantara::sandbox_bank
