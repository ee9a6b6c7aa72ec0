#include "link/link_flow.h"

#include <algorithm>
#include <functional>

#include "bank_registry/bank_registry.h"
#include "banking/bank_store.h"
#include "banking/step_json.h"
#include "base/text.h"
#include "json/json.h"
#include "link/link_store.h"
#include "link/stored_step.h"

namespace qantara::link {

namespace {

constexpr int kFollowMs = 2000;  ///< How often a window looks at what another one does.
constexpr int kCodeTriesMax = 5;
constexpr std::size_t kAnswerLengthMax = 256;

Error unknown_session() {
  return error(ErrorCode::UNKNOWN_LINK_SESSION, "there is no link session with this id, or its token is another");
}

Error outdated(int number) {
  Error refused = error(ErrorCode::STEP_OUTDATED, "the flow has moved on: read the session and go on from its step");
  refused.details.push_back({.name = "step_number", .json = std::to_string(number)});
  return refused;
}

bool has_field(const banking::NeedFields& need, banking::FieldKind kind) {
  return std::ranges::any_of(need.fields, [&](const auto& field) { return field.kind == kind; });
}

StepKind kind_of(const banking::NeedFields& need) {
  if (has_field(need, banking::FieldKind::OTP)) return StepKind::CODE;
  if (has_field(need, banking::FieldKind::CHOICE)) return StepKind::METHOD;
  return StepKind::CREDENTIALS;
}

/// A code as people type and paste it: blanks and dashes dropped, Arabic digits (both rows) turned into ASCII.
std::string normalise_code(std::string_view typed) {
  std::string code;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const auto byte = static_cast<unsigned char>(typed[i]);
    const auto next = i + 1 < typed.size() ? static_cast<unsigned char>(typed[i + 1]) : 0;
    if (byte == 0xD9 && next >= 0xA0 && next <= 0xA9) {  // U+0660–0669
      code += static_cast<char>('0' + next - 0xA0);
      ++i;
    } else if (byte == 0xDB && next >= 0xB0 && next <= 0xB9) {  // U+06F0–06F9
      code += static_cast<char>('0' + next - 0xB0);
      ++i;
    } else if (typed[i] != ' ' && typed[i] != '-') {
      code += typed[i];
    }
  }
  return code;
}

const Secret* find_answer(const banking::Answers& answers, std::string_view name) {
  const auto found = std::ranges::find_if(answers, [&](const auto& answer) { return answer.first == name; });
  return found == answers.end() ? nullptr : &found->second;
}

/// The answers to exactly what was asked: nothing missing, nothing else.
Result<banking::Answers> answers_to(const json::Value& asked, const banking::Answers& given) {
  banking::Answers answers;
  Error missing = error(ErrorCode::MISSING_PARAMETERS, "every field of the step must be filled");
  const auto* const fields = asked.find("fields");
  if (fields == nullptr || !fields->is(json::Kind::ARRAY)) return answers;
  for (const auto& field : fields->items()) {
    const std::string name{field.text("name").value_or("")};
    const auto* const answer = find_answer(given, name);
    const bool is_code = field.text("kind") == "OTP";
    std::string text = answer == nullptr ? std::string{} : std::string{answer->reveal()};
    if (is_code) text = normalise_code(text);
    if (text.empty()) {
      missing.fields.push_back(
          {.field = "fields." + name, .code = ErrorCode::MISSING_PARAMETERS, .message = name + " must not be empty"});
      continue;
    }
    if (text.size() > kAnswerLengthMax) {
      return field_error(ErrorCode::INVALID_PARAMETERS, "fields." + name, name + " must have at most 256 characters");
    }
    answers.emplace_back(name, Secret{std::move(text)});
  }
  if (!missing.fields.empty()) return missing;
  return answers;
}

}  // namespace

std::string LinkFlow::token_of(LinkSessionId id) const {
  const auto mac = hmac_sha256(token_key_.reveal(), id.to_text());
  return to_hex(as_bytes(mac));
}

Task<Result<LinkView>> LinkFlow::view(SessionKey key) const {
  auto viewed = co_await parts_.database.read([&](db::Transaction& tx) -> Result<LinkView> {
    ASSIGN_OR_RETURN(const auto session, load(tx, key));
    return render_for(tx, key, session);
  });
  co_return viewed;
}

Task<Result<LinkView>> LinkFlow::act(SessionKey key, Act act, banking::PayerDevice device) const {
  CO_ASSIGN_OR_RETURN(auto decision,
                      co_await parts_.database.write([&](db::Transaction& tx) { return decide(tx, key, act); }));
  const auto& session = decision.session;
  device.language = session.language;
  device.return_urls = return_urls(session);

  if (decision.call == BankCall::LINK_SUBMIT || decision.call == BankCall::ADD_BENEFICIARY) {
    const auto held = in_flight_.take(session.id);
    if (!held) co_return outdated(session.step_number);
    const auto connector = parts_.banks.connector(session.bank_identifier);
    auto state = session.connector_state;
    banking::BankResult<banking::Step> brought;
    if (decision.call == BankCall::LINK_SUBMIT) {
      brought = co_await connector->submit(decision.answers, device, state);
    } else {
      brought = co_await connector->add_beneficiary(*decision.creditor, device, state);
    }
    // Told twice, it counts once: the step has moved on then. As long as it is not told, other gateways wait for it.
    using Recording = std::function<Result<void>(db::Transaction&, payments::Try)>;
    CO_RETURN_IF_ERROR(co_await parts_.authorisation.insist(
        Recording{[&](db::Transaction& tx, payments::Try) { return record_linking(tx, session, brought, state); }}));
  }
  if (decision.call == BankCall::PAYMENT_START) {
    CO_RETURN_IF_ERROR(co_await parts_.authorisation.start(*decision.payment, decision.payment_step, device));
  }
  if (decision.call == BankCall::PAYMENT_ANSWER) {
    CO_RETURN_IF_ERROR(co_await parts_.authorisation.answer(*decision.payment, decision.payment_step,
                                                            decision.payment_call, decision.answers, device));
  }
  auto viewed = co_await view(std::move(key));
  co_return viewed;
}

Task<Result<LinkView>> LinkFlow::leave(SessionKey key) const {
  auto left = co_await parts_.database.write([&](db::Transaction& tx) -> Result<LinkView> {
    ASSIGN_OR_RETURN(auto session, load(tx, key));
    ASSIGN_OR_RETURN(auto view, render_for(tx, key, session));
    if (view.result) return view;  // It is over already; what it ended with stands.
    const bool is_working = view.kind == StepKind::WORKING;
    end(view, EndReason::LEFT);
    // A payer who comes back to pay goes on where they were; a connection is begun anew.
    if (!is_paying(session.method) && !is_working && !view.elsewhere) {
      RETURN_IF_ERROR(go_to(tx, session, StepKind::END, end_json(EndReason::LEFT)));
    }
    return view;
  });
  co_return left;
}

Result<void> LinkFlow::recover(db::Transaction& tx) const { return release_session_leases(tx); }
Result<void> LinkFlow::recover(db::Transaction& tx, GatewayId gone) const {
  return release_session_leases_of(tx, gone);
}

Result<void> LinkFlow::end_idle_leases(db::Transaction& tx) const {
  ASSIGN_OR_RETURN(const auto lapsed,
                   select_lapsed_sessions(tx, parts_.gateway, parts_.real_clock.now(), payments::kLease));
  for (const auto id : lapsed) {
    if (!in_flight_.contains(id)) RETURN_IF_ERROR(release_session_lease(tx, id));
  }
  return {};
}

// What is under way here is known without a clock. To everybody but its holder a lease lasts until it is given back: clocks of two
// machines are not compared. Of one's own that nobody works on any more the clock tells, unless it was set back since.
bool LinkFlow::is_leased(const LinkSession& session) const {
  if (in_flight_.contains(session.id)) return true;
  if (!session.lease_until) return false;
  if (session.lease_holder && *session.lease_holder != parts_.gateway) return true;
  return payments::is_running(*session.lease_until, parts_.real_clock.now());
}

void LinkFlow::lease(LinkSession& session) const {
  session.lease_holder = parts_.gateway;
  session.lease_until = parts_.real_clock.now() + payments::kLease;
}

Result<LinkSession> LinkFlow::load(db::Transaction& tx, const SessionKey& key) const {
  if (!equals_in_constant_time(key.token, token_of(key.id))) return unknown_session();
  ASSIGN_OR_RETURN(auto session, select_session(tx, parts_.vault, key.id));
  if (!session || session->expires_at + kReadable <= parts_.real_clock.now()) return unknown_session();
  return *std::move(session);
}

/// The step as the window of `key` is shown it.
Result<LinkView> LinkFlow::render_for(db::Transaction& tx, const SessionKey& key, const LinkSession& session) const {
  ASSIGN_OR_RETURN(auto view, render(tx, session));
  view.elsewhere = key.window && *key.window != session.window && !view.result;
  // It follows what the other window does.
  if (view.elsewhere && !view.ask_again_in_ms) view.ask_again_in_ms = kFollowMs;
  return view;
}

// Acting.

Result<LinkFlow::Decision> LinkFlow::decide(db::Transaction& tx, const SessionKey& key, const Act& act) const {
  ASSIGN_OR_RETURN(auto session, load(tx, key));
  ASSIGN_OR_RETURN(const auto shown, render_for(tx, key, session));
  const bool has_moved_on =
      act.number != shown.number || shown.kind == StepKind::WORKING || shown.kind == StepKind::END || shown.elsewhere;
  if (has_moved_on) return outdated(shown.number);
  const auto allowed = actions_of(shown);
  if (std::ranges::find(allowed, act.action) == allowed.end() || act.action == Action::CANCEL) {
    std::string names;
    for (const auto action : allowed) {
      if (action != Action::CANCEL) names += (names.empty() ? "" : ", ") + std::string{to_text(action)};
    }
    return field_error(
        ErrorCode::INVALID_PARAMETERS, "action",
        names.empty() ? "this step takes no action" : "action must be one of: " + names + "; to leave, post to /leave");
  }
  Decision decision{.session = std::move(session)};
  decision.session.expires_at = parts_.real_clock.now() + kSessionLife;  // Whatever follows writes the session.
  const bool paying = decision.session.step_kind == StepKind::PAYMENT ||
                      decision.session.step_kind == StepKind::ACCOUNT || decision.session.step_kind == StepKind::REVIEW;
  return paying ? decide_paying(tx, std::move(decision), act, shown) : decide_linking(tx, std::move(decision), act);
}

Result<LinkFlow::Decision> LinkFlow::decide_linking(db::Transaction& tx, Decision decision, const Act& act) const {
  auto& session = decision.session;
  const auto lease_it = [&]() -> Result<void> {
    lease(session);
    return update_session(tx, parts_.vault, session);
  };

  switch (session.step_kind) {
    case StepKind::WELCOME:
    case StepKind::BANK_UNREACHABLE:
      if (session.came_back) {  // The bank did not say how the visit to its pages went.
        RETURN_IF_ERROR(lease_it());
        decision.call = BankCall::LINK_SUBMIT;
      } else if (session.bank_identifier.empty()) {
        RETURN_IF_ERROR(go_to(tx, session, StepKind::BANKS));
      } else if (session.linked || is_adding_payee(session.method)) {
        RETURN_IF_ERROR(go_to(tx, session, StepKind::PAYEE));
      } else {
        RETURN_IF_ERROR(begin_login(tx, decision));
      }
      return decision;

    case StepKind::BANKS: {
      const auto* const chosen = find_answer(act.fields, "bank_identifier");
      if (chosen == nullptr)
        return field_error(ErrorCode::MISSING_PARAMETERS, "fields.bank_identifier",
                           "bank_identifier must name a bank of the list");
      RETURN_IF_ERROR(choose_bank(tx, session, chosen->reveal()));
      RETURN_IF_ERROR(begin_login(tx, decision));
      return decision;
    }

    case StepKind::CREDENTIALS:
    case StepKind::CODE:
    case StepKind::METHOD:
    case StepKind::REDIRECT: {
      if (act.action == Action::BACK) {
        session.visit.reset();
        session.connector_state = {};
        session.linked.reset();
        RETURN_IF_ERROR(go_to(tx, session, StepKind::BANKS));
        return decision;
      }
      ASSIGN_OR_RETURN(const auto asked, json::parse(session.step));
      ASSIGN_OR_RETURN(decision.answers, answers_to(asked, act.fields));
      if (session.step_kind == StepKind::CREDENTIALS) begin_visit(session);
      if (session.step_kind == StepKind::CODE && ++session.code_tries > kCodeTriesMax) {
        RETURN_IF_ERROR(fail(tx, session, "MFA_ATTEMPTS_EXHAUSTED", "too many codes were tried"));
        return decision;
      }
      RETURN_IF_ERROR(lease_it());
      decision.call = BankCall::LINK_SUBMIT;
      return decision;
    }

    case StepKind::ACCOUNTS:
      RETURN_IF_ERROR(go_to(tx, session, StepKind::PAYEE));
      return decision;

    case StepKind::PAYEE: {
      ASSIGN_OR_RETURN(const auto destination, parts_.destinations.get(tx, session.application, *session.destination));
      if (!parts_.banks.connector(session.bank_identifier)->capabilities().beneficiaries) {
        // The bank keeps no list of payees: it lets this one be paid at once, or after the wait that the operator knows of.
        const auto bank = parts_.banks.find(session.bank_identifier);
        const auto wait = bank ? bank->cool_off_default : Duration{};
        banking::BeneficiaryAdded added;
        if (wait > Duration::zero()) added.cool_off_until = parts_.clock.now() + wait;
        RETURN_IF_ERROR(finish_linking(tx, session, added));
        return decision;
      }
      begin_visit(session);
      RETURN_IF_ERROR(lease_it());
      decision.creditor = payments::creditor_of(destination);
      decision.call = BankCall::ADD_BENEFICIARY;
      return decision;
    }

    default:
      return outdated(session.step_number);
  }
}

Result<LinkFlow::Decision> LinkFlow::decide_paying(db::Transaction& tx, Decision decision, const Act& act,
                                                   const LinkView& shown) const {
  auto& session = decision.session;
  if (session.step_kind == StepKind::ACCOUNT) {
    const auto* const answer = find_answer(act.fields, "account_id");
    const auto chosen = answer == nullptr ? std::nullopt : AccountId::parse(answer->reveal());
    if (!chosen)
      return field_error(ErrorCode::MISSING_PARAMETERS, "fields.account_id",
                         "account_id must be an account of the list");
    const auto found = std::ranges::find_if(shown.accounts, [&](const auto& row) { return row.account.id == *chosen; });
    if (found == shown.accounts.end() || found->reason) {
      return field_error(ErrorCode::INVALID_PARAMETERS, "fields.account_id",
                         "account_id must be a usable account of the list");
    }
    session.account = chosen;
    RETURN_IF_ERROR(go_to(tx, session, StepKind::REVIEW));
    return decision;
  }
  if (session.step_kind == StepKind::REVIEW) {
    if (act.action == Action::CHANGE_ACCOUNT) {
      session.account.reset();
      RETURN_IF_ERROR(go_to(tx, session, StepKind::ACCOUNT));
      return decision;
    }
    CHECK(session.account && session.intent);
    ASSIGN_OR_RETURN(const auto payment,
                     parts_.payments.start(tx, session.application, *session.intent, *session.account));
    session.bank_identifier = payment.bank_identifier;
    begin_visit(session);
    RETURN_IF_ERROR(go_to(tx, session, StepKind::PAYMENT));
    decision.payment = payment.id;
    decision.payment_step = payment.steps;
    decision.call = BankCall::PAYMENT_START;
    return decision;
  }

  ASSIGN_OR_RETURN(const auto payment, parts_.payments.of_intent(tx, *session.intent));
  CHECK(payment.has_value());
  RETURN_IF_ERROR(update_session(tx, parts_.vault, session));
  decision.payment = payment->id;
  decision.payment_step = payment->steps;
  if (act.action == Action::CHECK_AGAIN) {
    RETURN_IF_ERROR(parts_.payments.hasten_check(tx, payment->id));
    return decision;
  }
  if (act.action == Action::RETRY) {
    decision.call = BankCall::PAYMENT_START;
    return decision;
  }
  CHECK(payment->step.has_value());
  ASSIGN_OR_RETURN(const auto asked, json::parse(*payment->step));
  ASSIGN_OR_RETURN(decision.answers, answers_to(asked, act.fields));
  const auto* const irrevocable = asked.find("irrevocable");
  decision.payment_call = irrevocable != nullptr ? payments::Call::SUBMISSION : payments::Call::HARMLESS;
  decision.call = BankCall::PAYMENT_ANSWER;
  return decision;
}

/// To what the bank asks first. One that asks on its own pages is called at once, and says where they are.
Result<void> LinkFlow::begin_login(db::Transaction& tx, Decision& decision) const {
  auto& session = decision.session;
  session.connector_state = {};
  const auto need = parts_.banks.connector(session.bank_identifier)->begin_link();
  if (!need.fields.empty()) return go_to(tx, session, StepKind::CREDENTIALS, banking::to_json(need));
  begin_visit(session);
  lease(session);
  decision.call = BankCall::LINK_SUBMIT;
  return update_session(tx, parts_.vault, session);
}

Result<void> LinkFlow::choose_bank(db::Transaction& tx, LinkSession& session, std::string_view identifier) const {
  const auto bank = parts_.banks.find(identifier);
  ASSIGN_OR_RETURN(const bool is_switched_off, banking::is_switched_off(tx, session.application, identifier));
  ASSIGN_OR_RETURN(const auto application, parts_.applications.find(tx, session.application));
  const bool is_seen = bank && application && bank_registry::is_seen(*bank, application->mode);
  if (!is_seen || is_switched_off)
    return field_error(ErrorCode::UNKNOWN_BANK, "bank_identifier", "there is no bank with this identifier");
  if (!bank->active)
    return field_error(ErrorCode::INVALID_PARAMETERS, "bank_identifier", "this bank is not available now");
  session.bank_identifier = bank->identifier;
  return {};
}

// What linking brought.

Result<void> LinkFlow::record_linking(db::Transaction& tx, const LinkSession& claimed,
                                      const banking::BankResult<banking::Step>& brought,
                                      const banking::ConnectorState& state) const {
  ASSIGN_OR_RETURN(auto found, select_session(tx, parts_.vault, claimed.id));
  if (!found) return unknown_session();
  // The lease ran out while the call was under way, and the payer went on without it.
  if (found->step_number != claimed.step_number || found->lease_until != claimed.lease_until) return {};
  auto& session = *found;
  session.lease_until.reset();
  const auto came_back = session.came_back;
  session.came_back.reset();
  const bool is_no = brought && std::holds_alternative<banking::Refused>(*brought);
  // Whoever comes back by the other way has not seen the visit through: what somebody else may have done there is not theirs.
  if (came_back == CameBack::REFUSED && !is_no) return go_to(tx, session, StepKind::REDIRECT, session.step);
  session.connector_state = state;

  if (!brought) {
    using enum banking::CallError::Kind;
    if (brought.error().kind == SESSION_ENDED) {
      // The bank has signed the payer out: sign in again, then go on.
      session.connector_state = {};
      session.linked.reset();
      return go_to(tx, session, StepKind::CREDENTIALS,
                   banking::to_json(parts_.banks.connector(session.bank_identifier)->begin_link()));
    }
    if (brought.error().kind == REFUSED || brought.error().kind == MISCONFIGURED)
      return fail(tx, session, "BANK_ISSUE", brought.error().message);
    session.came_back = came_back;  // To be asked about again.
    return go_to(tx, session, StepKind::BANK_UNREACHABLE);
  }
  if (const auto* const need = std::get_if<banking::NeedFields>(&*brought)) {
    if (!need->wrong_answer) session.code_tries = 0;
    return go_to(tx, session, kind_of(*need), banking::to_json(*need));
  }
  if (const auto* const need = std::get_if<banking::NeedRedirect>(&*brought))
    return go_to(tx, session, StepKind::REDIRECT, banking::to_json(*need));
  if (const auto* const linked = std::get_if<banking::Linked>(&*brought)) {
    if (session.source) {
      ASSIGN_OR_RETURN(const bool same, parts_.sources.is_bank_user(tx, *session.source, linked->bank_user));
      if (!same)
        return fail(tx, session, "INVALID_CREDENTIALS", "another user signed in than the payment source belongs to");
    }
    if (session.method == Method::RECONNECT) {
      RETURN_IF_ERROR(parts_.sources.reconnect(tx, *session.source, *linked, session.connector_state));
      session.connector_state = {};
      return go_to(tx, session, StepKind::CONNECTED);
    }
    session.linked = *linked;
    return go_to(tx, session, StepKind::ACCOUNTS);
  }
  if (const auto* const added = std::get_if<banking::BeneficiaryAdded>(&*brought))
    return finish_linking(tx, session, *added);
  if (const auto* const refused = std::get_if<banking::Refused>(&*brought))
    return fail(tx, session, refused->code, refused->text);
  return fail(tx, session, "KNOWN_UNSUPPORTED_MFA_BEHAVIOUR",
              "the bank asks for a way to sign in that this flow does not know");
}

Result<void> LinkFlow::finish_linking(db::Transaction& tx, LinkSession& session,
                                      const banking::BeneficiaryAdded& added) const {
  if (session.source) {
    ASSIGN_OR_RETURN(const auto source, parts_.sources.get(tx, session.application, session.customer, *session.source));
    const auto beneficiary =
        parts_.sources.add_beneficiary(tx, source, *session.destination, added, session.connector_state);
    if (!beneficiary && beneficiary.error().code == ErrorCode::BENEFICIARY_ALREADY_EXISTS) {
      return fail(tx, session, "BENEFICIARY_ALREADY_EXISTS", "destination for payment source already exists");
    }
    RETURN_IF_ERROR(beneficiary);
  } else {
    CHECK(session.linked.has_value());
    const auto bank = parts_.banks.find(session.bank_identifier);
    RETURN_IF_ERROR(parts_.sources.connect(tx, {.application = session.application,
                                                .customer = session.customer,
                                                .bank_identifier = session.bank_identifier,
                                                .bank_name = bank ? bank->name : session.bank_identifier,
                                                .linked = *session.linked,
                                                .state = session.connector_state,
                                                .destination = *session.destination,
                                                .beneficiary = added}));
  }
  session.linked.reset();
  session.connector_state = {};
  if (added.cool_off_until) return go_to(tx, session, StepKind::COOL_OFF, cool_off_json(*added.cool_off_until));
  if (is_paying(session.method)) {
    // Connected on the way to paying: go on to the accounts.
    return go_to(tx, session, StepKind::ACCOUNT);
  }
  return go_to(tx, session, StepKind::CONNECTED);
}

Result<void> LinkFlow::go_to(db::Transaction& tx, LinkSession& session, StepKind kind, std::string step) const {
  session.step_kind = kind;
  session.step = std::move(step);
  ++session.step_number;
  return update_session(tx, parts_.vault, session);
}

Result<void> LinkFlow::fail(db::Transaction& tx, LinkSession& session, std::string_view code,
                            std::string_view text) const {
  session.lease_until.reset();
  session.connector_state = {};
  session.linked.reset();
  return go_to(tx, session, StepKind::FAILED, failure_json(code, text));
}

}  // namespace qantara::link
