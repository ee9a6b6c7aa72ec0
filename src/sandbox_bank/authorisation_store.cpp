#include "sandbox_bank/authorisation_store.h"

namespace qantara::sandbox_bank {

namespace {

std::optional<Authorisation::Pages> read_pages(db::Row& row) {
  const auto text = [&] { return row.take<std::optional<std::string>>().value_or(""); };
  Authorisation::Pages pages{.visitor = text(), .asked_by = text(), .done_url = text(), .refused_url = text()};
  return pages.done_url.empty() ? std::nullopt : std::optional{std::move(pages)};
}

Authorisation read_authorisation(db::Row& row) {
  return {
      .id = row.take<AuthorisationId>(),
      .subject = *parse<Subject>(row.take<std::string_view>()),
      .subject_id = row.take<Uuid>(),
      .username = row.take<std::optional<std::string>>().value_or(""),
      .status = *parse<ScaStatus>(row.take<std::string_view>()),
      .method = row.take<std::optional<std::string>>().and_then([](const auto& text) { return parse<Method>(text); }),
      .wrong_codes = row.take<int>(),
      .started_at = row.take<Instant>(),
      .due_at = row.take<std::optional<Instant>>(),
      .due_event =
          row.take<std::optional<std::string>>().and_then([](const auto& text) { return parse<DueEvent>(text); }),
      .pages = read_pages(row)};
}

std::optional<std::string_view> none_if_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

template <class Enum>
std::optional<std::string_view> text_of(const std::optional<Enum>& value) {
  return value.transform([](Enum known) { return to_text(known); });
}

}  // namespace

Result<void> insert_user(db::Transaction& tx, std::string_view username) {
  RETURN_IF_ERROR(tx.execute("INSERT INTO users (username) VALUES ($1) ON CONFLICT (username) DO NOTHING", username));
  return {};
}

Result<int> wrong_passwords(db::Transaction& tx, std::string_view username) {
  ASSIGN_OR_RETURN(const auto count, tx.one(
                                         "SELECT wrong_passwords FROM users WHERE username = $1",
                                         [](db::Row& row) { return row.take<int>(); }, username));
  return count.value_or(0);
}

Result<void> set_wrong_passwords(db::Transaction& tx, std::string_view username, int count) {
  RETURN_IF_ERROR(tx.execute("UPDATE users SET wrong_passwords = $2 WHERE username = $1", username, count));
  return {};
}

Result<void> insert_authorisation(db::Transaction& tx, const Authorisation& authorisation) {
  const auto pages = authorisation.pages.value_or(Authorisation::Pages{});
  RETURN_IF_ERROR(tx.execute(
      "INSERT INTO authorisations (id, subject, subject_id, username, status, method, wrong_codes, "
      "started_at, due_at, due_event, asked_by, done_url, refused_url) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      authorisation.id, to_text(authorisation.subject), authorisation.subject_id, none_if_empty(authorisation.username),
      to_text(authorisation.status), text_of(authorisation.method), authorisation.wrong_codes, authorisation.started_at,
      authorisation.due_at, text_of(authorisation.due_event), none_if_empty(pages.asked_by),
      none_if_empty(pages.done_url), none_if_empty(pages.refused_url)));
  return {};
}

Result<void> update_authorisation(db::Transaction& tx, const Authorisation& authorisation) {
  RETURN_IF_ERROR(tx.execute(
      "UPDATE authorisations SET status = $2, method = $3, wrong_codes = $4, due_at = $5, due_event = $6, username = "
      "$7, "
      "visitor = $8 WHERE id = $1",
      authorisation.id, to_text(authorisation.status), text_of(authorisation.method), authorisation.wrong_codes,
      authorisation.due_at, text_of(authorisation.due_event), none_if_empty(authorisation.username),
      authorisation.pages ? none_if_empty(authorisation.pages->visitor) : std::nullopt));
  return {};
}

Result<std::optional<Authorisation>> find_authorisation(db::Transaction& tx, AuthorisationId id) {
  return tx.one(
      "SELECT id, subject, subject_id, username, status, method, wrong_codes, started_at, due_at, due_event, "
      "visitor, asked_by, done_url, refused_url FROM authorisations WHERE id = $1",
      read_authorisation, id);
}

Result<std::vector<Authorisation>> authorisations_of(db::Transaction& tx, const Uuid& subject_id) {
  return tx.all(
      "SELECT id, subject, subject_id, username, status, method, wrong_codes, started_at, due_at, due_event, "
      "visitor, asked_by, done_url, refused_url FROM authorisations WHERE subject_id = $1 ORDER BY id",
      read_authorisation, subject_id);
}

Result<std::vector<Authorisation>> waiting_approvals(db::Transaction& tx, std::string_view username) {
  return tx.all(
      "SELECT id, subject, subject_id, username, status, method, wrong_codes, started_at, due_at, due_event, "
      "visitor, asked_by, done_url, refused_url FROM authorisations WHERE due_at IS NOT NULL AND method = 'app' AND "
      "($1 = '' OR username = $1) ORDER BY id",
      read_authorisation, username);
}

Result<std::optional<Due>> next_due(db::Transaction& tx, Instant now) {
  return tx.one(
      "SELECT kind, id, due_at FROM ("
      "SELECT 0 AS kind, id, due_at FROM authorisations WHERE due_at <= $1 "
      "UNION ALL SELECT 1 AS kind, id, due_at FROM payments WHERE due_at <= $1) AS due ORDER BY due_at, id LIMIT 1",
      [](db::Row& row) {
        const bool payment = row.take<bool>();
        return Due{.of = payment ? Due::Of::payment : Due::Of::authorisation,
                   .id = row.take<Uuid>(),
                   .at = row.take<Instant>()};
      },
      now);
}

}  // namespace qantara::sandbox_bank
