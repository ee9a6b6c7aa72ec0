// The use cases of payment intents.
#pragma once

#include <optional>
#include <vector>

#include "banking/bank.h"
#include "base/paging.h"
#include "base/random.h"
#include "base/result.h"
#include "customers/customers.h"
#include "db/transaction.h"
#include "destinations/destinations.h"
#include "events/events.h"
#include "payment_intents/payment_intent.h"

namespace qantara::payment_intents {

/// What the operator allows: an amount table by currency, and how long an intent waits for its payer.
struct Rules {
  std::vector<banking::Limits> limits;
  Duration life = std::chrono::hours{24};

  /// AED 10–100,000 · USD 50–27,000 · BHD 18–10,000.
  static Rules defaults();
};

/// An intent with the destination it names, as a response shows them.
struct IntentWithDestination {
  PaymentIntent intent;
  destinations::Destination destination;
};

class PaymentIntents {
 public:
  PaymentIntents(const Clock& clock, Random& random, const events::Events& events,
                 const customers::Customers& customers, const destinations::Destinations& destinations, Rules rules)
      : clock_(clock),
        random_(random),
        events_(events),
        customers_(customers),
        destinations_(destinations),
        rules_(std::move(rules)) {}

  /// Errors, in this order. Format: INVALID_PARAMETERS (currency unknown or without limits; description longer than 32
  /// characters or unprintable), INVALID_AMOUNT. References: UNKNOWN_CUSTOMER, UNKNOWN_PAYMENT_DESTINATION,
  /// MISSING_PARAMETERS (no default destination). Limits: AMOUNT_UNDER_MIN_VALUE, AMOUNT_OVER_MAX_VALUE.
  Result<IntentWithDestination> create(db::Transaction& tx, ApplicationId application,
                                       const NewPaymentIntent& wanted) const;

  /// Errors: UNKNOWN_PAYMENT_INTENT, the same for another application's.
  Result<PaymentIntent> get(db::Transaction& tx, ApplicationId application, IntentId id) const;
  /// In the order of creation.
  Result<std::vector<PaymentIntent>> list(db::Transaction& tx, ApplicationId application, const IntentFilter& filter,
                                          const Slice& slice) const;
  Result<std::int64_t> count(db::Transaction& tx, ApplicationId application, const IntentFilter& filter) const;

  /// The merchant wants it no more. One that is cancelled already stays so, quietly.
  /// Errors: UNKNOWN_PAYMENT_INTENT, PAYMENT_INTENT_ALREADY_USED, PAYMENT_INTENT_EXPIRED.
  Result<PaymentIntent> cancel(db::Transaction& tx, ApplicationId application, IntentId id) const;

  /// A payment starts: the intent is spent, whatever comes of it.
  /// Errors: PAYMENT_INTENT_ALREADY_USED; PAYMENT_INTENT_EXPIRED, also for one that was cancelled.
  Result<void> use(db::Transaction& tx, const PaymentIntent& intent) const;

  /// Ends unused intents whose time has run out, at most `limit`, with their events. Result: how many.
  Result<int> expire_due(db::Transaction& tx, int limit) const;
  /// When the next one's time runs out; nothing if none waits.
  Result<std::optional<Instant>> next_due(db::Transaction& tx) const;

  /// By id alone: for operators, who see every application.
  Result<std::optional<PaymentIntent>> find(db::Transaction& tx, IntentId id) const;
  /// Ids of the newest intents, newest first: where an operator's short id is looked for.
  Result<std::vector<IntentId>> newest(db::Transaction& tx, int limit) const;

 private:
  Result<void> move(db::Transaction& tx, PaymentIntent& intent, IntentEvent on) const;

  const Clock& clock_;
  Random& random_;
  const events::Events& events_;
  const customers::Customers& customers_;
  const destinations::Destinations& destinations_;
  Rules rules_;
};

/// Errors: AMOUNT_UNDER_MIN_VALUE or AMOUNT_OVER_MAX_VALUE, with `minimum` and `maximum` in the details.
Result<void> check_limits(const money::Money& amount, const banking::Limits& limits);

}  // namespace qantara::payment_intents
