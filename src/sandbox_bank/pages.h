// The bank's own pages: a landing page, "the bank's app" and the ledger. Server-rendered, forms only, no script.
#pragma once

#include "sandbox_bank/call.h"

namespace qantara::sandbox_bank {

Result<http::Response> show_landing(db::Transaction& tx, const Visit& visit);   ///< GET /
Result<http::Response> show_style(db::Transaction& tx, const Visit& visit);     ///< GET /style.css
Result<http::Response> show_ledger(db::Transaction& tx, const Visit& visit);    ///< GET /ledger
Result<http::Response> show_app(db::Transaction& tx, const Visit& visit);       ///< GET /app?user=
Result<http::Response> show_approval(db::Transaction& tx, const Visit& visit);  ///< GET /app/{authorisation_id}
Result<http::Response> approve_in_app(db::Transaction& tx,
                                      const Visit& visit);                    ///< POST /app/{authorisation_id}/approve
Result<http::Response> deny_in_app(db::Transaction& tx, const Visit& visit);  ///< POST /app/{authorisation_id}/deny

}  // namespace qantara::sandbox_bank
