// OAuth 2.0 for applications: client credentials (RFC 6749, section 4.4), and what clients find out by themselves (RFC 8414).
#include <algorithm>

#include "api/access.h"
#include "api/handlers.h"
#include "base/log.h"
#include "base/text.h"

namespace qantara::api {

namespace {

/// As published: the seconds that are surely left, of kAccessTokenLife.
constexpr auto kExpiresIn = applications::kAccessTokenLife.count() - 1;
constexpr std::string_view kCustomerScope = "customer.";
/// Many times what any client sends. Each name is looked for among those before it, and nobody has proved anything yet.
constexpr std::size_t kFormNamesMax = 32;

/// A refusal in the words of RFC 6749, section 5.2.
struct Refusal {
  int status;
  std::string_view error;
  std::string_view description;
};
constexpr Refusal kInvalidClient{401, "invalid_client", "client_id and client_secret are not valid"};

http::Response to_response(const Refusal& refusal) {
  json::Writer writer;
  writer.begin_object().member("error", refusal.error).member("error_description", refusal.description).end_object();
  auto response = http::Response::json(refusal.status, std::move(writer).text());
  response.headers.add("Pragma", "no-cache");
  if (refusal.status == 401) response.headers.add("WWW-Authenticate", "Basic realm=\"qantara\"");
  return response;
}

http::Response to_response(const Error& failure, const http::Request& request) {
  if (failure.code == ErrorCode::UNAUTHORIZED) return to_response(kInvalidClient);
  if (failure.code == ErrorCode::RATE_LIMIT_EXCEEDED) {
    auto response = to_response({429, "temporarily_unavailable", "too many credentials were refused: try again later"});
    for (const auto& detail : failure.details) response.headers.add("Retry-After", detail.json);
    return response;
  }
  log::error("request failed",
             {{"request_id", request.request_id}, {"code", to_text(failure.code)}, {"cause", failure.cause}});
  auto response = to_response({503, "temporarily_unavailable", "the gateway cannot take this request now: try again"});
  response.headers.add("Retry-After", "1");
  return response;
}

/// Percent-decoded, '+' for a blank (application/x-www-form-urlencoded).
std::optional<std::string> form_decode(std::string_view text) {
  std::string blanks{text};
  std::ranges::replace(blanks, '+', ' ');
  return http::percent_decode(blanks);
}

using Form = std::vector<std::pair<std::string, std::string>>;

/// Nothing for what cannot be decoded, where a name stands twice (RFC 6749, section 3.2), and beyond kFormNamesMax. What has no
/// value counts as absent.
std::optional<Form> parse_form(std::string_view body) {
  Form form;
  while (!body.empty()) {
    const auto end = std::min(body.find('&'), body.size());
    const auto pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = form_decode(pair.substr(0, equals));
    auto value = form_decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return std::nullopt;
    if (value->empty()) continue;
    if (form.size() == kFormNamesMax) return std::nullopt;
    if (std::ranges::find(form, *name, &Form::value_type::first) != form.end()) return std::nullopt;
    form.emplace_back(*std::move(name), *std::move(value));
  }
  return form;
}

std::string value_of(const Form& form, std::string_view name) {
  const auto found = std::ranges::find(form, name, &Form::value_type::first);
  return found == form.end() ? std::string{} : found->second;
}

bool is_form(const http::Request& request) {
  const auto type = request.headers.value_or("content-type", "");
  return equals_ignoring_case(trim(type.substr(0, type.find(';'))), "application/x-www-form-urlencoded");
}

struct Client {
  std::string id;
  Secret secret;
};

/// From `Authorization: Basic` or from the form, never from both (RFC 6749, section 2.3).
std::expected<Client, Refusal> read_client(const http::Request& request, const Form& form) {
  Client client{.id = value_of(form, "client_id"), .secret = Secret{value_of(form, "client_secret")}};
  const auto* const authorization = request.headers.find("authorization");
  if (authorization == nullptr) return client;
  constexpr std::string_view kScheme = "Basic ";
  const std::string_view text{*authorization};
  if (!equals_ignoring_case(text.substr(0, kScheme.size()), kScheme)) return std::unexpected(kInvalidClient);
  const auto decoded = from_base64(trim(text.substr(kScheme.size()))).value_or("");
  const auto colon = decoded.find(':');
  if (colon == std::string::npos) return std::unexpected(kInvalidClient);
  const auto id = form_decode(std::string_view{decoded}.substr(0, colon));
  auto secret = form_decode(std::string_view{decoded}.substr(colon + 1));
  if (!id || !secret) return std::unexpected(kInvalidClient);
  if (!client.secret.empty() || (!client.id.empty() && client.id != *id))
    return std::unexpected(Refusal{400, "invalid_request", "authenticate in one way: by header or by form"});
  return Client{.id = *id, .secret = Secret{*std::move(secret)}};
}

/// The customer in `customer.<id>`; nothing for `api`.
std::expected<std::optional<CustomerId>, Refusal> read_scope(std::string_view text) {
  if (text == "api") return std::nullopt;
  const auto customer =
      text.starts_with(kCustomerScope) ? CustomerId::parse(text.substr(kCustomerScope.size())) : std::nullopt;
  if (!customer) {
    return std::unexpected(
        Refusal{400, "invalid_scope", "scope must be api, or customer. and the id of one of your customers"});
  }
  return customer;
}

std::string metadata_json(std::string_view issuer) {
  const std::string base{issuer};
  const auto words = [](json::Writer& writer, std::string_view name, std::initializer_list<std::string_view> values) {
    writer.name(name).begin_array();
    for (const auto value : values) writer.string(value);
    writer.end_array();
  };
  json::Writer writer;
  writer.begin_object()
      .member("issuer", issuer)
      .member("token_endpoint", base + "/oauth2/token")
      .member("jwks_uri", base + "/oauth2/jwks")
      .member("service_documentation", base + "/docs");
  words(writer, "grant_types_supported", {"client_credentials"});
  words(writer, "token_endpoint_auth_methods_supported", {"client_secret_basic", "client_secret_post"});
  words(writer, "scopes_supported", {"api", "customer.<customer_id>"});
  words(writer, "response_types_supported", {});
  words(writer, "subject_types_supported", {"public"});
  words(writer, "id_token_signing_alg_values_supported", {"RS256"});
  writer.end_object();
  return std::move(writer).text();
}

}  // namespace

// POST /oauth2/token · 200 the token · 400 invalid_request, unsupported_grant_type, invalid_scope · 401 invalid_client · 429
Task<HandlerResult> issue_access_token(const http::Request& request, const Services& services) {
  const auto form = is_form(request) ? parse_form(request.body) : std::nullopt;
  if (!form) {
    co_return to_response({400, "invalid_request",
                           "the body must be application/x-www-form-urlencoded, at most 32 names, each of them once"});
  }
  auto client = read_client(request, *form);
  if (!client) co_return to_response(client.error());
  const auto application = co_await services.access.authenticate_client(request, client->id, std::move(client->secret));
  if (!application) co_return to_response(application.error(), request);

  const auto grant = value_of(*form, "grant_type");
  if (grant.empty()) co_return to_response({400, "invalid_request", "grant_type must be client_credentials"});
  if (grant != "client_credentials")
    co_return to_response({400, "unsupported_grant_type", "grant_type must be client_credentials"});
  const auto scope = value_of(*form, "scope");
  auto customer = read_scope(scope);
  if (customer && *customer) {
    const auto found = co_await services.database.read(
        [&](db::Transaction& tx) { return services.customers.get(tx, *application, **customer); });
    // Another application's customer is one that does not exist.
    if (!found && found.error().code == ErrorCode::UNKNOWN_CUSTOMER) customer = read_scope("");
    if (!found && customer) co_return to_response(found.error(), request);
  }
  if (!customer) co_return to_response(customer.error());

  const auto token = co_await services.access.issue(*application, *customer);
  if (!token) co_return to_response(token.error(), request);
  json::Writer writer;
  writer.begin_object()
      .member("access_token", *token)
      .member("scope", scope)
      .member("token_type", "Bearer")
      .member("expires_in", static_cast<std::int64_t>(kExpiresIn))
      .end_object();
  auto response = http::Response::json(200, std::move(writer).text());
  response.headers.add("Pragma", "no-cache");
  co_return response;
}

// GET /oauth2/jwks · 200 the keys (RFC 7517)
Task<HandlerResult> get_jwks(const http::Request&, const Services& services) {
  CO_ASSIGN_OR_RETURN(auto keys, co_await services.access.jwks());
  co_return http::Response::json(200, std::move(keys));
}

// GET /.well-known/openid-configuration, /.well-known/oauth-authorization-server · 200 what there is, and where (RFC 8414)
Task<HandlerResult> get_oauth_metadata(const http::Request&, const Services& services) {
  co_return http::Response::json(200, metadata_json(services.access.issuer()));
}

}  // namespace qantara::api
