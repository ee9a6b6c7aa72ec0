// Opening: a new session, or the one that there is.
#include <algorithm>

#include "banking/step_json.h"
#include "http/networks.h"
#include "json/json.h"
#include "link/link_flow.h"
#include "link/link_store.h"
#include "link/stored_step.h"

namespace qantara::link {

namespace {

bool settles_account(const OpenSession& wanted) {
  return wanted.account && wanted.account_choice == AccountChoice::SETTLED;
}

}  // namespace

Task<Result<LinkView>> LinkFlow::open(OpenSession wanted) const {
  CO_RETURN_IF_ERROR(admit(wanted.peer_address, wanted.application));
  auto opened = co_await parts_.database.write([&](db::Transaction& tx) -> Result<LinkView> {
    RETURN_IF_ERROR(check_redirect_urls(tx, wanted));
    ASSIGN_OR_RETURN(const auto session, open_as(wanted.method, tx, wanted));
    ASSIGN_OR_RETURN(auto view, render(tx, session));
    view.already = view.result && (session.window > 1 || session.step_kind == StepKind::PAYMENT);
    return view;
  });
  co_return opened;
}

Result<LinkSession> LinkFlow::open_as(Method method, db::Transaction& tx, const OpenSession& wanted) const {
  if (is_paying(method)) return open_to_pay(tx, wanted);
  return method == Method::RECONNECT ? open_to_reconnect(tx, wanted) : open_to_connect(tx, wanted);
}

Result<void> LinkFlow::admit(std::string_view peer_address, ApplicationId application) const {
  const Instant now = parts_.real_clock.now();
  auto& limits = parts_.opening_limits;
  auto wait = limits.per_address.take(http::subscriber_of(peer_address), now);
  if (!wait) wait = limits.per_application.take(application.to_text(), now);
  if (!wait) return {};
  Error refused = error(ErrorCode::RATE_LIMIT_EXCEEDED, "too many sessions are being opened: try again later");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  refused.details.push_back({.name = "retry_after_seconds", .json = std::to_string(seconds)});
  return refused;
}

Result<LinkSession> LinkFlow::make_session(db::Transaction& tx, const OpenSession& wanted) const {
  const Instant now = parts_.real_clock.now();
  LinkSession session{.id = LinkSessionId::make(parts_.real_clock, parts_.random),
                      .application = wanted.application,
                      .method = wanted.method,
                      .account_settled = settles_account(wanted),
                      .destination_alias = wanted.destination_alias,
                      .wanted_bank = wanted.bank_identifier,
                      .language = wanted.language.value_or("en"),
                      .success_redirect_url = wanted.success_redirect_url.value_or(""),
                      .fail_redirect_url = wanted.fail_redirect_url.value_or(""),
                      .created_at = now,
                      .expires_at = now + kSessionLife};
  if (!wanted.bank_identifier.empty()) RETURN_IF_ERROR(choose_bank(tx, session, wanted.bank_identifier));
  return session;
}

/// The database has room for one session of an intent, and for one unfinished of a connection. (With one writer the look before
/// the insert is enough; with several, whoever comes second starts over and finds the first one's.)
Result<LinkSession> LinkFlow::insert(db::Transaction& tx, LinkSession session) const {
  ASSIGN_OR_RETURN(const bool inserted, insert_session(tx, parts_.vault, session));
  if (!inserted) return error(ErrorCode::VERSION_CONFLICT, "it was opened in another window");
  return session;
}

Result<LinkSession> LinkFlow::open_again(db::Transaction& tx, const OpenSession& wanted, LinkSession session) const {
  ++session.window;
  session.expires_at = parts_.real_clock.now() + kSessionLife;
  if (wanted.language) session.language = *wanted.language;
  session.method = wanted.method;
  session.destination_alias = wanted.destination_alias;
  session.account_settled = settles_account(wanted);
  if (wanted.success_redirect_url) {
    session.success_redirect_url = *wanted.success_redirect_url;
    session.fail_redirect_url = *wanted.fail_redirect_url;
  }
  RETURN_IF_ERROR(update_session(tx, parts_.vault, session));
  return session;
}

Result<LinkSession> LinkFlow::open_to_pay(db::Transaction& tx, const OpenSession& wanted) const {
  CHECK(wanted.intent.has_value());
  ASSIGN_OR_RETURN(auto session, make_session(tx, wanted));
  ASSIGN_OR_RETURN(auto existing, select_session_of_intent(tx, parts_.vault, *wanted.intent));
  if (!existing || existing->application != wanted.application) {
    RETURN_IF_ERROR(begin_paying(tx, wanted, session));
    return insert(tx, std::move(session));
  }
  const bool is_choosing = existing->step_kind == StepKind::ACCOUNT || existing->step_kind == StepKind::REVIEW;
  if (is_end(existing->step_kind) || (is_choosing && settles_account(wanted))) {
    // It stopped before any payment was made; look again whether one can be.
    existing->account.reset();
    RETURN_IF_ERROR(begin_paying(tx, wanted, *existing));
    ++existing->step_number;
  }
  return open_again(tx, wanted, *std::move(existing));
}

Result<LinkSession> LinkFlow::open_to_connect(db::Transaction& tx, const OpenSession& wanted) const {
  CHECK(wanted.customer.has_value());
  ASSIGN_OR_RETURN(auto session, make_session(tx, wanted));
  ASSIGN_OR_RETURN(const auto customer, parts_.customers.get(tx, wanted.application, *wanted.customer));
  ASSIGN_OR_RETURN(const auto destination,
                   parts_.destinations.get_or_default(tx, wanted.application, wanted.destination));
  session.customer = customer.id;
  session.destination = destination.id;

  if (is_adding_payee(wanted.method)) {
    ASSIGN_OR_RETURN(const auto source, find_source(tx, wanted, session));
    ASSIGN_OR_RETURN(session.connector_state, parts_.sources.connector_state(tx, source.id));
    session.source = source.id;
    session.bank_identifier = source.bank_identifier;
    session.step_kind = StepKind::PAYEE;
    const bool is_linked = std::ranges::any_of(
        source.beneficiaries, [&](const auto& found) { return found.destination == *session.destination; });
    if (is_linked) {
      session.step_kind = StepKind::FAILED;
      session.step = failure_json("BENEFICIARY_ALREADY_EXISTS", "destination for payment source already exists");
      return insert(tx, std::move(session));
    }
  }

  return open_unfinished(tx, wanted, std::move(session));
}

/// The source that gets another payee. Without a wish: of those that do not have the payee yet the newest, at the wanted bank if
/// one is named.
Result<payment_sources::PaymentSource> LinkFlow::find_source(db::Transaction& tx, const OpenSession& wanted,
                                                             const LinkSession& session) const {
  if (wanted.source) return parts_.sources.get(tx, wanted.application, session.customer, *wanted.source);
  ASSIGN_OR_RETURN(auto sources, parts_.sources.list(tx, wanted.application, session.customer));
  if (!wanted.bank_identifier.empty()) {
    std::erase_if(sources, [&](const auto& source) { return source.bank_identifier != wanted.bank_identifier; });
  }
  if (sources.empty()) {
    return error(ErrorCode::UNKNOWN_PAYMENT_SOURCE, "the customer has no payment source there: create one first");
  }
  const auto lacks_payee = [&](const auto& source) {
    return std::ranges::none_of(source.beneficiaries,
                                [&](const auto& found) { return found.destination == *session.destination; });
  };
  const auto newest = std::ranges::find_if(sources.rbegin(), sources.rend(), lacks_payee);
  return newest == sources.rend() ? std::move(sources.back()) : std::move(*newest);
}

/// The payer signs in once more at the bank of the source that waits for it.
Result<LinkSession> LinkFlow::open_to_reconnect(db::Transaction& tx, const OpenSession& wanted) const {
  CHECK(wanted.reconnect.has_value());
  ASSIGN_OR_RETURN(auto session, make_session(tx, wanted));
  ASSIGN_OR_RETURN(const auto source, parts_.sources.of_reconnect_id(tx, wanted.application, *wanted.reconnect));
  session.customer = source.customer;
  session.source = source.id;
  session.bank_identifier = source.bank_identifier;
  session.step_kind = StepKind::CREDENTIALS;
  session.step = banking::to_json(parts_.banks.connector(source.bank_identifier)->begin_link());
  return open_unfinished(tx, wanted, std::move(session));
}

/// The unfinished session that is like this one; or this one.
Result<LinkSession> LinkFlow::open_unfinished(db::Transaction& tx, const OpenSession& wanted,
                                              LinkSession session) const {
  ASSIGN_OR_RETURN(auto unfinished, select_unfinished_session(tx, parts_.vault, session));
  if (unfinished) {
    const bool has_time = unfinished->expires_at > parts_.real_clock.now();
    const bool is_same_bank = wanted.bank_identifier.empty() || wanted.bank_identifier == unfinished->wanted_bank ||
                              wanted.bank_identifier == unfinished->bank_identifier;
    if (has_time && is_same_bank) return open_again(tx, wanted, *std::move(unfinished));
    const auto reason = has_time ? EndReason::LEFT : EndReason::TIMED_OUT;
    RETURN_IF_ERROR(go_to(tx, *unfinished, StepKind::END, end_json(reason)));
  }
  ASSIGN_OR_RETURN(const int others, count_unfinished_sessions(tx, session.customer, parts_.real_clock.now()));
  if (others >= kUnfinishedMax) {
    return error(ErrorCode::RATE_LIMIT_EXCEEDED,
                 "the customer has too many unfinished connections: finish or leave one");
  }
  return insert(tx, std::move(session));
}

Result<void> LinkFlow::begin_paying(db::Transaction& tx, const OpenSession& wanted, LinkSession& session) const {
  ASSIGN_OR_RETURN(const auto intent, parts_.intents.get(tx, wanted.application, *wanted.intent));
  session.customer = intent.customer;
  session.intent = intent.id;
  session.destination = intent.destination;
  session.step.clear();
  ASSIGN_OR_RETURN(const auto payment, parts_.payments.of_intent(tx, intent.id));
  if (payment) {
    session.step_kind = StepKind::PAYMENT;
    return {};
  }
  if (intent.expires_at <= parts_.clock.now()) {
    session.step_kind = StepKind::END;
    const auto reason = end_of(intent);
    session.step = end_json(reason);
    const std::string became = reason == EndReason::CANCELLED_BY_MERCHANT ? "was cancelled" : "has expired";
    return with_step(
        tx, error(ErrorCode::PAYMENT_INTENT_EXPIRED, "the payment intent " + became + ": create a new one"), session);
  }

  ASSIGN_OR_RETURN(auto accounts, parts_.payments.paying_accounts(tx, intent));
  if (settles_account(wanted)) {
    std::erase_if(accounts, [&](const auto& row) { return row.account.id != wanted.account; });
    if (accounts.empty()) {
      return field_error(ErrorCode::INVALID_PARAMETERS, "account_id",
                         "account_id must be an account of the customer where the payer may not choose another");
    }
    session.account = wanted.account;
  }
  const auto usable =
      static_cast<std::size_t>(std::ranges::count_if(accounts, [](const auto& row) { return !row.reason; }));
  if (usable == 0) {
    const auto cooling = std::ranges::find_if(accounts, [](const auto& row) { return row.reason == "COOL_OFF"; });
    if (cooling != accounts.end()) {
      session.bank_identifier = cooling->bank_identifier;
      ASSIGN_OR_RETURN(const auto source,
                       parts_.sources.get(tx, wanted.application, session.customer, cooling->source));
      if (source.reconnect_id) {
        Error refused =
            error(ErrorCode::RECONNECT_REQUIRED, "the bank needs the customer to sign in again: call reconnect");
        refused.details.push_back({.name = "reconnect_id", .json = json::quoted(source.reconnect_id->to_text())});
        session.step_kind = StepKind::FAILED;
        session.step = failure_json("RECONNECT_REQUIRED", "the bank needs the customer to sign in again");
        return with_step(tx, std::move(refused), session);
      }
      const auto until = cooling->cool_off_expires_at;
      Error refused = error(ErrorCode::PENDING_BENEFICIARY_COOL_OFF,
                            "the bank lets the customer pay this destination after its cool-off");
      if (until) {
        refused.details.push_back(
            {.name = "beneficiary_cool_off_expiry", .json = json::quoted(qantara::to_text(*until))});
      }
      session.step_kind = StepKind::COOL_OFF;
      session.step = cool_off_json(until);
      return with_step(tx, std::move(refused), session);
    }
    // Linked, but not for this amount or not now: the list says so. With nothing to pay with, the flow offers to connect a bank.
    const bool is_linked = std::ranges::any_of(
        accounts, [](const auto& row) { return row.reason == "LIMIT" || row.reason == "BANK_UNAVAILABLE"; });
    session.step_kind = is_linked || settles_account(wanted) ? StepKind::ACCOUNT : StepKind::WELCOME;
    return {};
  }
  const auto chosen =
      std::ranges::find_if(accounts, [&](const auto& row) { return wanted.account == row.account.id && !row.reason; });
  session.step_kind = StepKind::ACCOUNT;
  if (chosen != accounts.end() || usable == 1) {
    session.account = chosen != accounts.end() ? chosen->account.id : accounts.front().account.id;
    session.step_kind = StepKind::REVIEW;
  }
  return {};
}

/// The refusal with an end that a page can draw. Nothing of `session` is stored.
Error LinkFlow::with_step(db::Transaction& tx, Error refused, const LinkSession& session) const {
  const auto view = render(tx, session);
  if (!view) return view.error();
  refused.details.push_back({.name = "step", .json = step_json(*view)});
  return refused;
}

}  // namespace qantara::link
