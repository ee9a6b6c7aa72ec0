#include "applications/application_store.h"

#include "applications/credentials_store.h"

namespace qantara::applications {

namespace {

Application read_application(db::Row& row) {
  return {.id = row.take<ApplicationId>(),
          .name = row.take<std::string>(),
          .mode = row.take<std::string_view>() == "live" ? Mode::LIVE : Mode::SANDBOX,
          .default_destination = row.take<std::optional<DestinationId>>(),
          .created_at = row.take<Instant>()};
}

}  // namespace

Result<void> insert_application(db::Transaction& tx, const Application& application) {
  RETURN_IF_ERROR(
      tx.post("INSERT INTO applications (id, name, mode, default_destination_id, created_at) "
              "VALUES ($1, $2, $3, $4, $5)",
              application.id, application.name, to_text(application.mode), application.default_destination,
              application.created_at));
  tx.announce(kCredentialsChanged);
  return {};
}

Result<void> insert_origin(db::Transaction& tx, ApplicationId id, std::string_view origin) {
  return tx.post("INSERT INTO application_origins (application_id, origin) VALUES ($1, $2) ON CONFLICT DO NOTHING", id,
                 origin);
}

Result<std::int64_t> delete_origin(db::Transaction& tx, ApplicationId id, std::string_view origin) {
  return tx.execute("DELETE FROM application_origins WHERE application_id = $1 AND origin = $2", id, origin);
}

Result<std::optional<Application>> select_application(db::Transaction& tx, ApplicationId id) {
  return tx.one("SELECT id, name, mode, default_destination_id, created_at FROM applications WHERE id = $1",
                read_application, id);
}

Result<std::optional<DestinationId>> select_default_destination(db::Transaction& tx, ApplicationId id) {
  ASSIGN_OR_RETURN(const auto found, tx.one(
                                         "SELECT default_destination_id FROM applications WHERE id = $1",
                                         [](db::Row& row) { return row.take<std::optional<DestinationId>>(); }, id));
  return found.value_or(std::nullopt);
}

Result<std::vector<Application>> select_applications(db::Transaction& tx) {
  return tx.all("SELECT id, name, mode, default_destination_id, created_at FROM applications ORDER BY id",
                read_application);
}

Result<std::vector<std::string>> select_origins(db::Transaction& tx, ApplicationId id) {
  return tx.all(
      "SELECT origin FROM application_origins WHERE application_id = $1 ORDER BY origin",
      [](db::Row& row) { return row.take<std::string>(); }, id);
}

Result<void> insert_redirect_url(db::Transaction& tx, ApplicationId id, std::string_view url) {
  return tx.post("INSERT INTO application_redirect_urls (application_id, url) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                 id, url);
}

Result<std::int64_t> delete_redirect_url(db::Transaction& tx, ApplicationId id, std::string_view url) {
  return tx.execute("DELETE FROM application_redirect_urls WHERE application_id = $1 AND url = $2", id, url);
}

Result<std::vector<std::string>> select_redirect_urls(db::Transaction& tx, ApplicationId id) {
  return tx.all(
      "SELECT url FROM application_redirect_urls WHERE application_id = $1 ORDER BY url",
      [](db::Row& row) { return row.take<std::string>(); }, id);
}

Result<void> update_default_destination(db::Transaction& tx, ApplicationId id, DestinationId destination) {
  return tx.post("UPDATE applications SET default_destination_id = $2 WHERE id = $1", id, destination);
}

}  // namespace qantara::applications
