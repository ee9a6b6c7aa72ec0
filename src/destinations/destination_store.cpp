#include "destinations/destination_store.h"

#include "base/check.h"
#include "json/json.h"

namespace qantara::destinations {

namespace {

std::string seal_context(DestinationId id) { return "destinations.account:" + id.to_text(); }

std::string owner_context(DestinationId id) { return "destinations.government_identifier:" + id.to_text(); }

std::string account_json(const DestinationDetails& details) {
  json::Writer writer;
  writer.begin_object().member("iban", details.iban).member("account_number", details.account_number).end_object();
  return std::move(writer).text();
}

std::optional<std::string> text_of(const json::Value& object, std::string_view name) {
  const auto text = object.text(name);
  return text ? std::optional<std::string>{*text} : std::nullopt;
}

std::optional<std::string> sealed_owner(const Vault& vault, const Destination& destination) {
  if (!destination.government_identifier) return std::nullopt;
  json::Writer writer;
  writer.begin_object()
      .member("type", banking::to_text(destination.government_identifier->type))
      .member("value", destination.government_identifier->value)
      .end_object();
  return vault.seal(std::move(writer).text(), owner_context(destination.id));
}

struct SealedDestination {
  Destination destination;
  std::string account_sealed;
  std::optional<std::string> government_identifier_sealed;
};

SealedDestination read_destination(db::Row& row) {
  SealedDestination read;
  Destination& destination = read.destination;
  destination.id = row.take<DestinationId>();
  destination.application = row.take<ApplicationId>();
  destination.customer = row.take<std::optional<CustomerId>>();
  destination.name = row.take<std::string>();
  destination.display_name = row.take<std::string>();
  destination.bank_identifier = row.take<std::optional<std::string>>();
  destination.swift_code = row.take<std::optional<std::string>>();
  destination.address = row.take<std::optional<std::string>>();
  destination.city = row.take<std::optional<std::string>>();
  destination.country = row.take<std::optional<std::string>>();
  read.account_sealed = row.take<std::string>();
  destination.created_at = row.take<Instant>();
  destination.routing_number = row.take<std::optional<std::string>>();
  destination.sort_code = row.take<std::optional<std::string>>();
  destination.ifsc = row.take<std::optional<std::string>>();
  destination.transit_number = row.take<std::optional<std::string>>();
  destination.branch_address = row.take<std::optional<std::string>>();
  destination.postal_code = row.take<std::optional<std::string>>();
  destination.emirate = row.take<std::optional<std::string>>();
  destination.currency = row.take<std::optional<std::string>>();
  if (const auto type = row.take<std::optional<std::string>>()) destination.bank_type = parse_bank_type(*type);
  read.government_identifier_sealed = row.take<std::optional<std::string>>();
  return read;
}

Result<Destination> unseal(const Vault& vault, SealedDestination read) {
  ASSIGN_OR_RETURN(const auto account, vault.unseal(read.account_sealed, seal_context(read.destination.id)));
  ASSIGN_OR_RETURN(const auto object, json::parse(account));
  read.destination.iban = text_of(object, "iban");
  read.destination.account_number = text_of(object, "account_number");
  if (read.government_identifier_sealed) {
    ASSIGN_OR_RETURN(const auto owner,
                     vault.unseal(*read.government_identifier_sealed, owner_context(read.destination.id)));
    ASSIGN_OR_RETURN(const auto identifier, json::parse(owner));
    const auto type = banking::parse_government_identifier_type(identifier.text("type").value_or(""));
    CHECK(type.has_value());  // Only known types are ever stored.
    read.destination.government_identifier = {.type = *type, .value = std::string{*identifier.text("value")}};
  }
  return std::move(read.destination);
}

}  // namespace

Result<void> insert_destination(db::Transaction& tx, const Vault& vault, const Destination& destination) {
  const std::string sealed = vault.seal(account_json(destination), seal_context(destination.id));
  const auto owner = sealed_owner(vault, destination);
  return tx.post(
      "INSERT INTO destinations (id, application_id, customer_id, name, display_name, bank_identifier, swift_code, "
      "address, city, country, account_sealed, created_at, routing_number, sort_code, ifsc, transit_number, "
      "branch_address, postal_code, emirate, currency, bank_type, government_identifier_sealed) VALUES ($1, $2, $3, "
      "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
      destination.id, destination.application, destination.customer, destination.name, destination.display_name,
      destination.bank_identifier, destination.swift_code, destination.address, destination.city, destination.country,
      db::Bytes{sealed}, destination.created_at, destination.routing_number, destination.sort_code, destination.ifsc,
      destination.transit_number, destination.branch_address, destination.postal_code, destination.emirate,
      destination.currency, destination.bank_type ? std::optional{to_text(*destination.bank_type)} : std::nullopt,
      owner ? std::optional{db::Bytes{*owner}} : std::nullopt);
}

Result<std::optional<Destination>> select_destination(db::Transaction& tx, const Vault& vault,
                                                      ApplicationId application, DestinationId id) {
  ASSIGN_OR_RETURN(
      auto read,
      tx.one("SELECT id, application_id, customer_id, name, display_name, bank_identifier, swift_code, address, city, "
             "country, account_sealed, created_at, routing_number, sort_code, ifsc, transit_number, branch_address, "
             "postal_code, emirate, currency, bank_type, government_identifier_sealed FROM destinations "
             "WHERE id = $1 AND application_id = $2",
             read_destination, id, application));
  if (!read) return std::optional<Destination>{};
  ASSIGN_OR_RETURN(auto destination, unseal(vault, *std::move(read)));
  return std::optional{std::move(destination)};
}

Result<std::optional<ApplicationId>> select_application_of(db::Transaction& tx, DestinationId id) {
  return tx.one(
      "SELECT application_id FROM destinations WHERE id = $1", [](db::Row& row) { return row.take<ApplicationId>(); },
      id);
}

Result<std::vector<Destination>> select_destinations(db::Transaction& tx, const Vault& vault,
                                                     ApplicationId application) {
  ASSIGN_OR_RETURN(
      auto rows,
      tx.all("SELECT id, application_id, customer_id, name, display_name, bank_identifier, swift_code, address, city, "
             "country, account_sealed, created_at, routing_number, sort_code, ifsc, transit_number, branch_address, "
             "postal_code, emirate, currency, bank_type, government_identifier_sealed FROM destinations "
             "WHERE application_id = $1 ORDER BY id",
             read_destination, application));
  std::vector<Destination> destinations;
  for (auto& row : rows) {
    ASSIGN_OR_RETURN(auto destination, unseal(vault, std::move(row)));
    destinations.push_back(std::move(destination));
  }
  return destinations;
}

}  // namespace qantara::destinations
