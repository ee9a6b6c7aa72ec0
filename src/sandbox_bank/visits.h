// The bank's own sign-in and approval pages, to which a third party sends payers (redirect). Server-rendered, forms only.
#pragma once

#include "sandbox_bank/call.h"

namespace qantara::sandbox_bank {

/// GET /authorise/{authorisation_id}: signing in, then the request, and in the end what became of it with the way on.
Result<http::Response> show_visit(db::Transaction& tx, const Visit& visit);

// The forms. Each leads back to the page, after a decision only on the way to the third party's address. A press that comes
// twice, or after the end, changes nothing.
Result<http::Response> sign_in_on_page(db::Transaction& tx, const Visit& visit);  ///< POST …/sign-in
Result<http::Response> approve_on_page(db::Transaction& tx, const Visit& visit);  ///< POST …/approve
Result<http::Response> refuse_on_page(db::Transaction& tx, const Visit& visit);   ///< POST …/refuse

}  // namespace qantara::sandbox_bank
