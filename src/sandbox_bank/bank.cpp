#include "sandbox_bank/bank.h"

#include <array>
#include <expected>
#include <variant>

#include "base/log.h"
#include "base/text.h"
#include "sandbox_bank/admin.h"
#include "sandbox_bank/authorisation_store.h"
#include "sandbox_bank/beneficiaries.h"
#include "sandbox_bank/clock_store.h"
#include "sandbox_bank/consents.h"
#include "sandbox_bank/ledger.h"
#include "sandbox_bank/pages.h"
#include "sandbox_bank/payments.h"
#include "sandbox_bank/scenarios.h"
#include "sandbox_bank/visits.h"
#include "sandbox_bank/wire.h"

namespace qantara::sandbox_bank {

namespace {

constexpr Duration kSlowness = std::chrono::milliseconds{1500};
constexpr std::string_view kMaintenanceRetryAfter = "600";

using enum http::Method;

struct OperationRow {
  http::Method method;
  std::string_view pattern;
  CallKind kind;
  UseCase use_case;
};
constexpr auto kOperations = std::to_array<OperationRow>({
    {POST, "/v1/consents", CallKind::create_consent, create_consent},
    {GET, "/v1/consents/{consent_id}", CallKind::consent_status, get_consent},
    {DELETE, "/v1/consents/{consent_id}", CallKind::consent_status, delete_consent},
    {GET, "/v1/consents/{consent_id}/status", CallKind::consent_status, get_consent_status},
    {POST, "/v1/consents/{consent_id}/authorisations", CallKind::authorise_consent, sign_in},
    {PUT, "/v1/consents/{consent_id}/authorisations/{authorisation_id}", CallKind::authorise_consent,
     authorise_consent},
    {GET, "/v1/consents/{consent_id}/authorisations/{authorisation_id}", CallKind::authorisation_status,
     consent_sca_status},
    {GET, "/v1/accounts", CallKind::accounts, get_accounts},
    {POST, "/v1/beneficiaries", CallKind::create_beneficiary, create_beneficiary},
    {GET, "/v1/beneficiaries/{beneficiary_id}", CallKind::beneficiary_status, get_beneficiary},
    {PUT, "/v1/beneficiaries/{beneficiary_id}/authorisations/{authorisation_id}", CallKind::authorise_beneficiary,
     authorise_beneficiary},
    {GET, "/v1/beneficiaries/{beneficiary_id}/authorisations/{authorisation_id}", CallKind::authorisation_status,
     beneficiary_sca_status},
    {POST, "/v1/payments/{product}", CallKind::create_payment, create_payment},
    {GET, "/v1/payments/{product}/{payment_id}", CallKind::payment_status, get_payment},
    {DELETE, "/v1/payments/{product}/{payment_id}", CallKind::cancel_payment, cancel_payment},
    {GET, "/v1/payments/{product}/{payment_id}/status", CallKind::payment_status, get_payment_status},
    {POST, "/v1/payments/{product}/{payment_id}/authorisations", CallKind::start_payment_authorisation,
     start_payment_authorisation},
    {PUT, "/v1/payments/{product}/{payment_id}/authorisations/{authorisation_id}", CallKind::authorise_payment,
     authorise_payment},
    {GET, "/v1/payments/{product}/{payment_id}/authorisations/{authorisation_id}", CallKind::authorisation_status,
     payment_sca_status},
});

struct ErrandRow {
  http::Method method;
  std::string_view pattern;
  Errand errand;
};
constexpr auto kErrands = std::to_array<ErrandRow>({
    {GET, "/_admin/clock", get_clock},
    {GET, "/_admin/ledger", get_ledger},
    {GET, "/_admin/users", get_users},
    {POST, "/_admin/users/{username}/unlock", unlock_user},
    {POST, "/_admin/users/{username}/end-sessions", end_user_sessions},
    {POST, "/_admin/scenarios", create_scenario},
    {GET, "/_admin/scenarios", get_scenarios},
    {DELETE, "/_admin/scenarios", clear_scenarios},
    {GET, "/_admin/approvals", get_approvals},
    {POST, "/_admin/approvals/{authorisation_id}", decide_approval},
    {GET, "/", show_landing},
    {GET, "/ledger", show_ledger},
    {GET, "/app", show_app},
    {GET, "/app/{authorisation_id}", show_approval},
    {POST, "/app/{authorisation_id}/approve", approve_in_app},
    {POST, "/app/{authorisation_id}/deny", deny_in_app},
    {GET, "/authorise/{authorisation_id}", show_visit},
    {POST, "/authorise/{authorisation_id}/sign-in", sign_in_on_page},
    {POST, "/authorise/{authorisation_id}/approve", approve_on_page},
    {POST, "/authorise/{authorisation_id}/refuse", refuse_on_page},
});

bool is_json(const http::Request& request) {
  const auto type = request.headers.value_or("Content-Type", "");
  return equals_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json");
}

http::Response not_json() { return refuse(415, "FORMAT_ERROR", "Content-Type: application/json is needed."); }

/// What XS2A asks of every request, before anything is looked up.
std::expected<json::Value, http::Response> read_call(CallKind kind, const http::Request& request) {
  const auto request_id = request.headers.value_or("X-Request-ID", "");
  if (request_id.size() != 36 || !Uuid::parse(request_id))
    return std::unexpected{format_error("X-Request-ID: a UUID.")};
  const bool creates =
      kind == CallKind::create_consent || kind == CallKind::create_beneficiary || kind == CallKind::create_payment;
  if (creates && !is_ipv4(request.headers.value_or("PSU-IP-Address", ""))) {
    return std::unexpected{format_error("PSU-IP-Address: an IPv4 address.")};
  }
  if (request.body.empty()) return json::Value{};
  if (!is_json(request)) return std::unexpected{not_json()};
  auto body = json::parse(request.body);
  if (!body) return std::unexpected{format_error(body.error().message)};
  return *std::move(body);
}

http::Response unavailable() {
  auto response = refuse(503, "SERVICE_UNAVAILABLE", "The bank cannot answer now.");
  response.headers.set("Retry-After", "1");
  return response;
}

/// A fault of ours, told without details.
http::Response fault(const Error& error) {
  log::error("sandbox bank: " + error.message, {{"cause", error.cause}});
  return unavailable();
}

struct Served {
  http::Response response;
  Duration delay{};
};

/// One call in one transaction: bank time catches up, then the call has its effect, then a scenario may harm the answer.
Result<Served> serve_call(db::Transaction& tx, const Call& call, UseCase use_case) {
  RETURN_IF_ERROR(catch_up(tx, call.now, call.dice));
  ASSIGN_OR_RETURN(const auto scenario, take(tx, Moment::answer, call));
  const auto strikes = [&](Effect effect) { return scenario && scenario->what() == effect; };
  if (strikes(Effect::status_503)) return Served{unavailable()};
  if (strikes(Effect::consent_lapsed)) return Served{refuse(401, "CONSENT_EXPIRED", "The consent has expired.")};
  if (strikes(Effect::request_lost)) return Served{{.delivery = http::Response::Delivery::NOTHING}};
  ASSIGN_OR_RETURN(auto response, use_case(tx, call));
  if (strikes(Effect::status_503_after_effect)) return Served{unavailable()};
  if (strikes(Effect::answer_lost)) response.delivery = http::Response::Delivery::NOTHING;
  if (strikes(Effect::answer_cut)) response.delivery = http::Response::Delivery::HALF;
  return Served{std::move(response), strikes(Effect::answer_late) ? *scenario->duration : Duration::zero()};
}

}  // namespace

Bank::Bank(Parts parts) : parts_(parts), clock_(parts.real_clock) { add_routes(); }

void Bank::add_routes() {
  for (const House& house : houses()) {
    for (const OperationRow& row : kOperations) {
      const Operation operation{row.kind, row.use_case};
      router_.add(row.method, std::string{house.prefix}.append(row.pattern),
                  [this, &house, operation](const http::Request& request) { return serve(house, operation, request); });
    }
  }
  for (const ErrandRow& row : kErrands) {
    router_.add(row.method, row.pattern,
                [this, errand = row.errand](const http::Request& request) { return serve_errand(errand, request); });
  }
  router_.add(GET, "/healthz",
              [](const http::Request&) -> Task<http::Response> { co_return http::Response::text(200, "ok\n"); });
  router_.add(GET, "/style.css", [](const http::Request&) -> Task<http::Response> { co_return stylesheet(); });
  router_.add(PUT, "/_admin/clock", [this](const http::Request& request) { return put_clock(request); });
}

Task<Result<void>> Bank::prepare() {
  const Instant now = parts_.real_clock.now();
  const auto work = [&](db::Transaction& tx) -> Result<Duration> {
    for (const TestUser& user : test_users()) RETURN_IF_ERROR(insert_user(tx, user.username));
    ASSIGN_OR_RETURN(const auto offset, clock_offset(tx));
    RETURN_IF_ERROR(open_accounts(tx, now + offset));
    return offset;
  };
  const auto offset = co_await parts_.database.write(work);
  if (!offset) co_return offset.error();
  clock_.set_offset(*offset);
  co_return Result<void>{};
}

Task<http::Response> Bank::answer(const http::Request& request) {
  auto response = co_await dispatch(request);
  if (const std::string* id = request.headers.find("X-Request-ID")) response.headers.set("X-Request-ID", *id);
  co_return response;
}

Task<http::Response> Bank::dispatch(const http::Request& request) {
  const auto found = router_.find(request.method, request.path);
  if (const auto* other = std::get_if<http::Router::NoSuchMethod>(&found)) {
    auto refusal = refuse(405, "SERVICE_INVALID", "This address knows other methods.");
    refusal.headers.set("Allow", other->allow);
    co_return refusal;
  }
  const auto* match = std::get_if<http::Router::Match>(&found);
  if (match == nullptr) co_return unknown_resource();
  http::Request routed = request;
  routed.path_parameters = match->path_parameters;
  const http::Handler& handler = *match->handler;
  auto response = co_await handler(routed);
  co_return response;
}

Visit Bank::visit(const http::Request& request, json::Value body) {
  std::array<std::byte, 16> secret{};
  parts_.random.fill(secret);
  return {.request = request,
          .body = std::move(body),
          .now = clock_.now(),
          .dice = parts_.random.below(100),
          .secret = to_hex(secret)};
}

Task<http::Response> Bank::serve(const House& house, Operation operation, const http::Request& request) {
  if (house.temper == House::Temper::CLOSED) {
    auto response = refuse(503, "SERVICE_BLOCKED", "The bank is closed for maintenance.");
    response.headers.set("Retry-After", kMaintenanceRetryAfter);
    co_return response;
  }
  auto body = read_call(operation.kind, request);
  if (!body) co_return std::move(body).error();
  CallKind kind = operation.kind;
  if (kind == CallKind::authorise_payment && body->find("authenticationMethodId") != nullptr)
    kind = CallKind::choose_method;

  const Call call{visit(request, *std::move(body)), kind, house, Uuid::make(clock_, parts_.random),
                  Uuid::make(clock_, parts_.random)};
  const auto work = [&](db::Transaction& tx) { return serve_call(tx, call, operation.use_case); };
  auto served = co_await parts_.database.write(work);
  if (!served) co_return fault(served.error());
  Duration delay = served->delay;
  if (house.temper == House::Temper::SLOW) delay += kSlowness;
  if (delay > Duration::zero()) co_await wait(delay);
  co_return std::move(served->response);
}

Task<http::Response> Bank::serve_errand(Errand errand, const http::Request& request) {
  const bool admin = request.path.starts_with("/_admin/");
  const bool writes = request.method == POST || request.method == PUT;
  if (admin && writes && !is_json(request)) co_return not_json();
  json::Value body;
  if (admin && !request.body.empty()) {
    auto parsed = json::parse(request.body);
    if (!parsed) co_return format_error(parsed.error().message);
    body = *std::move(parsed);
  }
  const Visit here = visit(request, std::move(body));
  const auto work = [&](db::Transaction& tx) -> Result<http::Response> {
    RETURN_IF_ERROR(catch_up(tx, here.now, here.dice));
    return errand(tx, here);
  };
  auto response = co_await parts_.database.write(work);
  if (!response) co_return fault(response.error());
  co_return *std::move(response);
}

// PUT /_admin/clock {"offset_micros":N} · 200 · 400 · 409 if it would go back. Durable first; then everything that fell due.
Task<http::Response> Bank::put_clock(const http::Request& request) {
  if (!is_json(request)) co_return not_json();
  const auto body = json::parse(request.body);
  const auto offset = body ? read_offset(*body) : std::nullopt;
  if (!offset) co_return format_error("offset_micros: a whole number of microseconds.");
  const Instant now = parts_.real_clock.now() + *offset;
  const std::uint64_t dice = parts_.random.below(100);
  const auto work = [&](db::Transaction& tx) -> Result<bool> {
    ASSIGN_OR_RETURN(const bool advanced, advance_clock(tx, *offset));
    if (advanced) RETURN_IF_ERROR(catch_up(tx, now, dice));
    return advanced;
  };
  const auto advanced = co_await parts_.database.write(work);
  if (!advanced) co_return fault(advanced.error());
  if (!*advanced) co_return wrong_status("The bank's clock does not go back.");
  if (*offset > clock_.offset()) clock_.set_offset(*offset);
  co_return http::Response::json(200, clock_json(clock_.now(), *offset));
}

Task<void> Bank::wait(Duration time) {
  const auto bell = parts_.timers.make_bell();
  const Instant until = parts_.real_clock.now() + time;
  co_await bell->wait_until(until);
}

}  // namespace qantara::sandbox_bank
