#include "applications/applications.h"

#include "applications/application_store.h"
#include "base/text.h"

namespace qantara::applications {

namespace {

constexpr std::size_t kNameLengthMax = 100;
constexpr std::size_t kSecretBytes = 32;

/// `scheme://host[:port]` in the form in which browsers send Origin: lower case, nothing after the port.
bool is_origin(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const auto scheme = text.substr(0, scheme_end);
  const auto authority = text.substr(scheme_end + 3);
  if ((scheme != "http" && scheme != "https") || authority.empty() || authority.size() > 255) return false;
  return authority.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == std::string_view::npos;
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
  for (const auto& origin : wanted.origins) {
    if (!is_origin(origin)) {
      return field_error(
          ErrorCode::INVALID_PARAMETERS, "origin",
          "origin must be scheme://host or scheme://host:port in lower case, such as https://shop.example");
    }
  }

  CreatedApplication created{.application = {.id = ApplicationId::make(clock_, random_),
                                             .name = std::string{name},
                                             .mode = wanted.mode,
                                             .default_destination = std::nullopt,
                                             .created_at = clock_.now()},
                             .client_secret = make_client_secret(random_)};
  RETURN_IF_ERROR(insert_application(tx, created.application, sha256(created.client_secret.reveal())));
  for (const auto& origin : wanted.origins) RETURN_IF_ERROR(insert_origin(tx, created.application.id, origin));
  return created;
}

Result<std::optional<Application>> Applications::find(db::Transaction& tx, ApplicationId id) const {
  return select_application(tx, id);
}

Result<std::vector<Application>> Applications::list(db::Transaction& tx) const { return select_applications(tx); }

Result<std::vector<std::string>> Applications::origins(db::Transaction& tx, ApplicationId id) const {
  return select_origins(tx, id);
}

Result<void> Applications::set_default_destination(db::Transaction& tx, ApplicationId id,
                                                   DestinationId destination) const {
  return update_default_destination(tx, id, destination);
}

}  // namespace qantara::applications
