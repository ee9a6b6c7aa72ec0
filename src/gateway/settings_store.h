// The SQL of what the installation itself remembers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "db/transaction.h"

namespace qantara::gateway {

Result<std::optional<std::string>> select_setting(db::Transaction& tx, std::string_view name);
Result<void> upsert_setting(db::Transaction& tx, std::string_view name, std::string_view value);

}  // namespace qantara::gateway
