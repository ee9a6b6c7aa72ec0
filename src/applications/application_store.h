// The SQL of applications.
#pragma once

#include "applications/application.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::applications {

Result<void> insert_application(db::Transaction& tx, const Application& application);
Result<void> insert_origin(db::Transaction& tx, ApplicationId id, std::string_view origin);
Result<std::optional<Application>> select_application(db::Transaction& tx, ApplicationId id);
Result<std::optional<DestinationId>> select_default_destination(db::Transaction& tx, ApplicationId id);
Result<std::vector<Application>> select_applications(db::Transaction& tx);
/// Result: how many rows went, 0 or 1.
Result<std::int64_t> delete_origin(db::Transaction& tx, ApplicationId id, std::string_view origin);
Result<std::vector<std::string>> select_origins(db::Transaction& tx, ApplicationId id);
Result<void> insert_redirect_url(db::Transaction& tx, ApplicationId id, std::string_view url);
/// Result: how many rows went, 0 or 1.
Result<std::int64_t> delete_redirect_url(db::Transaction& tx, ApplicationId id, std::string_view url);
Result<std::vector<std::string>> select_redirect_urls(db::Transaction& tx, ApplicationId id);
Result<void> update_default_destination(db::Transaction& tx, ApplicationId id, DestinationId destination);

}  // namespace qantara::applications
