// The hosted flow as server-driven steps: what a payer sees next, and what follows from what they do.
//
// A session walks WELCOME → BANKS → CREDENTIALS → CODE → ACCOUNTS → PAYEE → CODE → CONNECTED or COOL_OFF to connect, and
// ACCOUNT → REVIEW → whatever the bank asks → ACCEPTED, PENDING, UNKNOWN or FAILED to pay. From REVIEW on the payment's own row
// says what comes next, so every window of the payer's shows the same; the one that was opened last may act. Passwords and codes
// are held for the one call.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "applications/applications.h"
#include "banking/banks.h"
#include "base/crypto.h"
#include "base/in_flight.h"
#include "base/random.h"
#include "base/rate_limit.h"
#include "base/result.h"
#include "base/task.h"
#include "customers/customers.h"
#include "db/database.h"
#include "destinations/destinations.h"
#include "link/link_session.h"
#include "link/link_view.h"
#include "payment_intents/payment_intents.h"
#include "payment_sources/payment_sources.h"
#include "payments/payment_authorisation.h"
#include "payments/payments.h"

namespace qantara::link {

/// How often sessions may be opened: anybody may call, and the app token is public.
struct OpeningLimits {
  RateLimit per_application{{.per_second = 200, .burst = 1000}};
  RateLimit per_address{{.per_second = 50, .burst = 200}};  ///< A proxy in front is one; of IPv6, a /64.
};

/// How long an end can be looked at after the page timed out.
inline constexpr auto kReadable = std::chrono::hours{24};

/// Unfinished sessions that a customer may have at once; those of payments are bounded by their intents.
inline constexpr int kUnfinishedMax = 20;

/// Whether the payer may pay from another account than the one that is preselected.
enum class AccountChoice { FREE, SETTLED };

struct OpenSession {
  ApplicationId application;
  Method method = Method::CONNECT;
  std::optional<CustomerId> customer;  ///< Of those that connect or add a payee.
  std::optional<DestinationId> destination;
  std::optional<PaymentSourceId> source;  ///< Of those that add a payee; CREATE_BENEFICIARY finds one without it.
  std::optional<Uuid> reconnect;          ///< Of RECONNECT: PaymentSource::reconnect_id.
  std::optional<IntentId> intent;         ///< Of those that pay.
  std::optional<AccountId> account;       ///< Preselected, of those that pay.
  AccountChoice account_choice = AccountChoice::FREE;
  std::string destination_alias;        ///< How the payee is to be shown; empty: by its own name.
  std::string bank_identifier;          ///< Preselected; empty to let the payer choose.
  std::string peer_address;             ///< Whoever asks.
  std::optional<std::string> language;  ///< "en" or "ar"; nothing: as before, or English.
  /// Where the payer's browser goes on from the bank's own pages; nothing: as before, or to the hosted page itself.
  std::optional<std::string> success_redirect_url;
  std::optional<std::string> fail_redirect_url;
};

/// A session that went on at the bank's own pages is opened by who came back.
struct CaptureRedirect {
  ApplicationId application;
  CustomerId customer;
  std::string attempt;  ///< What the return URL told: LinkFlow::return_token.
  std::string peer_address;
  std::optional<std::string> language;
};

/// By what a page proves that a session is its own.
struct SessionKey {
  LinkSessionId id;
  std::string token;
  std::optional<int> window;  ///< As the opening told it. Nothing: whoever asks counts as the latest window.
};

/// What the payer did at a step.
struct Act {
  int number = 0;  ///< Of the step that was on the page.
  Action action = Action::CONTINUE;
  banking::Answers fields;
};

class LinkFlow {
 public:
  struct Parts {
    db::Database& database;
    const Clock& clock;
    const Clock& real_clock;
    Random& random;
    const Vault& vault;
    const applications::Applications& applications;
    const customers::Customers& customers;
    const destinations::Destinations& destinations;
    const payment_intents::PaymentIntents& intents;
    const payment_sources::PaymentSources& sources;
    const payments::Payments& payments;
    const payments::PaymentAuthorisation& authorisation;
    const banking::Banks& banks;
    OpeningLimits& opening_limits;
    GatewayId gateway;  ///< Holder of the leases that are given here.
    Operator run_by;
    const std::string& public_url;  ///< Where payers' browsers reach the gateway: "https://pay.example".
  };
  explicit LinkFlow(Parts parts) : parts_(parts), token_key_(parts.vault.derive("link session tokens")) {}

  /// Opens a session, or finds the one that there is: to pay, the intent's; else the unfinished one of the same customer,
  /// method, destination and source (and of the same bank, if one is named). Either way its life begins anew, and the window
  /// that opened it is the one that may act.
  /// Errors: UNKNOWN_CUSTOMER, UNKNOWN_PAYMENT_DESTINATION, UNKNOWN_PAYMENT_SOURCE, UNKNOWN_PAYMENT_INTENT, UNKNOWN_BANK;
  /// MISSING_PARAMETERS (no default destination); PAYMENT_INTENT_EXPIRED; PENDING_BENEFICIARY_COOL_OFF with the expiry, while
  /// every beneficiary that could serve the intent cools off; RECONNECT_REQUIRED with `reconnect_id`, while only a source could
  /// whose bank has ended the payer's consent: these three carry `step`, an end that a page can draw.
  /// RATE_LIMIT_EXCEEDED by OpeningLimits (with `retry_after_seconds`) and kUnfinishedMax.
  Task<Result<LinkView>> open(OpenSession wanted) const;

  /// The step as it stands. Errors: UNKNOWN_LINK_SESSION, the same for a wrong token.
  Task<Result<LinkView>> view(SessionKey key) const;

  /// Errors: UNKNOWN_LINK_SESSION; STEP_OUTDATED (with `step_number`) when the page shows an older step, a newer window has
  /// opened the session, its time is over, or a call to the bank is in work; INVALID_PARAMETERS for an action the step does
  /// not have; MISSING_PARAMETERS for an empty field.
  Task<Result<LinkView>> act(SessionKey key, Act act, banking::PayerDevice device) const;

  /// The payer closes the page. CANCELLED only while it is certain that no order left. From an older window it ends nothing.
  Task<Result<LinkView>> leave(SessionKey key) const;

  // The way to the bank's own pages and back (link_redirect.cpp). A token in an address stands for one visit and one way.

  /// Where the browser goes that follows `token` from the page, and by what it is known when it comes back.
  /// Errors: UNKNOWN_LINK_SESSION where nobody is asked there (any more).
  struct Departure {
    std::string bank_url;
    std::string browser;  ///< The secret of the browser that leaves.
  };
  Task<Result<Departure>> depart(std::string token) const;

  /// A browser is back with `token`. A payment's bank is asked at once. Result: where the browser goes on: an address of the
  /// shop's, or empty for the hosted page. The same, empty, for a token that nobody knows.
  Task<Result<std::string>> arrive(std::string token) const;

  /// Opens the session in the browser that left and is back: `browser` as Departure told it.
  /// Errors: UNKNOWN_LINK_SESSION, the same for a token that nobody knows and for another browser.
  Task<Result<LinkView>> open_returned(std::string token, std::string browser) const;

  /// Opens the session for the shop's page to which the browser went on.
  /// Errors: UNKNOWN_LINK_SESSION, the same for another application's or customer's; RATE_LIMIT_EXCEEDED.
  Task<Result<LinkView>> capture(CaptureRedirect wanted) const;

  /// After a restart no call to a bank is in work: payers are shown what they were asked before it, and may answer again.
  Result<void> recover(db::Transaction& tx) const;
  /// The same for the calls of one gateway, which is gone.
  Result<void> recover(db::Transaction& tx, GatewayId gone) const;
  /// Gives back what this gateway holds and nobody in it works on, as Payments::end_idle_leases.
  Result<void> end_idle_leases(db::Transaction& tx) const;

  /// The session's bearer token: derived, so that every window of one payer holds the same.
  std::string token_of(LinkSessionId id) const;

 private:
  // What follows from an act: a step that is written already, or a call to a bank to be made under the session's lease.
  enum class BankCall { NONE, LINK_SUBMIT, ADD_BENEFICIARY, PAYMENT_START, PAYMENT_ANSWER };
  struct Decision {
    LinkSession session;
    BankCall call = BankCall::NONE;
    std::optional<PaymentId> payment;
    int payment_step = 0;  ///< `Payment::steps` that the payer reacted to.
    payments::Call payment_call = payments::Call::HARMLESS;
    banking::Answers answers;  ///< As the bank gets them: checked, and codes normalised.
    std::optional<banking::Creditor> creditor;
  };

  // link_redirect.cpp
  std::string visit_token(const Uuid& visit, std::string_view purpose) const;
  std::optional<Uuid> visit_in(std::string_view token, std::string_view purpose) const;
  struct Arrival {
    LinkSession session;
    CameBack way;
  };
  Result<Arrival> find_arrival(db::Transaction& tx, std::string_view token) const;
  Result<LinkView> open_arrived(db::Transaction& tx, Arrival arrival, const std::optional<std::string>& language) const;
  Result<void> check_redirect_urls(db::Transaction& tx, const OpenSession& wanted) const;
  void begin_visit(LinkSession& session) const;
  std::optional<banking::ReturnUrls> return_urls(const LinkSession& session) const;
  std::string way_to_bank(const LinkSession& session) const;

  // link_flow_open.cpp
  Result<void> admit(std::string_view peer_address, ApplicationId application) const;
  Result<LinkSession> open_as(Method method, db::Transaction& tx, const OpenSession& wanted) const;
  Result<LinkSession> open_to_pay(db::Transaction& tx, const OpenSession& wanted) const;
  Result<LinkSession> open_to_connect(db::Transaction& tx, const OpenSession& wanted) const;
  Result<LinkSession> open_to_reconnect(db::Transaction& tx, const OpenSession& wanted) const;
  Result<LinkSession> open_unfinished(db::Transaction& tx, const OpenSession& wanted, LinkSession session) const;
  Result<payment_sources::PaymentSource> find_source(db::Transaction& tx, const OpenSession& wanted,
                                                     const LinkSession& session) const;
  Result<LinkSession> make_session(db::Transaction& tx, const OpenSession& wanted) const;
  Result<LinkSession> insert(db::Transaction& tx, LinkSession session) const;
  Result<LinkSession> open_again(db::Transaction& tx, const OpenSession& wanted, LinkSession session) const;
  Result<void> begin_paying(db::Transaction& tx, const OpenSession& wanted, LinkSession& session) const;
  Error with_step(db::Transaction& tx, Error refused, const LinkSession& session) const;

  // link_flow.cpp
  bool is_leased(const LinkSession& session) const;
  void lease(LinkSession& session) const;
  Result<LinkSession> load(db::Transaction& tx, const SessionKey& key) const;
  Result<LinkView> render_for(db::Transaction& tx, const SessionKey& key, const LinkSession& session) const;
  Result<Decision> decide(db::Transaction& tx, const SessionKey& key, const Act& act) const;
  Result<Decision> decide_linking(db::Transaction& tx, Decision decision, const Act& act) const;
  Result<Decision> decide_paying(db::Transaction& tx, Decision decision, const Act& act, const LinkView& shown) const;
  Result<void> begin_login(db::Transaction& tx, Decision& decision) const;
  Result<void> choose_bank(db::Transaction& tx, LinkSession& session, std::string_view identifier) const;
  Result<void> record_linking(db::Transaction& tx, const LinkSession& claimed,
                              const banking::BankResult<banking::Step>& brought,
                              const banking::ConnectorState& state) const;
  Result<void> finish_linking(db::Transaction& tx, LinkSession& session, const banking::BeneficiaryAdded& added) const;
  Result<void> go_to(db::Transaction& tx, LinkSession& session, StepKind kind, std::string step = {}) const;
  Result<void> fail(db::Transaction& tx, LinkSession& session, std::string_view code, std::string_view text) const;

  // link_flow_view.cpp
  Result<LinkView> render(db::Transaction& tx, const LinkSession& session) const;
  Result<void> render_step(db::Transaction& tx, const LinkSession& session,
                           const std::optional<payment_intents::PaymentIntent>& intent, LinkView& view) const;
  Result<void> render_accounts(db::Transaction& tx, const LinkSession& session,
                               const payment_intents::PaymentIntent& intent, LinkView& view) const;
  Result<void> render_payment(db::Transaction& tx, const LinkSession& session, LinkView& view) const;

  Parts parts_;
  Secret token_key_;
  mutable InFlight<LinkSessionId> in_flight_;  // Their calls to banks are under way here.
};

}  // namespace qantara::link
