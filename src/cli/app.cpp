#include "cli/app.h"

#include <array>
#include <utility>

#include "cli/gateway.h"
#include "cli/json_text.h"
#include "cli/masked_json.h"

namespace qantara::cli {

namespace {

int show_origins(Context& context, const json::Value& origins) {
  for (const auto& row : origins.items()) {
    if (context.output == Output::JSON) {
      context.out.json(masked_json(row));
    } else {
      context.out.line(context.out.verbatim(text_of(row, "origin")));
    }
  }
  if (origins.items().empty()) {
    context.err.hang(
        "none  ", "Pages of this machine (localhost, 127.0.0.0/8) may frame the hosted flow of a sandbox, others not.");
  }
  return kDone;
}

}  // namespace

Task<int> app_create(Context& context, AppCreateOptions options) {
  json::Writer request;
  request.begin_object().member("name", options.name).member("mode", options.mode);
  if (!options.webhook_url.empty()) request.member("webhook_url", options.webhook_url);
  request.name("origins").begin_array();
  for (const auto& origin : options.origins) request.string(origin);
  request.end_array().end_object();

  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto created = co_await gateway.call(http::Method::POST, "/admin/v1/applications", request.text());
  if (!created) co_return tell(context, created.error());
  if (context.output == Output::JSON) {
    context.out.json(masked_json(*created));
    co_return kDone;
  }
  auto& out = context.out;
  constexpr auto kFacts =
      std::to_array<std::string_view>({"name", "mode", "app_token", "client_id", "client_secret", "webhook_secret"});
  for (const auto name : kFacts) {
    const auto value = text_of(*created, name);
    if (!value.empty()) out.fact(name, out.verbatim(value));
  }
  context.err.hang("store them now  ", "The secrets are not shown again.");
  co_return kDone;
}

Task<int> app_list(Context& context, AppListOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto answer = co_await gateway.call(http::Method::GET, "/admin/v1/applications");
  if (!answer) co_return tell(context, answer.error());
  if (!answer->is(json::Kind::ARRAY) || answer->items().empty()) {
    context.err.hang("none yet  ", "qantara app create --name NAME makes the first.");
    co_return kDone;
  }
  auto& out = context.out;
  for (const auto& application : answer->items()) {
    if (context.output == Output::JSON) {
      out.json(masked_json(application));
      continue;
    }
    // The token whole: it is what other verbs want to be given.
    auto lead = out.verbatim(text_of(application, "app_token")) + "  " + padded(text_of(application, "mode"), 8, 2);
    const auto destination = text_of(application, "default_destination_id");
    const auto pays_to = destination.empty() ? std::string("no destination yet") : "pays to " + out.id(destination);
    out.hang(lead, out.verbatim(text_of(application, "name")) + ", " + pays_to);
  }
  co_return kDone;
}

Task<int> app_origin_add(Context& context, AppOriginOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  json::Writer wanted;
  wanted.begin_object().member("app_token", *app_token).member("origin", options.origin).end_object();
  const auto origins = co_await gateway.call(http::Method::POST, "/admin/v1/origins", wanted.text());
  if (!origins) co_return tell(context, origins.error());
  co_return show_origins(context, *origins);
}

Task<int> app_origin_list(Context& context, AppOriginOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  const auto path = "/admin/v1/origins?app_token=" + http::percent_encode(*app_token);
  const auto origins = co_await gateway.call(http::Method::GET, path);
  if (!origins) co_return tell(context, origins.error());
  co_return show_origins(context, *origins);
}

Task<int> app_origin_remove(Context& context, AppOriginOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  const auto path = "/admin/v1/origins?app_token=" + http::percent_encode(*app_token) +
                    "&origin=" + http::percent_encode(options.origin);
  const auto origins = co_await gateway.call(http::Method::DELETE, path);
  if (!origins) co_return tell(context, origins.error());
  co_return show_origins(context, *origins);
}

Task<int> destination_default(Context& context, DestinationDefaultOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto path = "/admin/v1/destinations/" + http::percent_encode(options.id) + "/default";
  const auto answer = co_await gateway.call(http::Method::PUT, path);
  if (!answer) co_return tell(context, answer.error());
  auto& out = context.out;
  if (context.output == Output::JSON) {
    out.json(masked_json(*answer));
    co_return kDone;
  }
  out.line(out.symbol(Symbol::OK) + "  " + out.words(text_of(*answer, "name")) +
           " is paid where no other destination is named");
  out.fact("destination", out.words(options.id));
  if (const auto iban = text_of(*answer, "iban"); !iban.empty()) out.fact("iban", masked_account(iban));
  co_return kDone;
}

}  // namespace qantara::cli
