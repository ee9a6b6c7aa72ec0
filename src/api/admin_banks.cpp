// The operator's calls about banks.
#include "api/admin.h"
#include "api/body.h"
#include "api/responses.h"
#include "banking/bank_settings.h"

namespace qantara::api {

namespace {

using bank_registry::RegisteredBank;
using bank_registry::Switch;

constexpr MemberRule kSwitchForApplication[] = {
    {"app_token", MemberType::TEXT, Presence::REQUIRED},
    {"bank_identifier", MemberType::TEXT, Presence::REQUIRED},
    {"enabled", MemberType::FLAG, Presence::REQUIRED},
};

void write_registered(json::Writer& writer, const RegisteredBank& row) {
  writer.begin_object()
      .member("identifier", row.bank->identifier)
      .member("name", row.bank->name)
      .member("origin", bank_registry::to_text(row.origin))
      .member("active", row.standing.is_active())
      .member("switched_on", row.standing.is_switched_on)
      .member("health", banking::to_text(row.standing.health));
  writer.member("back_at",
                row.standing.back_at ? std::optional{qantara::to_text(*row.standing.back_at)} : std::nullopt);
  writer.raw_member("settings", banking::settings_json(*row.bank)).end_object();
}

http::Response registered(int status, const RegisteredBank& row) {
  json::Writer writer;
  write_registered(writer, row);
  return http::Response::json(status, std::move(writer).text());
}

}  // namespace

Task<Result<http::Response>> Admin::list_banks(const http::Request&) {
  CO_ASSIGN_OR_RETURN(const auto rows,
                      co_await services_.database.read([&](db::Transaction& tx) { return hooks_.registry.list(tx); }));
  co_return http::Response::json(200, to_json_array(rows, write_registered));
}

Task<Result<http::Response>> Admin::add_bank(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(auto settings, json::parse(request.body, json::Nul::REFUSED));
  CO_ASSIGN_OR_RETURN(const auto added, co_await hooks_.registry.add(std::move(settings)));
  co_return registered(201, added);
}

Task<Result<http::Response>> Admin::remove_bank(const http::Request& request) {
  CO_RETURN_IF_ERROR(co_await hooks_.registry.remove(std::string{request.path_parameter("identifier")}));
  http::Response done;
  done.status = 204;
  co_return done;
}

Task<Result<http::Response>> Admin::enable_bank(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto changed, co_await hooks_.registry.set_switch(
                                              std::string{request.path_parameter("identifier")}, Switch::ON));
  co_return registered(200, changed);
}

Task<Result<http::Response>> Admin::disable_bank(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto changed, co_await hooks_.registry.set_switch(
                                              std::string{request.path_parameter("identifier")}, Switch::OFF));
  co_return registered(200, changed);
}

Task<Result<http::Response>> Admin::test_bank(const http::Request& request) {
  const auto bank = services_.banks.find(request.path_parameter("identifier"));
  if (!bank) co_return error(ErrorCode::UNKNOWN_BANK, "there is no bank with this identifier");
  const auto checks = co_await hooks_.test_bank(*bank);
  co_return http::Response::json(200, to_json_array(checks, [](json::Writer& writer, const connectors::Check& check) {
                                   writer.begin_object()
                                       .member("subject", check.subject)
                                       .member("verdict", connectors::to_text(check.verdict))
                                       .member("found", check.found)
                                       .member("remedy", check.remedy)
                                       .end_object();
                                 }));
}

Task<Result<http::Response>> Admin::switch_bank_for_application(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kSwitchForApplication));
  CO_ASSIGN_OR_RETURN(const auto application, body_id<ApplicationId>(body, "app_token"));
  const auto* const enabled = body.find("enabled");
  auto identifier = required_text(body, "bank_identifier");
  const auto wanted = enabled->boolean() ? Switch::ON : Switch::OFF;
  CO_RETURN_IF_ERROR(co_await hooks_.registry.set_application_switch(application, identifier, wanted));
  json::Writer writer;
  writer.begin_object().member("bank_identifier", identifier).member("enabled", enabled->boolean()).end_object();
  co_return http::Response::json(200, std::move(writer).text());
}

}  // namespace qantara::api
