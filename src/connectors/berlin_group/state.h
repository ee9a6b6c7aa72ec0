// What the connector remembers between two calls: ids, links and what was asked last. Never a password or a code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "banking/connector.h"
#include "connectors/berlin_group/mapping.h"
#include "http/message.h"

namespace qantara::connectors::berlin_group {

/// What the payer was asked for last.
enum class Asked { NOTHING, PASSWORD, METHOD, CODE, APPROVAL, REDIRECT };

struct State {
  std::string psu_id;      ///< The payer's user name at the bank.
  std::string consent_id;  ///< Also the payer's session there.

  banking::Stage stage = banking::Stage::LOGIN;  ///< What the authorisation below is for.
  /// Path and query at the bank of what is being authorised: "/v1/payments/{product}/{id}". Empty: nothing is.
  std::string resource;
  std::string beneficiary_id;
  std::string payment_id;

  std::string start_target;      ///< Where an authorisation of `resource` is started; empty: `resource`/authorisations.
  std::string authorisation_id;  ///< Empty: none was started.
  std::string update_target;     ///< Where its answers go.
  std::string redirect_url;      ///< The bank's own page, if the payer was asked to go there.
  std::string sca_status;        ///< Its last known status.
  Asked asked = Asked::NOTHING;
  Challenge challenge;
  std::vector<ScaMethod> methods;

  std::string start_target_or_usual() const {
    return start_target.empty() ? resource + "/authorisations" : start_target;
  }
  /// Where the authorisation's status is read.
  std::string authorisation_target() const {
    return resource + "/authorisations/" + http::percent_encode(authorisation_id);
  }

  /// Forgets the authorisation, not what it was for.
  void forget_authorisation();

  std::string to_json() const;

  /// Nothing for a text that this version did not write. The empty text is a fresh state.
  static std::optional<State> parse(std::string_view json);
};

}  // namespace qantara::connectors::berlin_group
