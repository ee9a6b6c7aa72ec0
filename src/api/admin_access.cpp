// The operator's part of access: redirect URLs, client secrets, certificates, secret keys and signing keys.
#include "api/admin.h"
#include "api/body.h"
#include "api/responses.h"

namespace qantara::api {

namespace {

using applications::Certificate;
using applications::SecretKey;
using applications::SecretKeyId;

constexpr MemberRule kAddRedirectUrl[] = {
    {"app_token", MemberType::TEXT, Presence::REQUIRED},
    {"redirect_url", MemberType::TEXT, Presence::REQUIRED},
};
constexpr MemberRule kRotateClientSecret[] = {
    {"app_token", MemberType::TEXT, Presence::REQUIRED},
    {"overlap", MemberType::TEXT, Presence::REQUIRED},
};
constexpr MemberRule kAddCertificate[] = {
    {"app_token", MemberType::TEXT, Presence::REQUIRED},
    {"certificate", MemberType::TEXT, Presence::REQUIRED},
};
constexpr MemberRule kCreateKey[] = {
    {"app_token", MemberType::TEXT, Presence::REQUIRED},
    {"name", MemberType::TEXT, Presence::REQUIRED},
    {"scopes", MemberType::TEXTS},
    {"expires_in"},
};

std::optional<std::string> optional_time(const std::optional<Instant>& instant) {
  return instant ? std::optional{qantara::to_text(*instant)} : std::nullopt;
}

Result<Duration> read_duration(std::string_view text, std::string_view field) {
  if (text == "0") return Duration::zero();
  if (const auto duration = parse_duration(text)) return *duration;
  return field_error(ErrorCode::INVALID_PARAMETERS, std::string{field},
                     std::string{field} + " must be a length of time such as 24h, 90s or 15m");
}

std::string redirect_urls_json(const std::vector<std::string>& urls) {
  return to_json_array(urls, [](json::Writer& writer, const std::string& url) {
    writer.begin_object().member("redirect_url", url).end_object();
  });
}

void write_certificate(json::Writer& writer, const Certificate& certificate) {
  writer.begin_object()
      .member("fingerprint", certificate.facts.fingerprint)
      .member("subject", certificate.facts.subject)
      .member("expires_at", qantara::to_text(certificate.facts.expires_at))
      .member("created_at", qantara::to_text(certificate.created_at))
      .end_object();
}

/// All but the braces.
void write_key(json::Writer& writer, const SecretKey& key) {
  writer.member("id", key.id.to_text()).member("name", key.name).member("hint", key.hint).name("scopes").begin_array();
  for (const auto scope : applications::listed(key.scopes)) writer.string(to_text(scope));
  writer.end_array()
      .member("created_at", qantara::to_text(key.created_at))
      .member("expires_at", optional_time(key.expires_at))
      .member("last_used_at", optional_time(key.last_used_at));
}

/// `read` and `write` stand for every scope of the API that ends so; none at all for the whole of `api`.
Result<applications::ScopeSet> read_key_scopes(const json::Value& body) {
  const auto* const words = body.find("scopes");
  if (words == nullptr || !words->is(json::Kind::ARRAY) || words->items().empty()) return applications::scopes_of_api();
  applications::ScopeSet scopes;
  for (const auto& word : words->items()) {
    if (const auto scope = applications::parse_scope(word.string())) {
      scopes.add(*scope);
    } else if (word.string() == "read" || word.string() == "write") {
      for (const auto one : applications::listed(applications::scopes_of_api())) {
        if (to_text(one).ends_with("." + word.string())) scopes.add(one);
      }
    } else {
      return field_error(
          ErrorCode::INVALID_PARAMETERS, "scopes",
          "scopes must be read, write, or words of the scope api: " + to_text(applications::scopes_of_api()));
    }
  }
  return scopes;
}

}  // namespace

// The three answer with all that are registered then.
Task<Result<http::Response>> Admin::list_redirect_urls(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto application, query_application(request));
  CO_ASSIGN_OR_RETURN(const auto urls, co_await services_.database.read([&](db::Transaction& tx) {
    return services_.applications.redirect_urls(tx, application);
  }));
  co_return http::Response::json(200, redirect_urls_json(urls));
}

Task<Result<http::Response>> Admin::add_redirect_url(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kAddRedirectUrl));
  CO_ASSIGN_OR_RETURN(const auto application, body_id<ApplicationId>(body, "app_token"));
  const auto url = required_text(body, "redirect_url");
  CO_ASSIGN_OR_RETURN(const auto urls,
                      co_await services_.database.write([&](db::Transaction& tx) -> Result<std::vector<std::string>> {
                        RETURN_IF_ERROR(services_.applications.add_redirect_url(tx, application, url));
                        return services_.applications.redirect_urls(tx, application);
                      }));
  co_return http::Response::json(200, redirect_urls_json(urls));
}

Task<Result<http::Response>> Admin::remove_redirect_url(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto application, query_application(request));
  const auto url = request.query_parameter("redirect_url").value_or("");
  CO_ASSIGN_OR_RETURN(const auto urls,
                      co_await services_.database.write([&](db::Transaction& tx) -> Result<std::vector<std::string>> {
                        RETURN_IF_ERROR(services_.applications.remove_redirect_url(tx, application, url));
                        return services_.applications.redirect_urls(tx, application);
                      }));
  co_return http::Response::json(200, redirect_urls_json(urls));
}

Task<Result<http::Response>> Admin::rotate_client_secret(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kRotateClientSecret));
  CO_ASSIGN_OR_RETURN(const auto application, body_id<ApplicationId>(body, "app_token"));
  CO_ASSIGN_OR_RETURN(const auto overlap, read_duration(required_text(body, "overlap"), "overlap"));
  CO_ASSIGN_OR_RETURN(const auto rotated, co_await services_.database.write([&](db::Transaction& tx) {
    return services_.credentials.rotate_client_secret(tx, application, overlap);
  }));
  json::Writer writer;
  writer.begin_object()
      .member("client_id", application.to_text())
      .member("client_secret", rotated.client_secret.reveal())
      .member("older_until", qantara::to_text(rotated.older_until))
      .end_object();
  co_return http::Response::json(200, std::move(writer).text());
}

Task<Result<http::Response>> Admin::list_certificates(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto application, query_application(request));
  CO_ASSIGN_OR_RETURN(const auto bound, co_await services_.database.read([&](db::Transaction& tx) {
    return services_.credentials.certificates(tx, application);
  }));
  co_return http::Response::json(200, to_json_array(bound, write_certificate));
}

Task<Result<http::Response>> Admin::add_certificate(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kAddCertificate));
  CO_ASSIGN_OR_RETURN(const auto application, body_id<ApplicationId>(body, "app_token"));
  const auto pem = required_text(body, "certificate");
  CO_ASSIGN_OR_RETURN(const auto bound,
                      co_await services_.database.write([&](db::Transaction& tx) -> Result<std::vector<Certificate>> {
                        RETURN_IF_ERROR(services_.credentials.add_certificate(tx, application, pem));
                        return services_.credentials.certificates(tx, application);
                      }));
  co_return http::Response::json(200, to_json_array(bound, write_certificate));
}

Task<Result<http::Response>> Admin::remove_certificate(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto application, query_application(request));
  const auto fingerprint = request.query_parameter("fingerprint").value_or("");
  CO_ASSIGN_OR_RETURN(const auto bound,
                      co_await services_.database.write([&](db::Transaction& tx) -> Result<std::vector<Certificate>> {
                        RETURN_IF_ERROR(services_.credentials.remove_certificate(tx, application, fingerprint));
                        return services_.credentials.certificates(tx, application);
                      }));
  co_return http::Response::json(200, to_json_array(bound, write_certificate));
}

Task<Result<http::Response>> Admin::list_keys(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto application, query_application(request));
  CO_ASSIGN_OR_RETURN(const auto keys, co_await services_.database.read([&](db::Transaction& tx) {
    return services_.credentials.keys(tx, application);
  }));
  co_return http::Response::json(200, to_json_array(keys, [](json::Writer& writer, const SecretKey& key) {
                                   writer.begin_object();
                                   write_key(writer, key);
                                   writer.end_object();
                                 }));
}

Task<Result<http::Response>> Admin::create_key(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kCreateKey));
  CO_ASSIGN_OR_RETURN(const auto application, body_id<ApplicationId>(body, "app_token"));
  applications::NewSecretKey wanted{.name = required_text(body, "name")};
  CO_ASSIGN_OR_RETURN(wanted.scopes, read_key_scopes(body));
  if (const auto expires_in = optional_text(body, "expires_in")) {
    CO_ASSIGN_OR_RETURN(wanted.life, read_duration(*expires_in, "expires_in"));
  }
  CO_ASSIGN_OR_RETURN(const auto created, co_await services_.database.write([&](db::Transaction& tx) {
    return services_.credentials.create_key(tx, application, wanted);
  }));
  json::Writer writer;
  writer.begin_object();
  write_key(writer, created.key);
  writer.member("secret_key", created.text.reveal()).end_object();
  co_return http::Response::json(201, std::move(writer).text());
}

Task<Result<http::Response>> Admin::revoke_key(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto application, query_application(request));
  const auto id = path_id<SecretKeyId>(request, "id");
  CO_RETURN_IF_ERROR(co_await services_.database.write(
      [&](db::Transaction& tx) { return services_.credentials.revoke_key(tx, application, id); }));
  co_return http::Response::json(200, "{}");
}

Task<Result<http::Response>> Admin::list_signing_keys(const http::Request&) {
  CO_ASSIGN_OR_RETURN(const auto keys, co_await services_.database.read(
                                           [&](db::Transaction& tx) { return services_.access_tokens.list_keys(tx); }));
  co_return http::Response::json(200,
                                 to_json_array(keys, [](json::Writer& writer, const applications::SigningKeyRow& key) {
                                   writer.begin_object()
                                       .member("id", key.id)
                                       .member("created_at", qantara::to_text(key.created_at))
                                       .member("retired_at", optional_time(key.retired_at))
                                       .end_object();
                                 }));
}

Task<Result<http::Response>> Admin::rotate_signing_key(const http::Request& request) {
  CO_RETURN_IF_ERROR(
      co_await services_.database.write([&](db::Transaction& tx) { return services_.access_tokens.rotate_key(tx); }));
  auto response = co_await list_signing_keys(request);
  co_return response;
}

}  // namespace qantara::api
