// One call of a third party on the bank's XS2A interface, as the use cases see it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "db/transaction.h"
#include "http/message.h"
#include "json/json.h"

namespace qantara::sandbox_bank {

using ConsentId = Id<struct ConsentTag>;
using AuthorisationId = Id<struct AuthorisationTag>;

/// What a call asks for; scenarios name calls by it.
enum class CallKind {
  create_consent,
  authorise_consent,
  consent_status,
  accounts,
  create_beneficiary,
  authorise_beneficiary,
  beneficiary_status,
  create_payment,
  start_payment_authorisation,
  choose_method,
  authorise_payment,
  authorisation_status,
  payment_status,
  cancel_payment,
};

/// The banks of the sandbox: one ledger, several temperaments, chosen by the path before "/v1".
struct House {
  std::string_view prefix;      ///< "" or "/slow".
  std::string_view identifier;  ///< As the gateway's registry calls it.
  enum class Temper { USUAL, SLOW, APP_ONLY, REDIRECT_ONLY, CLOSED } temper;
};

std::span<const House> houses();

/// All that the admin interface and the pages may look at besides the database. What runs on the database may run more
/// than once, so whatever is drawn or read from outside is drawn beforehand.
struct Visit {
  const http::Request& request;
  json::Value body;    ///< Null where there is none.
  Instant now;         ///< Bank time.
  std::uint64_t dice;  ///< 0 to 99, for scenarios that strike a part of the calls.
  std::string secret;  ///< 128 fresh random bits in hex, for a browser that signs in.
};

/// The same for a call on the XS2A interface.
struct Call : Visit {
  CallKind kind;
  const House& house;
  Uuid fresh_id;                ///< For the resource that the call may make
  Uuid fresh_authorisation_id;  ///< and for its authorisation.

  std::string_view header(std::string_view name) const { return request.headers.value_or(name, ""); }
  /// The path of a resource as it stands in links: relative to the host, with the house's prefix.
  std::string link(std::string_view path) const { return std::string{house.prefix}.append(path); }
  std::string origin() const { return "http://" + std::string{header("Host")}; }
  /// The same as a whole URL, for Location.
  std::string location(std::string_view path) const { return origin() + link(path); }
};

/// A use case: what it returns is committed together with what it wrote, refusals included. An Error is a fault of the
/// storage, and nothing was written.
using UseCase = Result<http::Response> (*)(db::Transaction& tx, const Call& call);

/// The same for the admin interface and the pages.
using Errand = Result<http::Response> (*)(db::Transaction& tx, const Visit& visit);

}  // namespace qantara::sandbox_bank
