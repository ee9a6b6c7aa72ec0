// JSON on its way to a terminal, a file or a pipe: account numbers stay behind.
#pragma once

#include <string>
#include <string_view>

#include "json/json.h"

namespace qantara::cli {

/// "AE260260001008223921001" → "AE26****1001"; what is shorter than twelve characters is masked whole.
std::string masked_account(std::string_view number);

/// Writes `value` on; members that hold an account number (`iban`, `bban`, `account_number`) are masked wherever they stand.
void write_masked(json::Writer& writer, const json::Value& value);

/// The same as text, on one line.
std::string masked_json(const json::Value& value);

}  // namespace qantara::cli
