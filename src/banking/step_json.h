// The steps of a connector that a payer must see, as JSON: stored between two calls, and sent to the hosted pages.
#pragma once

#include <string>

#include "banking/connector.h"
#include "json/json.h"

namespace qantara::banking {

/// Members of the step object: `stage, fields[], message, target, tries_left, wrong_answer, irrevocable`. No braces: the caller
/// opens and closes the object.
void write_members(json::Writer& writer, const NeedFields& need);
/// `message, expires_at`.
void write_members(json::Writer& writer, const NeedApproval& need);

/// `stage, message, expires_at, bank_url`: where the bank's page is.
void write_members(json::Writer& writer, const NeedRedirect& need);

/// Whole objects with a `kind` of FIELDS, APPROVAL or REDIRECT.
std::string to_json(const NeedFields& need);
std::string to_json(const NeedApproval& need);
std::string to_json(const NeedRedirect& need);

std::string_view to_text(Stage stage);
std::string_view to_text(FieldKind kind);

}  // namespace qantara::banking
