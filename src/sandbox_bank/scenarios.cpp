#include "sandbox_bank/scenarios.h"

#include <algorithm>
#include <array>

#include "sandbox_bank/scenario_store.h"
#include "sandbox_bank/users.h"

namespace qantara::sandbox_bank {

namespace {

struct CallRow {
  CallKind kind;
  std::string_view name;
};
constexpr auto kCalls = std::to_array<CallRow>({
    {CallKind::create_consent, "create_consent"},
    {CallKind::authorise_consent, "authorise_consent"},
    {CallKind::consent_status, "consent_status"},
    {CallKind::accounts, "accounts"},
    {CallKind::create_beneficiary, "create_beneficiary"},
    {CallKind::authorise_beneficiary, "authorise_beneficiary"},
    {CallKind::beneficiary_status, "beneficiary_status"},
    {CallKind::create_payment, "create_payment"},
    {CallKind::start_payment_authorisation, "start_payment_authorisation"},
    {CallKind::choose_method, "choose_method"},
    {CallKind::authorise_payment, "authorise_payment"},
    {CallKind::authorisation_status, "authorisation_status"},
    {CallKind::payment_status, "payment_status"},
    {CallKind::cancel_payment, "cancel_payment"},
});

enum class Need { NONE, OPTIONAL, REQUIRED };

// One row for each thing that can go wrong. `parameter` holds a length of time.
struct EffectRow {
  Effect effect;
  std::string_view name;
  Moment moment;
  Need need;
  std::string_view parameter;
};
constexpr auto kEffects = std::to_array<EffectRow>({
    {Effect::answer_lost, "answer_lost", Moment::answer, Need::NONE, ""},
    {Effect::request_lost, "request_lost", Moment::answer, Need::NONE, ""},
    {Effect::answer_late, "answer_late", Moment::answer, Need::REQUIRED, "delay_ms"},
    {Effect::answer_cut, "answer_cut", Moment::answer, Need::NONE, ""},
    {Effect::status_503, "status_503", Moment::answer, Need::NONE, ""},
    {Effect::status_503_after_effect, "status_503_after_effect", Moment::answer, Need::NONE, ""},
    {Effect::consent_lapsed, "consent_lapsed", Moment::answer, Need::NONE, ""},
    {Effect::unknown_status_word, "unknown_status_word", Moment::status_word, Need::NONE, ""},
    {Effect::rejected, "rejected", Moment::execution, Need::OPTIONAL, "after"},
    {Effect::accepted_without_reference, "accepted_without_reference", Moment::execution, Need::OPTIONAL, "for"},
    {Effect::held, "held", Moment::execution, Need::REQUIRED, "for"},
    {Effect::approval_after, "approval_after", Moment::app_request, Need::REQUIRED, "after"},
    {Effect::denial_after, "denial_after", Moment::app_request, Need::REQUIRED, "after"},
});

/// The moment at which `row` strikes when it is ordered for `call`; nothing if the two do not go together.
std::optional<Moment> moment_of(const EffectRow& row, std::string_view call) {
  const bool about_payee = call == "create_beneficiary" || call == "authorise_beneficiary";
  const bool about_payment = call == "create_payment" || call == "start_payment_authorisation" ||
                             call == "choose_method" || call == "authorise_payment" || call == "any";
  switch (row.moment) {
    case Moment::answer:
      return Moment::answer;
    case Moment::status_word:
      return call == "payment_status" || call == "any" ? std::optional{Moment::status_word} : std::nullopt;
    case Moment::listing:
    case Moment::execution:
      if (row.effect == Effect::rejected && about_payee) return Moment::listing;
      return about_payment ? std::optional{Moment::execution} : std::nullopt;
    case Moment::app_request:
      return about_payment ? std::optional{Moment::app_request} : std::nullopt;
  }
  return std::nullopt;
}

/// A length of time: milliseconds as a number, or text such as "2h".
std::optional<Duration> read_duration(const json::Value& value) {
  if (value.is(json::Kind::STRING)) return parse_duration(value.string());
  const auto milliseconds = value.is(json::Kind::NUMBER) ? value.integer() : std::nullopt;
  if (!milliseconds || *milliseconds < 0 || *milliseconds > 1'000'000'000) return std::nullopt;
  return std::chrono::milliseconds{*milliseconds};
}

/// The whole number at `name` between 1 and `maximum`, or `fallback` where there is none; nothing for anything else.
std::optional<std::int64_t> read_count(const json::Value& body, std::string_view name, std::int64_t fallback,
                                       std::int64_t maximum) {
  const json::Value* value = body.find(name);
  if (value == nullptr) return fallback;
  const auto number = value->is(json::Kind::NUMBER) ? value->integer() : std::nullopt;
  if (!number || *number < 1 || *number > maximum) return std::nullopt;
  return number;
}

Result<std::optional<Scenario>> first_of(db::Transaction& tx, const std::vector<Scenario>& open, std::string_view call,
                                         std::string_view username, std::uint64_t dice) {
  for (const Scenario& scenario : open) {
    if (!call.empty() && scenario.call != "any" && scenario.call != call) continue;
    if (scenario.username && *scenario.username != username) continue;
    if (static_cast<std::uint64_t>(scenario.percent) <= dice) continue;
    RETURN_IF_ERROR(count_use(tx, scenario.seq));
    return std::optional{scenario};
  }
  return std::optional<Scenario>{};
}

}  // namespace

Effect Scenario::what() const {
  const auto* row = std::ranges::find(kEffects, effect, &EffectRow::name);
  CHECK(row != kEffects.end());
  return row->effect;
}

std::string_view to_text(CallKind kind) {
  const auto* row = std::ranges::find(kCalls, kind, &CallRow::kind);
  CHECK(row != kCalls.end());
  return row->name;
}

std::string_view to_text(Moment moment) {
  switch (moment) {
    case Moment::answer:
      return "answer";
    case Moment::status_word:
      return "status_word";
    case Moment::listing:
      return "listing";
    case Moment::execution:
      return "execution";
    case Moment::app_request:
      return "app_request";
  }
  return "";
}

std::expected<Scenario, std::string> read_scenario(const json::Value& body) {
  const auto call = body.text("call").value_or("any");
  if (call != "any" && std::ranges::find(kCalls, call, &CallRow::name) == kCalls.end()) {
    return std::unexpected{"call: there is no such call"};
  }
  const auto* row = std::ranges::find(kEffects, body.text("effect").value_or(""), &EffectRow::name);
  if (row == kEffects.end()) return std::unexpected{"effect: there is no such effect"};
  const auto moment = moment_of(*row, call);
  if (!moment) return std::unexpected{"effect: it does not go with this call"};

  Scenario scenario{
      .call = std::string{call}, .effect = std::string{row->name}, .moment = std::string{to_text(*moment)}};
  if (const auto user = body.text("user")) {
    if (find_user(*user) == nullptr) return std::unexpected{"user: there is no such test user"};
    scenario.username = std::string{*user};
  }
  if (row->effect == Effect::rejected) scenario.reason = std::string{body.text("reason").value_or("AM04")};
  if (const json::Value* length = row->need == Need::NONE ? nullptr : body.find(row->parameter)) {
    scenario.duration = read_duration(*length);
    if (!scenario.duration) return std::unexpected{std::string{row->parameter} + ": not a length of time"};
  } else if (row->need == Need::REQUIRED) {
    return std::unexpected{std::string{row->parameter} + ": missing"};
  }
  const auto times = read_count(body, "times", 1, 1'000'000);
  const auto percent = read_count(body, "percent", 100, 100);
  if (!times || !percent) return std::unexpected{"times, percent: whole numbers above zero, percent at most 100"};
  scenario.times = *times;
  scenario.percent = *percent;
  return scenario;
}

Result<std::optional<Scenario>> take(db::Transaction& tx, Moment moment, const Call& call) {
  ASSIGN_OR_RETURN(const auto open, open_scenarios(tx, moment));
  if (open.empty()) return std::optional<Scenario>{};
  ASSIGN_OR_RETURN(const auto username, user_of(tx, call));
  return first_of(tx, open, to_text(call.kind), username.value_or(""), call.dice);
}

Result<std::optional<Scenario>> take(db::Transaction& tx, Moment moment, std::string_view username,
                                     std::uint64_t dice) {
  ASSIGN_OR_RETURN(const auto open, open_scenarios(tx, moment));
  return first_of(tx, open, "", username, dice);
}

void write(json::Writer& json, const Scenario& scenario) {
  json.begin_object().member("id", scenario.seq).member("call", scenario.call).member("user", scenario.username);
  json.member("effect", scenario.effect);
  if (scenario.reason) json.member("reason", *scenario.reason);
  if (scenario.duration) {
    json.member("duration_ms", std::chrono::duration_cast<std::chrono::milliseconds>(*scenario.duration).count());
  }
  json.member("percent", scenario.percent).member("times", scenario.times).member("used", scenario.used).end_object();
}

}  // namespace qantara::sandbox_bank
