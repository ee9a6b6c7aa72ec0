#include "applications/applications.h"

#include "applications/application_store.h"
#include "applications/credentials_store.h"
#include "applications/origin.h"
#include "applications/redirect_url.h"
#include "applications/secret_text.h"
#include "base/text.h"

namespace qantara::applications {

namespace {

constexpr std::size_t kNameLengthMax = 100;
constexpr std::size_t kRedirectUrlsMax = 50;

/// Errors: INVALID_PARAMETERS, field "origin".
Result<std::string> read_origin(std::string_view text) {
  if (auto origin = parse_origin(text)) return *std::move(origin);
  return field_error(
      ErrorCode::INVALID_PARAMETERS, "origin",
      "origin must be scheme://host or scheme://host:port, such as https://shop.example; an IPv6 address "
      "cannot be one");
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
                             .client_secret = make_secret(kClientSecretPrefix, random_)};
  RETURN_IF_ERROR(insert_application(tx, created.application));
  RETURN_IF_ERROR(
      insert_client_secret(tx, created.application.id, sha256(created.client_secret.reveal()), clock_.now()));
  for (const auto& origin : origins) RETURN_IF_ERROR(insert_origin(tx, created.application.id, origin));
  return created;
}

Result<std::optional<Application>> Applications::find(db::Transaction& tx, ApplicationId id) const {
  return select_application(tx, id);
}

Result<std::optional<DestinationId>> Applications::default_destination(db::Transaction& tx, ApplicationId id) const {
  return select_default_destination(tx, id);
}

Result<Application> Applications::get(db::Transaction& tx, ApplicationId id) const {
  ASSIGN_OR_RETURN(auto application, find(tx, id));
  if (!application) return error(ErrorCode::UNKNOWN_APPLICATION, "there is no application with this token");
  return *std::move(application);
}

Result<std::vector<Application>> Applications::list(db::Transaction& tx) const { return select_applications(tx); }

Result<std::vector<std::string>> Applications::origins(db::Transaction& tx, ApplicationId id) const {
  return select_origins(tx, id);
}

Result<void> Applications::add_origin(db::Transaction& tx, ApplicationId id, std::string_view origin) const {
  ASSIGN_OR_RETURN(const auto wanted, read_origin(origin));
  RETURN_IF_ERROR(get(tx, id));
  return insert_origin(tx, id, wanted);
}

Result<void> Applications::remove_origin(db::Transaction& tx, ApplicationId id, std::string_view origin) const {
  ASSIGN_OR_RETURN(const auto unwanted, read_origin(origin));
  RETURN_IF_ERROR(get(tx, id));
  ASSIGN_OR_RETURN(const auto removed, delete_origin(tx, id, unwanted));
  if (removed == 0) return field_error(ErrorCode::INVALID_PARAMETERS, "origin", unwanted + " is not registered");
  return {};
}

Result<std::vector<std::string>> Applications::redirect_urls(db::Transaction& tx, ApplicationId id) const {
  return select_redirect_urls(tx, id);
}

Result<void> Applications::add_redirect_url(db::Transaction& tx, ApplicationId id, std::string_view url) const {
  ASSIGN_OR_RETURN(const auto application, get(tx, id));
  if (!parse_redirect_url(url, application.mode)) {
    return field_error(
        ErrorCode::INVALID_PARAMETERS, "redirect_url",
        application.mode == Mode::LIVE
            ? "redirect_url must be an https URL without user info and fragment, such as "
              "https://shop.example/back"
            : "redirect_url must be a URL without user info and fragment, of https or of this machine, such as "
              "https://shop.example/back or http://localhost:3000/back");
  }
  ASSIGN_OR_RETURN(const auto registered, redirect_urls(tx, id));
  if (registered.size() >= kRedirectUrlsMax)
    return field_error(ErrorCode::INVALID_PARAMETERS, "redirect_url", "there are 50 already: remove one");
  return insert_redirect_url(tx, id, url);
}

Result<void> Applications::remove_redirect_url(db::Transaction& tx, ApplicationId id, std::string_view url) const {
  RETURN_IF_ERROR(get(tx, id));
  ASSIGN_OR_RETURN(const auto removed, delete_redirect_url(tx, id, url));
  if (removed == 0)
    return field_error(ErrorCode::INVALID_PARAMETERS, "redirect_url", "this redirect_url is not registered");
  return {};
}

Result<bool> Applications::may_return_to(db::Transaction& tx, ApplicationId id, std::string_view url) const {
  ASSIGN_OR_RETURN(const auto application, get(tx, id));
  ASSIGN_OR_RETURN(const auto registered, redirect_urls(tx, id));
  ASSIGN_OR_RETURN(const auto framing, origins(tx, id));
  return applications::may_return_to(url, application.mode, registered, framing);
}

Result<void> Applications::set_default_destination(db::Transaction& tx, ApplicationId id,
                                                   DestinationId destination) const {
  return update_default_destination(tx, id, destination);
}

}  // namespace qantara::applications
