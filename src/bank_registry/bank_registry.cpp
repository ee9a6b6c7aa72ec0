#include "bank_registry/bank_registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "banking/bank_settings.h"
#include "base/crypto.h"
#include "base/log.h"

namespace qantara::bank_registry {

namespace {

using banking::Bank;
using banking::Standing;

Error unknown_bank() { return error(ErrorCode::UNKNOWN_BANK, "there is no bank with this identifier"); }

Error taken(const std::string& identifier) {
  return field_error(
      ErrorCode::INVALID_PARAMETERS, "identifier",
      fmt::format("there is a bank {} already; remove it first, or name this one otherwise", identifier));
}

banking::Banks::Activity activity_of(const Standing& standing) {
  return {.active = standing.is_active(), .back_at = standing.back_at};
}

void put(banking::Banks& banks, Bank bank, const Standing& standing,
         std::shared_ptr<banking::BankConnector> connector) {
  bank.active = standing.is_active();
  bank.back_at = standing.back_at;
  banks.put(std::move(bank), std::move(connector));
}

/// What the bank is to one application is an aggregate of its own, always by the same id.
Uuid aggregate_of(ApplicationId application, std::string_view identifier) {
  const auto digest = sha256(application.to_text() + " " + std::string{identifier});
  return *Uuid::from_bytes(std::as_bytes(std::span{digest}).first(Uuid::kSize));
}

void write_switches(json::Writer& writer, std::string_view name, bool payments) {
  writer.name(name).begin_object().member("payments", payments).member("data", false).end_object();
}

}  // namespace

std::string_view to_text(Origin origin) { return origin == Origin::CONFIGURED ? "CONFIGURED" : "ADDED"; }

void write_availability(json::Writer& writer, Availability availability) {
  writer.begin_object();
  write_switches(writer, "active", availability.active);
  write_switches(writer, "enabled", availability.enabled);
  writer.end_object();
}

bool is_seen(const Bank& bank, applications::Mode mode) { return !bank.mock || mode == applications::Mode::SANDBOX; }

Task<Result<void>> BankRegistry::open(std::vector<Bank> configured) {
  for (auto& bank : configured) {
    if (is_configured(bank.identifier)) co_return taken(bank.identifier);
    CO_ASSIGN_OR_RETURN(auto connector, make_connector_(bank));
    configured_.push_back(bank.identifier);
    banks_.put(std::move(bank), std::move(connector));
  }
  CO_ASSIGN_OR_RETURN(const auto known, co_await read());
  for (const auto& stored : known.added) {
    if (is_configured(stored.identifier)) {
      co_return error(
          ErrorCode::INVALID_PARAMETERS,
          fmt::format("bank {} was added with `qantara bank add` and is in the configuration file too; take "
                      "it out of the file, start, and remove the added one",
                      stored.identifier));
    }
  }
  take_over(known);
  co_return Result<void>{};
}

Task<Result<void>> BankRegistry::refresh() {
  const auto asked = ++asked_;
  CO_ASSIGN_OR_RETURN(const auto known, co_await read());
  if (asked < taken_over_) co_return Result<void>{};
  taken_over_ = asked;
  take_over(known);
  co_return Result<void>{};
}

Task<Result<BankRegistry::Known>> BankRegistry::read() const {
  auto known = co_await database_.read([&](db::Transaction& tx) -> Result<Known> {
    Known found;
    ASSIGN_OR_RETURN(found.added, banking::select_banks(tx));
    const auto look_up = [&](std::string_view identifier) -> Result<void> {
      ASSIGN_OR_RETURN(auto standing, banking::select_standing(tx, identifier));
      found.standings.push_back(std::move(standing));
      return {};
    };
    for (const auto& identifier : configured_) RETURN_IF_ERROR(look_up(identifier));
    for (const auto& bank : found.added) RETURN_IF_ERROR(look_up(bank.identifier));
    return found;
  });
  co_return known;
}

void BankRegistry::take_over(const Known& known) {
  auto standing = known.standings.begin();
  for (const auto& identifier : configured_) {
    banks_.set_activity(identifier, activity_of(*standing++));
  }
  for (const auto& stored : known.added) take_over(stored, *standing++);
  std::erase_if(settings_, [&](const auto& entry) {
    const bool is_gone =
        std::ranges::find(known.added, entry.first, &banking::StoredBank::identifier) == known.added.end();
    if (is_gone) banks_.remove(entry.first);
    return is_gone;
  });
}

void BankRegistry::take_over(const banking::StoredBank& added, const Standing& standing) {
  if (is_configured(added.identifier)) return;
  auto& settings = settings_[added.identifier];
  if (settings == added.settings) return banks_.set_activity(added.identifier, activity_of(standing));
  settings = added.settings;
  const auto parsed = json::parse(added.settings);
  auto bank = parsed ? banking::read_bank(*parsed) : Result<Bank>{parsed.error()};
  auto connector = bank ? make_connector_(*bank) : Result<std::shared_ptr<banking::BankConnector>>{bank.error()};
  if (connector) return put(banks_, *std::move(bank), standing, *std::move(connector));
  banks_.remove(added.identifier);
  log::error("a bank that was added cannot be used; its payments wait",
             {{"bank", added.identifier}, {"cause", connector.error().message}});
}

Task<Result<RegisteredBank>> BankRegistry::add(json::Value settings) {
  CO_ASSIGN_OR_RETURN(const auto bank, banking::read_bank(settings));
  if (is_configured(bank.identifier)) co_return taken(bank.identifier);
  CO_ASSIGN_OR_RETURN(auto connector, make_connector_(bank));
  const banking::StoredBank stored{.identifier = bank.identifier, .settings = banking::settings_json(bank)};
  CO_RETURN_IF_ERROR(co_await database_.write([&](db::Transaction& tx) -> Result<void> {
    ASSIGN_OR_RETURN(const auto written, banking::insert_bank(tx, stored, clock_.now()));
    if (written == 0) return taken(stored.identifier);
    RETURN_IF_ERROR(banking::delete_standing(tx, stored.identifier));
    tx.announce(kBanksChanged);
    return tell_everybody(tx, bank, {});
  }));
  outdate_reads();
  settings_[bank.identifier] = stored.settings;
  put(banks_, bank, {}, std::move(connector));
  log::info("a bank was added", {{"bank", bank.identifier}, {"base_url", bank.base_url}});
  co_return RegisteredBank{.bank = banks_.find(bank.identifier), .origin = Origin::ADDED, .standing = {}};
}

Task<Result<void>> BankRegistry::remove(std::string identifier) {
  if (is_configured(identifier)) {
    co_return error(
        ErrorCode::INVALID_PARAMETERS,
        fmt::format("bank {} is configured where the gateway is started; take it out there and start again. "
                    "Until then, `qantara bank disable {}` takes it out of use",
                    identifier, identifier));
  }
  const auto bank = banks_.find(identifier);
  CO_RETURN_IF_ERROR(co_await database_.write([&](db::Transaction& tx) -> Result<void> {
    ASSIGN_OR_RETURN(const auto removed, banking::delete_bank(tx, identifier));
    if (removed == 0) return unknown_bank();
    RETURN_IF_ERROR(banking::delete_standing(tx, identifier));
    tx.announce(kBanksChanged);
    if (bank && bank->active) RETURN_IF_ERROR(tell_everybody(tx, *bank, {.is_switched_on = false}));
    return {};
  }));
  outdate_reads();
  settings_.erase(identifier);
  banks_.remove(identifier);
  log::info("a bank was removed", {{"bank", identifier}});
  co_return Result<void>{};
}

Task<Result<RegisteredBank>> BankRegistry::set_switch(std::string identifier, Switch wanted) {
  return change(
      std::move(identifier), [wanted](Standing& standing) { standing.is_switched_on = wanted == Switch::ON; },
      std::nullopt);
}

Task<Result<void>> BankRegistry::set_health(db::Term term, std::string identifier, banking::Health health,
                                            std::optional<Instant> back_at) {
  const auto edit = [health, back_at](Standing& standing) {
    standing.health = health;
    standing.back_at = back_at;
  };
  const auto changed = co_await change(std::move(identifier), edit, term);
  if (!changed && changed.error().code != ErrorCode::UNKNOWN_BANK) co_return changed.error();
  co_return Result<void>{};
}

/// One change of how a bank stands: the row, the events and, once they are durable, what everybody looks up.
Task<Result<RegisteredBank>> BankRegistry::change(std::string identifier, std::function<void(Standing&)> edit,
                                                  std::optional<db::Term> term) {
  const auto bank = banks_.find(identifier);
  if (!bank) co_return unknown_bank();
  CO_ASSIGN_OR_RETURN(const auto standing, co_await database_.write([&](db::Transaction& tx) -> Result<Standing> {
    if (term) RETURN_IF_ERROR(tx.confirm(*term));
    ASSIGN_OR_RETURN(const auto before, banking::select_standing(tx, identifier));
    Standing after = before;
    edit(after);
    if (after == before) return before;
    RETURN_IF_ERROR(banking::upsert_standing(tx, identifier, after, clock_.now()));
    tx.announce(kBanksChanged);
    if (after.is_active() != before.is_active()) RETURN_IF_ERROR(tell_everybody(tx, *bank, after));
    return after;
  }));
  outdate_reads();
  banks_.set_activity(identifier, activity_of(standing));
  co_return RegisteredBank{.bank = banks_.find(identifier) ? banks_.find(identifier) : bank,
                           .origin = is_configured(identifier) ? Origin::CONFIGURED : Origin::ADDED,
                           .standing = standing};
}

Task<Result<void>> BankRegistry::set_application_switch(ApplicationId application, std::string identifier,
                                                        Switch wanted) {
  const auto bank = banks_.find(identifier);
  auto changed = co_await database_.write([&](db::Transaction& tx) -> Result<void> {
    ASSIGN_OR_RETURN(const auto found, applications_.find(tx, application));
    if (!found) return error(ErrorCode::UNKNOWN_APPLICATION, "there is no application with this token");
    if (!bank || !is_seen(*bank, found->mode)) return unknown_bank();
    ASSIGN_OR_RETURN(const auto rows, wanted == Switch::OFF
                                          ? banking::insert_switched_off(tx, application, identifier, clock_.now())
                                          : banking::delete_switched_off(tx, application, identifier));
    if (rows == 0) return {};
    ASSIGN_OR_RETURN(const auto standing, banking::select_standing(tx, identifier));
    return tell(tx, application, *bank, standing);
  });
  co_return changed;
}

Result<std::vector<RegisteredBank>> BankRegistry::list(db::Transaction& tx) const {
  std::vector<RegisteredBank> registered;
  for (auto& bank : banks_.all()) {
    ASSIGN_OR_RETURN(const auto standing, banking::select_standing(tx, bank->identifier));
    const auto origin = is_configured(bank->identifier) ? Origin::CONFIGURED : Origin::ADDED;
    registered.push_back({.bank = std::move(bank), .origin = origin, .standing = standing});
  }
  return registered;
}

Result<void> BankRegistry::tell_everybody(db::Transaction& tx, const Bank& bank, const Standing& standing) const {
  ASSIGN_OR_RETURN(const auto applications, applications_.list(tx));
  for (const auto& application : applications) {
    if (is_seen(bank, application.mode)) RETURN_IF_ERROR(tell(tx, application.id, bank, standing));
  }
  return {};
}

Result<void> BankRegistry::tell(db::Transaction& tx, ApplicationId application, const Bank& bank,
                                const Standing& standing) const {
  ASSIGN_OR_RETURN(const bool is_off, banking::is_switched_off(tx, application, bank.identifier));
  json::Writer payload;
  payload.begin_object().member("identifier", bank.identifier).name("availability");
  write_availability(payload, {.active = standing.is_active(), .enabled = !is_off});
  payload.end_object();
  return events_.append(tx, {.application = application, .aggregate = aggregate_of(application, bank.identifier)},
                        events::Type::BANK_AVAILABILITY_UPDATED, payload.text());
}

bool BankRegistry::is_configured(std::string_view identifier) const {
  return std::ranges::find(configured_, identifier) != configured_.end();
}

}  // namespace qantara::bank_registry
