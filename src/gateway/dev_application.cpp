#include "gateway/dev_application.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "api/admin.h"
#include "json/json.h"

namespace qantara::gateway {

namespace {

constexpr const char* kFile = "dev.json";

Result<std::optional<DevApplication>> read_file(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in) return std::optional<DevApplication>{};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto object = json::parse(text);
  if (!object)
    return caused_by(ErrorCode::STORAGE_FAILED, file.string() + " is damaged: remove it to make a new application",
                     object.error().message);
  const auto text_of = [&](std::string_view name) { return std::string{object->text(name).value_or("")}; };
  return std::optional{DevApplication{.app_token = text_of("app_token"),
                                      .client_secret = Secret{text_of("client_secret")},
                                      .webhook_url = text_of("webhook_url"),
                                      .webhook_secret = Secret{text_of("webhook_secret")}}};
}

/// Replaces the file as a whole: a crash leaves the old one or the new one.
Result<void> write_file(const std::filesystem::path& file, const DevApplication& application) {
  json::Writer writer;
  writer.begin_object()
      .member("app_token", application.app_token)
      .member("client_secret", application.client_secret.reveal())
      .member("webhook_url", application.webhook_url)
      .member("webhook_secret", application.webhook_secret.reveal())
      .end_object();
  const auto draft = file.string() + ".new";
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const auto& text = writer.text();
  const bool written = descriptor >= 0 &&
                       ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!written || ::rename(draft.c_str(), file.c_str()) != 0) {
    return error(ErrorCode::STORAGE_FAILED, file.string() + " cannot be written: " + std::strerror(errno));
  }
  return {};
}

/// Makes what is missing of the application, and its endpoint if `wanted_url` is another than it had.
Result<DevApplication> complete(db::Transaction& tx, const api::Services& services, std::optional<DevApplication> known,
                                const std::string& wanted_url) {
  const auto id = known ? ApplicationId::parse(known->app_token) : std::nullopt;
  std::optional<applications::Application> application;
  if (id) {
    ASSIGN_OR_RETURN(application, services.applications.find(tx, *id));
  }
  if (!application) {
    ASSIGN_OR_RETURN(const auto made, services.applications.create(tx, {.name = "Marsa Wallet"}));
    application = made.application;
    known = DevApplication{.app_token = application->id.to_text(), .client_secret = made.client_secret};
  }

  const bool keep = !wanted_url.empty() && known->webhook_url == wanted_url;
  bool is_kept = false;
  ASSIGN_OR_RETURN(const auto endpoints, services.webhooks.list_endpoints(tx, application->id));
  for (const auto& endpoint : endpoints) {
    if (endpoint.status == webhooks::EndpointStatus::DISABLED) continue;
    if (keep && !is_kept && endpoint.url == wanted_url) {
      is_kept = true;
      continue;
    }
    RETURN_IF_ERROR(services.webhooks.remove_endpoint(tx, endpoint.id));
  }
  if (!is_kept) {
    known->webhook_url = wanted_url;
    known->webhook_secret = Secret{};
    if (!wanted_url.empty()) {
      ASSIGN_OR_RETURN(const auto endpoint, services.webhooks.create_endpoint(tx, application->id, wanted_url));
      known->webhook_secret = endpoint.secret;
    }
  }
  return *std::move(known);
}

}  // namespace

Task<Result<DevApplication>> open_dev_application(const api::Services& services, std::filesystem::path data,
                                                  std::string webhook_url) {
  const auto file = data / kFile;
  CO_ASSIGN_OR_RETURN(const auto known, read_file(file));
  CO_ASSIGN_OR_RETURN(auto application, co_await services.database.write([&](db::Transaction& tx) {
    return complete(tx, services, known, webhook_url);
  }));
  CO_RETURN_IF_ERROR(write_file(file, application));
  co_return application;
}

}  // namespace qantara::gateway
