#include "applications/applications.h"

#include "applications/application_store.h"
#include "applications/origin.h"
#include "base/text.h"

namespace qantara::applications {

namespace {

constexpr std::size_t kNameLengthMax = 100;
constexpr std::size_t kSecretBytes = 32;

/// Errors: INVALID_PARAMETERS, field "origin".
Result<std::string> read_origin(std::string_view text) {
  if (auto origin = parse_origin(text)) return *std::move(origin);
  return field_error(
      ErrorCode::INVALID_PARAMETERS, "origin",
      "origin must be scheme://host or scheme://host:port, such as https://shop.example; an IPv6 address "
      "cannot be one");
}

/// A secret key in the form that scanners find: prefix, 256 random bits.
Secret make_client_secret(Random& random) {
  std::array<std::byte, kSecretBytes> bytes{};
  random.fill(bytes);
  return Secret{"qs_" + to_hex(bytes)};
}

}  // namespace

std::string_view to_text(Mode mode) {
  switch (mode) {
    case Mode::SANDBOX:
      return "sandbox";
    case Mode::LIVE:
      return "live";
  }
  return "sandbox";
}

Result<CreatedApplication> Applications::create(db::Transaction& tx, const NewApplication& wanted) const {
  const auto name = trim(wanted.name);
  if (name.empty() || utf8_length(name) > kNameLengthMax) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "name", "name must have 1 to 100 characters");
  }
  if (wanted.mode == Mode::LIVE) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "mode", "mode live does not exist yet: use sandbox");
  }
  std::vector<std::string> origins;
  for (const auto& text : wanted.origins) {
    ASSIGN_OR_RETURN(auto origin, read_origin(text));
    origins.push_back(std::move(origin));
  }

  CreatedApplication created{.application = {.id = ApplicationId::make(clock_, random_),
                                             .name = std::string{name},
                                             .mode = wanted.mode,
                                             .default_destination = std::nullopt,
                                             .created_at = clock_.now()},
                             .client_secret = make_client_secret(random_)};
  RETURN_IF_ERROR(insert_application(tx, created.application, sha256(created.client_secret.reveal())));
  for (const auto& origin : origins) RETURN_IF_ERROR(insert_origin(tx, created.application.id, origin));
  return created;
}

Result<std::optional<Application>> Applications::find(db::Transaction& tx, ApplicationId id) const {
  return select_application(tx, id);
}

Result<std::vector<Application>> Applications::list(db::Transaction& tx) const { return select_applications(tx); }

Result<std::vector<std::string>> Applications::origins(db::Transaction& tx, ApplicationId id) const {
  return select_origins(tx, id);
}

Result<void> Applications::add_origin(db::Transaction& tx, ApplicationId id, std::string_view origin) const {
  ASSIGN_OR_RETURN(const auto wanted, read_origin(origin));
  ASSIGN_OR_RETURN(const auto application, find(tx, id));
  if (!application) return error(ErrorCode::UNKNOWN_APPLICATION, "there is no application with this token");
  return insert_origin(tx, id, wanted);
}

Result<void> Applications::remove_origin(db::Transaction& tx, ApplicationId id, std::string_view origin) const {
  ASSIGN_OR_RETURN(const auto unwanted, read_origin(origin));
  ASSIGN_OR_RETURN(const auto application, find(tx, id));
  if (!application) return error(ErrorCode::UNKNOWN_APPLICATION, "there is no application with this token");
  ASSIGN_OR_RETURN(const auto removed, delete_origin(tx, id, unwanted));
  if (removed == 0) return field_error(ErrorCode::INVALID_PARAMETERS, "origin", unwanted + " is not registered");
  return {};
}

Result<void> Applications::set_default_destination(db::Transaction& tx, ApplicationId id,
                                                   DestinationId destination) const {
  return update_default_destination(tx, id, destination);
}

}  // namespace qantara::applications
