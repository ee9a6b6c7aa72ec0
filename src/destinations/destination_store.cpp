#include "destinations/destination_store.h"

#include "json/json.h"

namespace qantara::destinations {

namespace {

std::string seal_context(DestinationId id) { return "destinations.account:" + id.to_text(); }

std::string account_json(const DestinationDetails& details) {
  json::Writer writer;
  writer.begin_object().member("iban", details.iban).member("account_number", details.account_number).end_object();
  return std::move(writer).text();
}

std::optional<std::string> text_of(const json::Value& object, std::string_view name) {
  const auto text = object.text(name);
  return text ? std::optional<std::string>{*text} : std::nullopt;
}

struct SealedDestination {
  Destination destination;
  std::string account_sealed;
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
  destination.is_default = row.take<std::optional<DestinationId>>() == destination.id;
  return read;
}

Result<Destination> unseal(const Vault& vault, SealedDestination read) {
  ASSIGN_OR_RETURN(const auto account, vault.unseal(read.account_sealed, seal_context(read.destination.id)));
  ASSIGN_OR_RETURN(const auto object, json::parse(account));
  read.destination.iban = text_of(object, "iban");
  read.destination.account_number = text_of(object, "account_number");
  return std::move(read.destination);
}

}  // namespace

Result<void> insert_destination(db::Transaction& tx, const Vault& vault, const Destination& destination) {
  const std::string sealed = vault.seal(account_json(destination), seal_context(destination.id));
  RETURN_IF_ERROR(
      tx.execute("INSERT INTO destinations (id, application_id, customer_id, name, display_name, bank_identifier, "
                 "swift_code, address, city, "
                 "country, account_sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                 destination.id, destination.application, destination.customer, destination.name,
                 destination.display_name, destination.bank_identifier, destination.swift_code, destination.address,
                 destination.city, destination.country, db::Bytes{sealed}, destination.created_at));
  return {};
}

Result<std::optional<Destination>> select_destination(db::Transaction& tx, const Vault& vault,
                                                      ApplicationId application, DestinationId id) {
  ASSIGN_OR_RETURN(auto read, tx.one("SELECT d.id, d.application_id, d.customer_id, d.name, d.display_name, "
                                     "d.bank_identifier, d.swift_code, d.address, "
                                     "d.city, d.country, d.account_sealed, d.created_at, a.default_destination_id "
                                     "FROM destinations d JOIN applications a ON a.id = d.application_id WHERE d.id = "
                                     "$1 AND d.application_id = $2",
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
  ASSIGN_OR_RETURN(auto rows, tx.all("SELECT d.id, d.application_id, d.customer_id, d.name, d.display_name, "
                                     "d.bank_identifier, d.swift_code, d.address, "
                                     "d.city, d.country, d.account_sealed, d.created_at, a.default_destination_id "
                                     "FROM destinations d JOIN applications a ON a.id = d.application_id WHERE "
                                     "d.application_id = $1 ORDER BY d.id",
                                     read_destination, application));
  std::vector<Destination> destinations;
  for (auto& row : rows) {
    ASSIGN_OR_RETURN(auto destination, unseal(vault, std::move(row)));
    destinations.push_back(std::move(destination));
  }
  return destinations;
}

}  // namespace qantara::destinations
