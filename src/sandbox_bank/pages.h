// The bank's own pages: a landing page, "the bank's app" and the ledger. Server-rendered, forms only, no script.
#pragma once

#include "sandbox_bank/call.h"

namespace qantara::sandbox_bank {

Result<http::Response> show_landing(db::Transaction& tx, const Visit& visit);  ///< GET /
Result<http::Response> show_ledger(db::Transaction& tx, const Visit& visit);   ///< GET /ledger
Result<http::Response> show_app(db::Transaction& tx, const Visit& visit);      ///< GET /app?user=

// GET /app/{authorisation_id}, and the two buttons: POST …/approve and …/deny.
Result<http::Response> show_approval(db::Transaction& tx, const Visit& visit);
Result<http::Response> approve_in_app(db::Transaction& tx, const Visit& visit);
Result<http::Response> deny_in_app(db::Transaction& tx, const Visit& visit);

http::Response stylesheet();  ///< GET /style.css

}  // namespace qantara::sandbox_bank
