// The payer's act: signing in, adding a payee and paying are all confirmed in the same way.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sandbox_bank/call.h"
#include "sandbox_bank/states.h"
#include "sandbox_bank/users.h"

namespace qantara::sandbox_bank {

/// How long a payer has to type a code, to decide on the bank's own pages, and to answer in the bank's app.
inline constexpr Duration kCodeLife = std::chrono::minutes{15};
inline constexpr Duration kVisitLife = std::chrono::minutes{15};
inline constexpr Duration kApprovalLife = std::chrono::minutes{5};
/// The third wrong code ends an authorisation; the third wrong password locks a user.
inline constexpr int kTries = 3;
/// How a payer who is asked on the bank's own pages confirms.
inline constexpr Method kPagesOnly[] = {Method::page};

struct Authorisation {
  AuthorisationId id;
  Subject subject;
  Uuid subject_id;
  std::string username;  ///< On the bank's pages empty until somebody signs in.
  ScaStatus status;
  std::optional<Method> method;
  int wrong_codes = 0;
  Instant started_at;
  std::optional<Instant> due_at;  ///< When `due_event` happens by itself.
  std::optional<DueEvent> due_event;
  /// Of one on the bank's own pages.
  struct Pages {
    std::string visitor;      ///< The secret of the browser that signed in; empty until then.
    std::string asked_by;     ///< The third party's brand, as it names itself; may be empty.
    std::string done_url;     ///< Where a payer goes on who has approved,
    std::string refused_url;  ///< and one who has not.
  };
  std::optional<Pages> pages;

  bool is_open() const;
  bool waits_for_app() const { return is_open() && method == Method::app; }
};

/// Checks a password, counting wrong ones. Nothing if it is right, else the refusal: 401 PSU_CREDENTIALS_INVALID, or 403
/// SERVICE_BLOCKED for a locked user.
Result<std::optional<http::Response>> check_password(db::Transaction& tx, std::string_view username,
                                                     std::string_view password);
/// 403 SERVICE_BLOCKED if the user is locked.
Result<std::optional<http::Response>> check_not_locked(db::Transaction& tx, std::string_view username);

/// Whether this call's payer is asked on the bank's own pages: always at some houses, at the others where the third party
/// prefers it (TPP-Redirect-Preferred) and says where to go on (TPP-Redirect-URI).
bool asks_on_pages(const Call& call);
/// 400 FORMAT_ERROR for a call that asks on pages without saying where the payer goes on.
std::optional<http::Response> check_return_urls(const Call& call);

/// Starts an authorisation by one of `methods`: none means exempted, several let the payer choose. What was open for the
/// same subject is superseded.
Result<Authorisation> start_authorisation(db::Transaction& tx, const Call& call, Subject subject,
                                          const Uuid& subject_id, std::string_view username,
                                          std::span<const Method> methods);

/// Whether the third party wants to start authorisations by a call of their own.
bool wants_explicit_start(const Call& call);
/// Answers POST …/authorisations where the payer is asked on the bank's own pages.
Result<http::Response> start_visit(db::Transaction& tx, const Call& call, Subject subject, const Uuid& subject_id,
                                   std::string_view username, std::string_view path);

/// Answers PUT {"scaAuthenticationData":…}: the code. Its effect happens in the same transaction. `path` is the resource's.
Result<http::Response> answer_code(db::Transaction& tx, const Call& call, Authorisation authorisation,
                                   std::string_view path);

/// Answers PUT {"authenticationMethodId":…}.
Result<http::Response> answer_method(db::Transaction& tx, const Call& call, Authorisation authorisation,
                                     std::span<const Method> methods, std::string_view path);

/// Moves an authorisation by `event` at bank time `at` and lets the consequences for its subject happen.
/// False, and nothing happens, if its status does not allow the event.
Result<bool> conclude(db::Transaction& tx, Authorisation authorisation, ScaEvent event, Instant at, std::uint64_t dice);

/// Ends whatever authorisation is open for the subject, without consequences for it.
Result<void> supersede_open(db::Transaction& tx, const Uuid& subject_id);

/// Lets happen, in its order, what bank time has brought by `now`: time-outs, approvals that were set for later, held
/// payments, orders that nobody authorised.
Result<void> catch_up(db::Transaction& tx, Instant now, std::uint64_t dice);

/// Where a payer decides on the bank's own pages, relative to the host.
std::string visit_path(AuthorisationId id);
/// The same as a whole URL, in the payer's language.
std::string visit_url(const Call& call, AuthorisationId id);

/// The members that tell of an authorisation: scaStatus, authorisationId, what to choose or type, links.
void write_authorisation(json::Writer& json, const Call& call, const Authorisation& authorisation,
                         std::span<const Method> methods, std::string_view path);
/// A JSON answer that says in ASPSP-SCA-Approach which way this is.
http::Response sca_answer(int status, std::string body, std::optional<Method> method);

/// What the path names, if it belongs to this subject.
Result<std::optional<Authorisation>> authorisation_in_path(db::Transaction& tx, const Call& call,
                                                           const Uuid& subject_id);
/// GET …/authorisations/{authorisation_id}.
Result<http::Response> tell_sca_status(db::Transaction& tx, const Call& call, const Uuid& subject_id);

}  // namespace qantara::sandbox_bank
