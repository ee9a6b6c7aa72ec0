#include "cli/access.h"

#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "cli/gateway.h"
#include "cli/json_text.h"
#include "cli/masked_json.h"

namespace qantara::cli {

namespace {

std::string for_application(std::string_view path, std::string_view app_token) {
  return std::string{path} + "?app_token=" + http::percent_encode(app_token);
}

/// One line for each, `show` of it where people read.
template <class Show>
int show_list(Context& context, const json::Value& list, Show show, std::string_view none) {
  for (const auto& row : list.items()) {
    if (context.output == Output::JSON) {
      context.out.json(masked_json(row));
    } else {
      show(row);
    }
  }
  if (list.items().empty()) context.err.hang("none  ", none);
  return kDone;
}

std::string date_of(const Terminal& out, const json::Value& row, std::string_view name) {
  const auto instant = parse_instant(text_of(row, name));
  return instant ? out.date_and_time(*instant) : std::string{};
}

int show_redirect_urls(Context& context, const json::Value& urls) {
  return show_list(
      context, urls,
      [&](const json::Value& row) { context.out.line(context.out.verbatim(text_of(row, "redirect_url"))); },
      "A sandbox sends payers back to this machine and to its origins, live to nowhere.");
}

int show_certificates(Context& context, const json::Value& certificates) {
  auto& out = context.out;
  return show_list(
      context, certificates,
      [&](const json::Value& row) {
        out.line(out.verbatim(text_of(row, "fingerprint")));
        out.fact("  subject", out.words(text_of(row, "subject")));
        out.fact("  expires", date_of(out, row, "expires_at"));
      },
      "Without one a live application's token opens nothing.");
}

void show_key(Context& context, const json::Value& key) {
  auto& out = context.out;
  std::string scopes;
  for (const auto& scope : items_of(key, "scopes")) scopes += (scopes.empty() ? "" : " ") + scope.string();
  out.line(out.verbatim(text_of(key, "id")));
  out.fact("  name", out.words(text_of(key, "name")));
  out.fact("  begins", out.verbatim(text_of(key, "hint")));
  out.fact("  scopes", out.words(scopes));
  const auto expires = date_of(out, key, "expires_at");
  out.fact("  expires", expires.empty() ? "never" : expires);
  const auto used = date_of(out, key, "last_used_at");
  out.fact("  used", used.empty() ? "not yet" : used + " (to the hour)");
}

int show_signing_keys(Context& context, const json::Value& keys) {
  auto& out = context.out;
  return show_list(
      context, keys,
      [&](const json::Value& row) {
        const auto retired = date_of(out, row, "retired_at");
        out.hang(out.verbatim(text_of(row, "id")) + "  ",
                 retired.empty() ? "signs since " + date_of(out, row, "created_at")
                                 : "retired " + retired + "; its last token ends an hour later");
      },
      "The first access token makes the first.");
}

}  // namespace

Task<int> app_redirect_add(Context& context, AppRedirectOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  json::Writer wanted;
  wanted.begin_object().member("app_token", *app_token).member("redirect_url", options.url).end_object();
  const auto urls = co_await gateway.call(http::Method::POST, "/admin/v1/redirect-urls", wanted.text());
  if (!urls) co_return tell(context, urls.error());
  co_return show_redirect_urls(context, *urls);
}

Task<int> app_redirect_list(Context& context, AppRedirectOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  const auto path = for_application("/admin/v1/redirect-urls", *app_token);
  const auto urls = co_await gateway.call(http::Method::GET, path);
  if (!urls) co_return tell(context, urls.error());
  co_return show_redirect_urls(context, *urls);
}

Task<int> app_redirect_remove(Context& context, AppRedirectOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  const auto path =
      for_application("/admin/v1/redirect-urls", *app_token) + "&redirect_url=" + http::percent_encode(options.url);
  const auto urls = co_await gateway.call(http::Method::DELETE, path);
  if (!urls) co_return tell(context, urls.error());
  co_return show_redirect_urls(context, *urls);
}

Task<int> app_secret_rotate(Context& context, AppSecretOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  json::Writer wanted;
  wanted.begin_object().member("app_token", *app_token).member("overlap", options.overlap).end_object();
  const auto rotated = co_await gateway.call(http::Method::POST, "/admin/v1/client-secrets/rotate", wanted.text());
  if (!rotated) co_return tell(context, rotated.error());
  auto& out = context.out;
  if (context.output == Output::JSON) {
    out.json(masked_json(*rotated));
    co_return kDone;
  }
  out.fact("client_id", out.verbatim(text_of(*rotated, "client_id")));
  out.fact("client_secret", out.verbatim(text_of(*rotated, "client_secret")));
  out.fact("older until", date_of(out, *rotated, "older_until"));
  context.err.hang("store it now  ", "The secret is not shown again.");
  co_return kDone;
}

Task<int> app_certificate_add(Context& context, AppCertificateOptions options) {
  std::ifstream in{options.file};
  const std::string pem{std::istreambuf_iterator<char>{in}, {}};
  if (!in) {
    co_return tell(context, refusal("The file " + options.file.native() + " cannot be read.",
                                    "a certificate in PEM: -----BEGIN CERTIFICATE-----"));
  }
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  json::Writer wanted;
  wanted.begin_object().member("app_token", *app_token).member("certificate", pem).end_object();
  const auto certificates = co_await gateway.call(http::Method::POST, "/admin/v1/certificates", wanted.text());
  if (!certificates) co_return tell(context, certificates.error());
  co_return show_certificates(context, *certificates);
}

Task<int> app_certificate_list(Context& context, AppCertificateOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  const auto path = for_application("/admin/v1/certificates", *app_token);
  const auto certificates = co_await gateway.call(http::Method::GET, path);
  if (!certificates) co_return tell(context, certificates.error());
  co_return show_certificates(context, *certificates);
}

Task<int> app_certificate_remove(Context& context, AppCertificateOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  const auto path = for_application("/admin/v1/certificates", *app_token) +
                    "&fingerprint=" + http::percent_encode(options.fingerprint);
  const auto certificates = co_await gateway.call(http::Method::DELETE, path);
  if (!certificates) co_return tell(context, certificates.error());
  co_return show_certificates(context, *certificates);
}

Task<int> app_key_create(Context& context, AppKeyOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  json::Writer wanted;
  wanted.begin_object().member("app_token", *app_token).member("name", options.name).name("scopes").begin_array();
  for (const auto& scope : options.scopes) wanted.string(scope);
  wanted.end_array();
  if (!options.expires_in.empty()) wanted.member("expires_in", options.expires_in);
  wanted.end_object();
  const auto key = co_await gateway.call(http::Method::POST, "/admin/v1/keys", wanted.text());
  if (!key) co_return tell(context, key.error());
  if (context.output == Output::JSON) {
    context.out.json(masked_json(*key));
    co_return kDone;
  }
  show_key(context, *key);
  context.out.fact("  secret_key", context.out.verbatim(text_of(*key, "secret_key")));
  context.err.hang("store it now  ", "The key is not shown again. It goes into Authorization: Bearer.");
  co_return kDone;
}

Task<int> app_key_list(Context& context, AppKeyOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  const auto path = for_application("/admin/v1/keys", *app_token);
  const auto keys = co_await gateway.call(http::Method::GET, path);
  if (!keys) co_return tell(context, keys.error());
  co_return show_list(
      context, *keys, [&](const json::Value& key) { show_key(context, key); },
      "qantara app key create --name NAME makes the first.");
}

Task<int> app_key_revoke(Context& context, AppKeyOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  const auto path = for_application("/admin/v1/keys/" + http::percent_encode(options.id), *app_token);
  const auto revoked = co_await gateway.call(http::Method::DELETE, path);
  if (!revoked) co_return tell(context, revoked.error());
  if (context.output == Output::JSON) {
    context.out.json(masked_json(*revoked));
  } else {
    context.out.line(context.out.symbol(Symbol::OK) + "  The key opens nothing any more.");
  }
  co_return kDone;
}

Task<int> signing_key_list(Context& context, SigningKeyOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto keys = co_await gateway.call(http::Method::GET, "/admin/v1/signing-keys");
  if (!keys) co_return tell(context, keys.error());
  co_return show_signing_keys(context, *keys);
}

Task<int> signing_key_rotate(Context& context, SigningKeyOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto keys = co_await gateway.call(http::Method::POST, "/admin/v1/signing-keys/rotate", "{}");
  if (!keys) co_return tell(context, keys.error());
  co_return show_signing_keys(context, *keys);
}

}  // namespace qantara::cli
