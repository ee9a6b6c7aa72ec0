#include "gateway/dev_application.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "api/admin.h"
#include "cli/json_text.h"
#include "cli/listen.h"
#include "json/json.h"

namespace qantara::gateway {

namespace {

using cli::text_of;

constexpr const char* kFile = "dev.json";

DevEndpoint read_endpoint(const json::Value* object) {
  if (object == nullptr) return {};
  return {.url = text_of(*object, "url"), .id = text_of(*object, "id"), .secret = Secret{text_of(*object, "secret")}};
}

void write_endpoint(json::Writer& writer, std::string_view name, const DevEndpoint& endpoint) {
  writer.name(name)
      .begin_object()
      .member("url", endpoint.url)
      .member("id", endpoint.id)
      .member("secret", endpoint.secret.reveal())
      .end_object();
}

/// Replaces the file as a whole: a crash leaves the old one or the new one.
Result<void> write_file(const std::filesystem::path& file, const DevApplication& application) {
  json::Writer writer;
  writer.begin_object()
      .member("app_token", application.app_token)
      .member("client_secret", application.client_secret.reveal());
  write_endpoint(writer, "webhook", application.webhook);
  write_endpoint(writer, "shop", application.shop);
  writer.end_object();
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

/// The endpoint at `url`: `known`, if it is one of `endpoints`, else a new one.
Result<DevEndpoint> open_endpoint(db::Transaction& tx, const api::Services& services, ApplicationId application,
                                  const std::vector<webhooks::Endpoint>& endpoints, const DevEndpoint& known,
                                  const std::string& url) {
  if (url.empty()) return DevEndpoint{};
  const bool is_there = std::ranges::any_of(endpoints, [&](const auto& endpoint) {
    return endpoint.id.to_text() == known.id && endpoint.url == url &&
           endpoint.status != webhooks::EndpointStatus::DISABLED;
  });
  if (is_there) return known;
  ASSIGN_OR_RETURN(const auto made, services.webhooks.create_endpoint(tx, application, url));
  return DevEndpoint{.url = url, .id = made.endpoint.id.to_text(), .secret = made.secret};
}

Result<DevApplication> complete(db::Transaction& tx, const api::Services& services, std::optional<DevApplication> known,
                                const std::string& webhook_url, const std::string& shop_url) {
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
  const auto earlier = *known;
  ASSIGN_OR_RETURN(const auto endpoints, services.webhooks.list_endpoints(tx, application->id));
  ASSIGN_OR_RETURN(known->webhook,
                   open_endpoint(tx, services, application->id, endpoints, earlier.webhook, webhook_url));
  ASSIGN_OR_RETURN(known->shop, open_endpoint(tx, services, application->id, endpoints, earlier.shop, shop_url));
  // What `dev` and `listen` made and is of no use any more; those that the user has made are the user's.
  for (const auto& endpoint : endpoints) {
    const auto endpoint_id = endpoint.id.to_text();
    const bool is_ours =
        endpoint_id == earlier.webhook.id || endpoint_id == earlier.shop.id || endpoint.url.ends_with(cli::kListenPath);
    const bool is_kept = endpoint_id == known->webhook.id || endpoint_id == known->shop.id;
    if (!is_ours || is_kept || endpoint.status == webhooks::EndpointStatus::DISABLED) continue;
    RETURN_IF_ERROR(services.webhooks.remove_endpoint(tx, endpoint.id));
  }
  return *std::move(known);
}

}  // namespace

Result<std::optional<DevApplication>> read_dev_application(const std::filesystem::path& data) {
  const auto file = data / kFile;
  std::ifstream in{file};
  if (!in) return std::optional<DevApplication>{};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto object = json::parse(text);
  if (!object)
    return caused_by(ErrorCode::STORAGE_FAILED, file.string() + " is damaged: remove it to make a new application",
                     object.error().message);
  return std::optional{DevApplication{.app_token = text_of(*object, "app_token"),
                                      .client_secret = Secret{text_of(*object, "client_secret")},
                                      .webhook = read_endpoint(object->find("webhook")),
                                      .shop = read_endpoint(object->find("shop"))}};
}

Task<Result<DevApplication>> open_dev_application(const api::Services& services, std::filesystem::path data,
                                                  std::optional<DevApplication> known, std::string webhook_url,
                                                  std::string shop_url) {
  CO_ASSIGN_OR_RETURN(auto application, co_await services.database.write([&](db::Transaction& tx) {
    return complete(tx, services, known, webhook_url, shop_url);
  }));
  CO_RETURN_IF_ERROR(write_file(data / kFile, application));
  co_return application;
}

}  // namespace qantara::gateway
