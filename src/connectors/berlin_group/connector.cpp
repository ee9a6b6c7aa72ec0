#include "connectors/berlin_group/connector.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "connectors/berlin_group/exchange.h"
#include "connectors/berlin_group/mapping.h"
#include "connectors/berlin_group/prompts.h"
#include "connectors/berlin_group/state.h"

namespace qantara::connectors::berlin_group {
namespace {

using banking::Answers;
using banking::BankResult;
using banking::BeneficiaryAdded;
using banking::CallError;
using banking::ConnectorState;
using banking::NeedApproval;
using banking::NeedFields;
using banking::Outcome;
using banking::PayerDevice;
using banking::Refused;
using banking::Stage;
using banking::Step;
using banking::StillWaiting;
using http::Method;
using json::Value;

/// As long as banks let a login without a code live; under the 180 days that European banks allow at most.
constexpr std::chrono::days kConsentValidity{90};
/// For a payee whom the bank lets cool off without saying until when, where the operator has not said either.
constexpr std::chrono::hours kCoolOffUnsaid{24};
constexpr std::size_t kUserNameMax = 256;

std::unexpected<CallError> fail(CallError::Kind kind, std::string_view code, std::string message) {
  return std::unexpected(
      CallError{.kind = kind, .code = std::string{code}, .message = std::move(message), .retry_after = {}});
}

std::unexpected<CallError> fail(const Failure& failure) { return std::unexpected(failure.error); }

/// An answer that lacks what the standard promises: it came, so something may have happened.
std::unexpected<CallError> wrong_shape(std::string_view call) {
  return fail(CallError::Kind::OUTCOME_UNKNOWN, "", fmt::format("{}: the answer lacks what it must have", call));
}

std::unexpected<CallError> unusable_state(std::string_view what) {
  return fail(CallError::Kind::NOT_SENT, "", fmt::format("connector state: {}", what));
}

/// The answer to one field, or null if there is none or it is empty.
const Secret* find_answer(const Answers& answers, std::string_view name) {
  const auto at = std::ranges::find(answers, name, [](const auto& answer) -> std::string_view { return answer.first; });
  return at == answers.end() || at->second.empty() ? nullptr : &at->second;
}

/// Whether a user name can be sent: it travels in a header.
bool is_sendable(std::string_view user_name) {
  return user_name.size() <= kUserNameMax &&
         std::ranges::none_of(user_name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Step locked(const Failure& failure) { return Refused{.code = "EU_ACCOUNT_LOCKED", .text = failure.text}; }
Step authorisation_failed() { return Refused{.code = "MFA_ATTEMPTS_EXHAUSTED", .text = {}}; }
Step unsupported() {
  return Refused{.code = "EU_FUNCTIONALITY_RESTRICTED",
                 .text = "The bank wants a way to authorise that is not spoken here."};
}

class Connector final : public banking::BankConnector {
 public:
  Connector(std::unique_ptr<Exchange> exchange, const Clock& clock) : exchange_(std::move(exchange)), clock_(clock) {}

  banking::Capabilities capabilities() const override {
    const auto& bank = exchange_->bank();
    return {.embedded = bank.may_use(banking::ScaWay::EMBEDDED),
            .decoupled = bank.may_use(banking::ScaWay::DECOUPLED),
            .redirect = bank.may_use(banking::ScaWay::REDIRECT),
            .beneficiaries = true,
            .reference_length = bank.reference_length};
  }

  Task<BankResult<void>> knock() override;

  NeedFields begin_link() const override {
    if (prefers_redirect()) return {.stage = Stage::LOGIN, .fields = {}, .message = {}, .target = {}, .tries_left = {}};
    return ask_for_credentials(Tone::FIRST, {});
  }

  Task<BankResult<Step>> submit(const Answers& answers, const PayerDevice& device, ConnectorState& stored) override;
  Task<BankResult<Step>> add_beneficiary(const banking::Creditor& creditor, const PayerDevice& device,
                                         ConnectorState& stored) override;
  Task<BankResult<BeneficiaryAdded>> read_beneficiary(const std::string& bank_beneficiary_id,
                                                      ConnectorState& stored) override;
  Task<BankResult<void>> end_link(ConnectorState& stored) override;

  Task<BankResult<Step>> begin_payment(const banking::PaymentOrder& order, const PayerDevice& device,
                                       const ConnectorState& link, ConnectorState& payment) override;
  Task<BankResult<Step>> advance_payment(const banking::PaymentOrder& order, const PayerDevice& device,
                                         ConnectorState& payment) override;
  Task<BankResult<Step>> submit_payment(const banking::PaymentOrder& order, const Answers& answers,
                                        const PayerDevice& device, ConnectorState& payment) override;
  Task<BankResult<Step>> poll_payment(ConnectorState& payment) override;

 private:
  // Linking
  Task<BankResult<Step>> begin_login(const PayerDevice& device, State& state);
  Task<BankResult<Step>> log_in(const Answers& answers, const PayerDevice& device, State& state);
  Task<BankResult<Step>> read_accounts_of(const State& state, const PayerDevice& device);
  Task<BankResult<BeneficiaryAdded>> read_beneficiary_of(const std::string& id, const State& state);

  // An authorisation, whatever it is for. These change `state` as far as the bank went along.
  Task<BankResult<Step>> start_authorisation(const PayerDevice& device, State& state);
  Task<BankResult<Step>> answer(const Answers& answers, const PayerDevice& device, const std::string& request_key,
                                State& state);
  Task<BankResult<Step>> take_answer(const Value& body, const PayerDevice& device, State& state);
  Task<BankResult<Step>> take_refusal(const Failure& failure, const PayerDevice& device, State& state);
  Task<BankResult<Step>> complete(const PayerDevice& device, State& state);
  Task<BankResult<Step>> complete_redirect(const PayerDevice& device, State& state);
  Task<std::string> ask_sca_status(const State& state);

  // Paying
  Task<Reply> create_payment(const std::string& collection, const banking::PaymentOrder& order,
                             const PayerDevice& device, const State& state);
  Task<BankResult<Step>> ask_payment_status(const State& state, std::string sca_status);
  Task<BankResult<Step>> outcome_of_authorised(State& state);

  Call call(std::string_view name, Method method, std::string target, const State& state,
            const PayerDevice* device) const;
  bool may_redirect(const PayerDevice& device) const;
  bool prefers_redirect() const;
  void choose_way(Call& call, const PayerDevice& device) const;
  bool take_redirect(const Links& links, State& state);
  void record(const ScaAnswer& answer, ScaStep step, State& state);
  BeneficiaryAdded cooling(const Beneficiary& beneficiary) const;

  std::unique_ptr<Exchange> exchange_;
  const Clock& clock_;
};

/// A call with the headers that say on whose behalf it is made. `device` null: the payer is not there.
Call Connector::call(std::string_view name, Method method, std::string target, const State& state,
                     const PayerDevice* device) const {
  Call result{.name = name, .method = method, .target = std::move(target), .headers = {}, .body = {}};
  if (device == nullptr) return result;
  result.headers.set("PSU-IP-Address", psu_ip_address(device->ip_address));
  if (!state.psu_id.empty()) result.headers.set("PSU-ID", state.psu_id);
  if (!device->user_agent.empty() && is_sendable(device->user_agent))
    result.headers.set("PSU-User-Agent", device->user_agent);
  if (device->language == "en" || device->language == "ar") result.headers.set("PSU-Accept-Language", device->language);
  return result;
}

bool Connector::may_redirect(const PayerDevice& device) const {
  return exchange_->bank().may_use(banking::ScaWay::REDIRECT) && device.return_urls.has_value();
}

/// The operator would rather send payers to the bank than ask them here, or may do nothing else.
bool Connector::prefers_redirect() const {
  const auto& bank = exchange_->bank();
  if (bank.sca_ways.empty() || !bank.may_use(banking::ScaWay::REDIRECT)) return false;
  return bank.sca_ways.front() == banking::ScaWay::REDIRECT || !bank.may_use(banking::ScaWay::EMBEDDED);
}

/// Tells the bank which way is wished for. It decides; the links of its answer say how.
void Connector::choose_way(Call& call, const PayerDevice& device) const {
  const bool is_wished = may_redirect(device) && prefers_redirect();
  call.headers.set("TPP-Redirect-Preferred", is_wished ? "true" : "false");
  call.headers.set("TPP-Explicit-Authorisation-Preferred", is_wished ? "false" : "true");
  if (!may_redirect(device)) return;
  call.headers.set("TPP-Redirect-URI", device.return_urls->done);
  call.headers.set("TPP-Nok-Redirect-URI", device.return_urls->refused);
}

/// The answer to a creation that has started the authorisation too, on the bank's own pages. False if it has not.
bool Connector::take_redirect(const Links& links, State& state) {
  if (!exchange_->bank().may_use(banking::ScaWay::REDIRECT)) return false;
  state.redirect_url = exchange_->browser_link(links, "scaRedirect");
  if (state.redirect_url.empty()) return false;
  state.asked = Asked::REDIRECT;
  state.sca_status = "received";
  state.authorisation_id = authorisation_in(links);
  return true;
}

void Connector::record(const ScaAnswer& answer, ScaStep step, State& state) {
  if (!read_sca_status(answer.sca_status)) exchange_->note_unknown("scaStatus", answer.sca_status);
  state.sca_status = answer.sca_status;
  if (!answer.authorisation_id.empty()) state.authorisation_id = answer.authorisation_id;
  state.challenge = answer.challenge;
  state.update_target.clear();
  if (step == ScaStep::PASSWORD) {
    state.asked = Asked::PASSWORD;
    state.update_target = exchange_->follow(answer.links, "updatePsuAuthentication");
  } else if (step == ScaStep::METHOD) {
    state.asked = Asked::METHOD;
    state.methods = answer.methods;
    state.update_target = exchange_->follow(answer.links, "selectAuthenticationMethod");
  } else if (step == ScaStep::CODE) {
    state.asked = Asked::CODE;
    state.update_target = exchange_->follow(answer.links, "authoriseTransaction");
  } else if (step == ScaStep::APPROVAL) {
    state.asked = Asked::APPROVAL;
  } else if (step == ScaStep::REDIRECT) {
    state.asked = Asked::REDIRECT;
    state.redirect_url = exchange_->browser_link(answer.links, "scaRedirect");
  } else if (step == ScaStep::DONE) {
    state.asked = Asked::NOTHING;
  }
  if (state.update_target.empty()) state.update_target = state.authorisation_target();
}

// ---- Being there ----

/// Asks for accounts without a consent: a bank refuses that, and so is there.
Task<BankResult<void>> Connector::knock() {
  Call list = call("knock", Method::GET, exchange_->target("/v1/accounts"), State{}, nullptr);
  const auto listed = co_await exchange_->send(std::move(list));
  if (!listed && (listed.error().status < 200 || listed.error().status >= 500)) co_return fail(listed.error());
  co_return BankResult<void>{};
}

// ---- Linking ----

Task<BankResult<Step>> Connector::submit(const Answers& answers, const PayerDevice& device, ConnectorState& stored) {
  auto state = State::parse(stored.json);
  if (!state) co_return unusable_state("unreadable");
  const bool is_first = answers.empty() && state->resource.empty();
  if (is_first && prefers_redirect() && may_redirect(device)) {
    auto step = co_await begin_login(device, *state);
    stored.json = state->to_json();
    co_return step;
  }
  if (find_answer(answers, "username") != nullptr || state->resource.empty()) {
    auto step = co_await log_in(answers, device, *state);
    stored.json = state->to_json();
    co_return step;
  }
  auto step = co_await answer(answers, device, "", *state);
  stored.json = state->to_json();
  co_return step;
}

/// A login on the bank's own pages: a consent that is authorised there, by whom only the bank knows.
Task<BankResult<Step>> Connector::begin_login(const PayerDevice& device, State& state) {
  State login;
  Call create = call("create consent", Method::POST, exchange_->target("/v1/consents"), login, &device);
  choose_way(create, device);
  create.body = consent_body(std::chrono::floor<std::chrono::days>(clock_.now()) + kConsentValidity);
  const auto created = co_await exchange_->send(std::move(create));
  if (!created) co_return fail(created.error());
  const auto consent_id = read_identifier(*created, "consentId");
  if (!consent_id) co_return wrong_shape("create consent");
  login.consent_id = *consent_id;
  login.resource = exchange_->target("/v1/consents/" + http::percent_encode(*consent_id));

  const Links links = read_links(*created);
  if (take_redirect(links, login)) {
    state = login;
    co_return ask(state);
  }
  if (links.find("startAuthorisation") != nullptr) {
    login.start_target = exchange_->follow(links, "startAuthorisation");
    auto started = co_await start_authorisation(device, login);
    if (started && login.asked == Asked::REDIRECT) state = login;
    const bool is_redirect = started && std::holds_alternative<banking::NeedRedirect>(*started);
    if (is_redirect || !started) co_return started;
  }
  // The bank would ask here.
  if (exchange_->bank().may_use(banking::ScaWay::EMBEDDED)) co_return ask_for_credentials(Tone::FIRST, {});
  co_return unsupported();
}

/// A login begins a new consent; what an earlier one left stays until the bank has said yes to more than the names.
Task<BankResult<Step>> Connector::log_in(const Answers& answers, const PayerDevice& device, State& state) {
  if (!exchange_->bank().may_use(banking::ScaWay::EMBEDDED)) co_return unsupported();
  const Secret* user_name = find_answer(answers, "username");
  const Secret* password = find_answer(answers, "password");
  if (user_name == nullptr || password == nullptr || !is_sendable(user_name->reveal())) {
    co_return ask_for_credentials(Tone::WRONG_ANSWER, {});
  }
  State login;
  login.psu_id = user_name->reveal();

  Call create = call("create consent", Method::POST, exchange_->target("/v1/consents"), login, &device);
  choose_way(create, device);
  create.body = consent_body(std::chrono::floor<std::chrono::days>(clock_.now()) + kConsentValidity);
  const auto created = co_await exchange_->send(std::move(create));
  if (!created) {
    if (created.error().is_refusal("SERVICE_BLOCKED")) co_return locked(created.error());
    if (created.error().is_refusal("PSU_CREDENTIALS_INVALID")) {
      co_return ask_for_credentials(Tone::WRONG_ANSWER, created.error().text);
    }
    co_return fail(created.error());
  }
  const auto consent_id = read_identifier(*created, "consentId");
  if (!consent_id) co_return wrong_shape("create consent");
  login.consent_id = *consent_id;
  login.resource = exchange_->target("/v1/consents/" + http::percent_encode(*consent_id));

  const Links links = read_links(*created);
  if (take_redirect(links, login)) {  // The bank asks on its own pages, whatever was typed here.
    state = login;
    co_return ask(state);
  }
  if (links.find("scaRedirect") != nullptr || links.find("scaOAuth") != nullptr) co_return unsupported();
  login.start_target = exchange_->follow(links, "startAuthorisationWithPsuAuthentication");
  login.asked = Asked::PASSWORD;
  if (links.find("startAuthorisation") != nullptr) {  // The password comes after the start.
    login.start_target = exchange_->follow(links, "startAuthorisation");
    auto started = co_await start_authorisation(device, login);
    const bool wants_password =
        started && std::holds_alternative<NeedFields>(*started) && login.asked == Asked::PASSWORD;
    if (!wants_password) {
      if (login.asked != Asked::PASSWORD) state = login;
      co_return started;
    }
  }
  auto step = co_await answer(answers, device, "", login);
  if (login.asked != Asked::PASSWORD) state = login;
  co_return step;
}

Task<BankResult<Step>> Connector::read_accounts_of(const State& state, const PayerDevice& device) {
  Call list = call("read accounts", Method::GET, exchange_->target("/v1/accounts"), state, &device);
  list.headers.set("Consent-ID", state.consent_id);
  const auto listed = co_await exchange_->send(std::move(list));
  if (!listed) co_return fail(listed.error());
  auto accounts = read_accounts(*listed);
  if (!accounts) co_return wrong_shape("read accounts");
  std::string user = state.psu_id.empty() ? user_of(*accounts) : state.psu_id;
  if (user.empty()) co_return Refused{.code = "EU_FUNCTIONALITY_RESTRICTED", .text = "The bank shows no account."};
  co_return banking::Linked{.bank_user = std::move(user), .accounts = *std::move(accounts)};
}

// ---- Beneficiaries ----

BeneficiaryAdded Connector::cooling(const Beneficiary& beneficiary) const {
  if (beneficiary.status == "active") return {.bank_beneficiary_id = beneficiary.id, .cool_off_until = {}};
  if (beneficiary.cool_off_until) {
    return {.bank_beneficiary_id = beneficiary.id, .cool_off_until = beneficiary.cool_off_until};
  }
  const Duration usual = exchange_->bank().cool_off_default;
  return {.bank_beneficiary_id = beneficiary.id,
          .cool_off_until = clock_.now() + (usual > Duration::zero() ? usual : Duration{kCoolOffUnsaid})};
}

Task<BankResult<Step>> Connector::add_beneficiary(const banking::Creditor& creditor, const PayerDevice& device,
                                                  ConnectorState& stored) {
  const auto state = State::parse(stored.json);
  if (!state || state->consent_id.empty()) co_return unusable_state("nobody is logged in");

  Call create = call("create beneficiary", Method::POST, exchange_->target("/v1/beneficiaries"), *state, &device);
  create.headers.set("Consent-ID", state->consent_id);
  choose_way(create, device);
  create.body = beneficiary_body(creditor);
  const auto created = co_await exchange_->send(std::move(create));
  if (!created) {
    if (created.error().is_refusal("SERVICE_BLOCKED")) co_return locked(created.error());
    co_return fail(created.error());
  }
  const auto beneficiary = berlin_group::read_beneficiary(*created);
  if (!beneficiary) co_return wrong_shape("create beneficiary");
  if (beneficiary->status == "active" || beneficiary->status == "coolOff") co_return cooling(*beneficiary);
  if (beneficiary->status == "rejected" || beneficiary->status == "removed") {
    co_return Refused{.code = "EU_FUNCTIONALITY_RESTRICTED", .text = "The bank does not take this payee."};
  }

  if (!read_identifier(*created, "authorisationId")) co_return wrong_shape("create beneficiary");

  State next;
  next.psu_id = state->psu_id;
  next.consent_id = state->consent_id;
  next.stage = Stage::BENEFICIARY;
  next.beneficiary_id = beneficiary->id;
  next.resource = exchange_->target("/v1/beneficiaries/" + http::percent_encode(beneficiary->id));
  auto step = co_await take_answer(*created, device, next);
  stored.json = next.to_json();
  co_return step;
}

/// What ends a consent is the bank's yes, or that it has no such consent (any more).
Task<BankResult<void>> Connector::end_link(ConnectorState& stored) {
  const auto state = State::parse(stored.json);
  if (!state) co_return unusable_state("not written by this version");
  if (state->consent_id.empty()) co_return BankResult<void>{};
  Call end = call("delete consent", Method::DELETE,
                  exchange_->target("/v1/consents/" + http::percent_encode(state->consent_id)), *state, nullptr);
  const auto ended = co_await exchange_->send(std::move(end));
  if (!ended && ended.error().error.kind != CallError::Kind::REFUSED &&
      ended.error().error.kind != CallError::Kind::SESSION_ENDED) {
    co_return fail(ended.error());
  }
  co_return BankResult<void>{};
}

Task<BankResult<BeneficiaryAdded>> Connector::read_beneficiary(const std::string& bank_beneficiary_id,
                                                               ConnectorState& stored) {
  const auto state = State::parse(stored.json);
  if (!state) co_return unusable_state("unreadable");
  auto added = co_await read_beneficiary_of(bank_beneficiary_id, *state);
  co_return added;
}

Task<BankResult<BeneficiaryAdded>> Connector::read_beneficiary_of(const std::string& id, const State& state) {
  Call read = call("read beneficiary", Method::GET, exchange_->target("/v1/beneficiaries/" + http::percent_encode(id)),
                   state, nullptr);
  if (!state.consent_id.empty()) read.headers.set("Consent-ID", state.consent_id);
  const auto answered = co_await exchange_->send(std::move(read));
  if (!answered) co_return fail(answered.error());
  const auto beneficiary = berlin_group::read_beneficiary(*answered);
  if (!beneficiary) co_return wrong_shape("read beneficiary");
  const std::string& status = beneficiary->status;
  if (status == "pendingAuthorisation" || status == "rejected" || status == "removed") {
    co_return fail(CallError::Kind::REFUSED, status, fmt::format("read beneficiary: it is {}", status));
  }
  if (status != "active" && status != "coolOff") exchange_->note_unknown("beneficiaryStatus", status);
  co_return cooling(*beneficiary);
}

// ---- An authorisation ----

/// Starts one without a password: for a payer whose session at the bank is alive, or who types the password afterwards.
Task<BankResult<Step>> Connector::start_authorisation(const PayerDevice& device, State& state) {
  Call start = call("start authorisation", Method::POST, state.start_target_or_usual(), state, &device);
  choose_way(start, device);
  start.body = "{}";
  const auto started = co_await exchange_->send(std::move(start));
  if (!started) {
    const Failure& failure = started.error();
    if (failure.is_refusal("SERVICE_BLOCKED")) co_return locked(failure);
    const bool is_session_over =
        failure.error.kind == CallError::Kind::SESSION_ENDED && failure.error.code.starts_with("CONSENT_");
    const bool may_ask = exchange_->bank().may_use(banking::ScaWay::EMBEDDED);
    if (may_ask && (is_session_over || failure.is_refusal("PSU_CREDENTIALS_INVALID"))) {
      state.forget_authorisation();
      state.asked = Asked::PASSWORD;
      co_return ask(state);
    }
    if (state.stage == Stage::PAYMENT && failure.is_refusal("STATUS_INVALID")) {  // Nothing is left to authorise.
      auto step = co_await ask_payment_status(state, "");
      if (step && std::holds_alternative<Outcome>(*step)) co_return step;
    }
    co_return fail(failure);
  }
  if (!read_identifier(*started, "authorisationId")) co_return wrong_shape("start authorisation");
  state.forget_authorisation();
  auto step = co_await take_answer(*started, device, state);
  co_return step;
}

/// Sends the payer's answer to what was asked last. Of a payment's code this is the irrevocable request.
Task<BankResult<Step>> Connector::answer(const Answers& answers, const PayerDevice& device,
                                         const std::string& request_key, State& state) {
  if (state.asked == Asked::NOTHING) {  // Authorised already; what comes after it did not succeed the last time.
    auto step = co_await complete(device, state);
    co_return step;
  }
  if (state.asked == Asked::APPROVAL) {
    const std::string sca_status = co_await ask_sca_status(state);
    const auto phase = read_sca_status(sca_status);
    if (phase == ScaPhase::FAILED) co_return authorisation_failed();
    if (phase != ScaPhase::DONE) co_return ask(state);
    state.asked = Asked::NOTHING;
    auto step = co_await complete(device, state);
    co_return step;
  }

  if (state.asked == Asked::REDIRECT) {
    auto step = co_await complete_redirect(device, state);
    co_return step;
  }

  const bool is_start = state.authorisation_id.empty();
  Call update = call(is_start ? "start authorisation" : "update authorisation", is_start ? Method::POST : Method::PUT,
                     is_start ? state.start_target_or_usual() : state.update_target, state, &device);
  update.contents = Contents::SECRET;
  if (state.asked == Asked::PASSWORD) {
    const Secret* password = find_answer(answers, "password");
    if (password == nullptr) co_return ask(state, Tone::WRONG_ANSWER);
    update.body = password_body(*password);
  } else if (state.asked == Asked::METHOD) {
    const Secret* method = find_answer(answers, "method");
    if (method == nullptr ||
        std::ranges::find(state.methods, method->reveal(), &ScaMethod::id) == state.methods.end()) {
      co_return ask(state, Tone::WRONG_ANSWER);
    }
    update.body = method_body(method->reveal());
  } else {
    const Secret* code = find_answer(answers, "otp");
    if (code == nullptr) co_return ask(state, Tone::WRONG_ANSWER);
    update.body = code_body(*code);
    if (state.stage == Stage::PAYMENT) update.request_id = request_key;
  }

  const auto answered = co_await exchange_->send(std::move(update));
  if (!answered) {
    auto step = co_await take_refusal(answered.error(), device, state);
    co_return step;
  }
  if (is_start && !read_identifier(*answered, "authorisationId")) co_return wrong_shape("start authorisation");
  auto step = co_await take_answer(*answered, device, state);
  co_return step;
}

/// The payer is back from the bank's own page. What they did there, the bank says.
Task<BankResult<Step>> Connector::complete_redirect(const PayerDevice& device, State& state) {
  std::optional<ScaPhase> phase;
  if (state.stage == Stage::LOGIN) {
    Call read = call("read consent status", Method::GET, state.resource + "/status", state, nullptr);
    const auto answered = co_await exchange_->send(std::move(read));
    if (!answered) co_return fail(answered.error());
    phase = read_consent_status(*answered);
    if (!phase) exchange_->note_unknown("consentStatus", answered->text("consentStatus").value_or(""));
  } else {
    const std::string sca_status = co_await ask_sca_status(state);
    if (sca_status.empty()) co_return fail(CallError::Kind::OUTCOME_UNKNOWN, "", "the bank did not say how it stands");
    phase = read_sca_status(sca_status);
  }
  if (phase == ScaPhase::FAILED) co_return Refused{.code = "REJECTED_BY_BANK", .text = {}};
  if (phase != ScaPhase::DONE) co_return ask(state);
  state.asked = Asked::NOTHING;
  auto step = co_await complete(device, state);
  co_return step;
}

/// Goes by what the bank says an authorisation wants next.
Task<BankResult<Step>> Connector::take_answer(const Value& body, const PayerDevice& device, State& state) {
  const auto sca = read_sca_answer(body);
  if (!sca) co_return wrong_shape("authorisation");
  const ScaStep step = next_step(*sca, exchange_->bank().sca_ways);
  const Asked answered = state.asked;
  const bool was_code = answered == Asked::CODE;
  // After a payment's code nothing is left for the payer to approve: what is not over yet is in the bank's hands.
  const bool is_in_flight = was_code && state.stage == Stage::PAYMENT && step == ScaStep::APPROVAL;
  record(*sca, is_in_flight ? ScaStep::DONE : step, state);

  if (step == ScaStep::DONE || is_in_flight) {
    auto completed = co_await complete(device, state);
    co_return completed;
  }
  if (step == ScaStep::FAILED) co_return authorisation_failed();
  const bool leads_nowhere = step == ScaStep::REDIRECT && state.redirect_url.empty();
  if (step == ScaStep::UNSUPPORTED || leads_nowhere) co_return unsupported();
  co_return ask(state, was_code && state.asked == Asked::CODE ? Tone::WRONG_ANSWER : Tone::FIRST);
}

/// Tells a wrong answer, a lock and an authorisation that is over from errors.
Task<BankResult<Step>> Connector::take_refusal(const Failure& failure, const PayerDevice& device, State& state) {
  if (failure.is_refusal("SERVICE_BLOCKED")) co_return locked(failure);
  const bool is_wrong = failure.error.kind == CallError::Kind::REFUSED && is_wrong_answer(failure.error.code);
  const bool is_conflict = failure.is_refusal("STATUS_INVALID");
  if (!is_wrong && !is_conflict) co_return fail(failure);
  if (state.authorisation_id.empty()) {
    if (is_wrong) co_return ask(state, Tone::WRONG_ANSWER, failure.text);
    co_return fail(failure);
  }

  // The authorisation's own status decides: the last try may be gone, or an earlier answer may have been right.
  const std::string sca_status = co_await ask_sca_status(state);
  const auto phase = read_sca_status(sca_status);
  if (phase == ScaPhase::FAILED) {
    state.sca_status = sca_status;
    co_return authorisation_failed();
  }
  if (phase == ScaPhase::DONE) {
    state.sca_status = sca_status;
    auto completed = co_await complete(device, state);
    co_return completed;
  }
  if (is_wrong) co_return ask(state, Tone::WRONG_ANSWER, failure.text);
  if (!phase && state.asked == Asked::CODE) {
    co_return fail(CallError::Kind::OUTCOME_UNKNOWN, failure.error.code, failure.error.message);
  }
  if (phase && state.asked == Asked::METHOD) {  // A choice that was made, but whose answer was lost: choose again.
    auto step = co_await start_authorisation(device, state);
    co_return step;
  }
  co_return fail(failure);
}

/// What follows an authorisation that went well. State stays such that it can be asked for again.
Task<BankResult<Step>> Connector::complete(const PayerDevice& device, State& state) {
  if (state.stage == Stage::LOGIN) {
    state.asked = Asked::NOTHING;
    auto linked = co_await read_accounts_of(state, device);
    co_return linked;
  }
  if (state.stage == Stage::BENEFICIARY) {
    state.asked = Asked::NOTHING;
    auto added = co_await read_beneficiary_of(state.beneficiary_id, state);
    if (!added) co_return std::unexpected(added.error());
    co_return *std::move(added);
  }
  auto outcome = co_await outcome_of_authorised(state);
  co_return outcome;
}

/// The scaStatus of the state's authorisation; empty if the bank did not say.
Task<std::string> Connector::ask_sca_status(const State& state) {
  if (state.stage == Stage::BENEFICIARY) {  // The extension tells it by the beneficiary's status.
    const auto added = co_await read_beneficiary_of(state.beneficiary_id, state);
    if (added) co_return "finalised";
    co_return added.error().code == "rejected"     ? "failed"
    : added.error().code == "pendingAuthorisation" ? "started"
                                                   : "";
  }
  Call read = call("read authorisation", Method::GET, state.authorisation_target(), state, nullptr);
  const auto answered = co_await exchange_->send(std::move(read));
  if (!answered) co_return "";
  const auto sca = read_sca_answer(*answered);
  co_return sca ? sca->sca_status : "";
}

// ---- Paying ----

Task<Reply> Connector::create_payment(const std::string& collection, const banking::PaymentOrder& order,
                                      const PayerDevice& device, const State& state) {
  Call create = call("create payment", Method::POST, collection, state, &device);
  choose_way(create, device);
  if (!state.consent_id.empty()) create.headers.set("Consent-ID", state.consent_id);
  create.body = payment_body(order);
  auto created = co_await exchange_->send(std::move(create));
  co_return created;
}

Task<BankResult<Step>> Connector::begin_payment(const banking::PaymentOrder& order, const PayerDevice& device,
                                                const ConnectorState& link, ConnectorState& payment) {
  const auto linked = State::parse(link.json);
  if (!linked) co_return unusable_state("unreadable");
  const auto& products = exchange_->bank().product_by_currency;
  const auto product = products.find(order.amount.currency().code());
  if (product == products.end())
    co_return Refused{.code = "INVALID_CURRENCY", .text = "The bank has no product for this currency."};

  State state;
  state.stage = Stage::PAYMENT;
  state.psu_id = linked->psu_id;
  state.consent_id = linked->consent_id;
  const std::string collection = exchange_->target("/v1/payments/" + http::percent_encode(product->second));

  auto created = co_await create_payment(collection, order, device, state);
  const bool consent_lapsed = !created && created.error().error.kind == banking::CallError::Kind::SESSION_ENDED &&
                              created.error().error.code.starts_with("CONSENT_");
  if (consent_lapsed && !state.consent_id.empty()) {
    // The consent of linking has lapsed. An order needs none: the payer signs in for it.
    state.consent_id.clear();
    created = co_await create_payment(collection, order, device, state);
  }
  if (!created) {
    if (created.error().is_refusal("SERVICE_BLOCKED")) co_return locked(created.error());
    co_return fail(created.error());
  }
  const auto payment_id = read_identifier(*created, "paymentId");
  const auto status = read_payment_status(*created);
  if (!payment_id || !status) co_return wrong_shape("create payment");

  state.payment_id = *payment_id;
  state.resource = collection + "/" + http::percent_encode(*payment_id);
  const Links links = read_links(*created);
  state.start_target = exchange_->follow(links, "startAuthorisation");
  const bool is_started = take_redirect(links, state);
  if (!is_started && links.find("startAuthorisationWithPsuAuthentication") != nullptr) {
    state.start_target = exchange_->follow(links, "startAuthorisationWithPsuAuthentication");
    if (exchange_->bank().may_use(banking::ScaWay::EMBEDDED)) state.asked = Asked::PASSWORD;
  }
  payment.json = state.to_json();

  Step step = payment_step(*status, "");
  if (std::holds_alternative<Outcome>(step)) co_return step;
  co_return banking::Continue{};
}

Task<BankResult<Step>> Connector::advance_payment(const banking::PaymentOrder&, const PayerDevice& device,
                                                  ConnectorState& payment) {
  auto state = State::parse(payment.json);
  if (!state || state->payment_id.empty()) co_return unusable_state("no payment was created");
  const bool was_asked_alone = state->asked == Asked::PASSWORD || state->asked == Asked::REDIRECT;
  if (state->authorisation_id.empty() && was_asked_alone) co_return ask(*state);

  if (!state->authorisation_id.empty()) {
    const std::string sca_status = co_await ask_sca_status(*state);
    const auto phase = read_sca_status(sca_status);
    if (phase == ScaPhase::DONE) {
      auto step = co_await outcome_of_authorised(*state);
      payment.json = state->to_json();
      co_return step;
    }
    // Asked again, unless it is gone or went on behind our back: then what it wants now is not known any more.
    const bool is_waiting = !sca_status.empty() && phase != ScaPhase::FAILED;
    const bool is_at_bank = state->asked == Asked::APPROVAL || state->asked == Asked::REDIRECT;
    if (is_waiting && (sca_status == state->sca_status || is_at_bank)) co_return ask(*state);
  }
  auto step = co_await start_authorisation(device, *state);
  payment.json = state->to_json();
  co_return step;
}

Task<BankResult<Step>> Connector::submit_payment(const banking::PaymentOrder& order, const Answers& answers,
                                                 const PayerDevice& device, ConnectorState& payment) {
  auto state = State::parse(payment.json);
  if (!state || state->payment_id.empty()) co_return unusable_state("no payment was created");
  if (state->authorisation_id.empty() && state->asked == Asked::NOTHING) co_return unusable_state("nothing was asked");
  auto step = co_await answer(answers, device, order.request_key, *state);
  payment.json = state->to_json();
  co_return step;
}

Task<BankResult<Step>> Connector::poll_payment(ConnectorState& payment) {
  const auto state = State::parse(payment.json);
  if (!state || state->payment_id.empty()) co_return unusable_state("no payment was created");
  auto step = co_await ask_payment_status(*state, "");
  co_return step;
}

/// Asks for the payment's status and, where that leaves it open and it is not given, for the authorisation's.
Task<BankResult<Step>> Connector::ask_payment_status(const State& state, std::string sca_status) {
  Call read = call("read payment status", Method::GET, state.resource + "/status", state, nullptr);
  const auto answered = co_await exchange_->send(std::move(read));
  if (!answered) co_return fail(answered.error());
  const auto status = read_payment_status(*answered);
  if (!status) co_return wrong_shape("read payment status");
  if (!read_transaction_status(status->word)) exchange_->note_unknown("transactionStatus", status->word);

  Step step = payment_step(*status, sca_status);
  auto* outcome = std::get_if<Outcome>(&step);
  const bool is_unexplained = outcome != nullptr && outcome->failure_code == "UNSEEN_BANK_ERROR";
  if (sca_status.empty() && !state.authorisation_id.empty() && (outcome == nullptr || is_unexplained)) {
    sca_status = co_await ask_sca_status(state);
    step = payment_step(*status, sca_status);
    outcome = std::get_if<Outcome>(&step);
  }
  // No ISO reason says "wrong codes"; a failed authorisation says it.
  if (is_unexplained && state.asked == Asked::CODE && read_sca_status(sca_status) == ScaPhase::FAILED) {
    outcome->failure_code = "MFA_ATTEMPTS_EXHAUSTED";
  }
  co_return step;
}

/// The bank has the payer's word. Whatever it says or fails to say now, the order is at least in flight.
Task<BankResult<Step>> Connector::outcome_of_authorised(State& state) {
  auto step = co_await ask_payment_status(state, "finalised");
  if (!step) {
    co_return Outcome{.status = banking::BankStatus::PENDING,
                      .bank_status = {},
                      .reference = {},
                      .failure_code = {},
                      .reason_code = {},
                      .reason_text = {}};
  }
  if (std::holds_alternative<StillWaiting>(*step)) {  // Another authoriser's word is missing.
    state.asked = Asked::APPROVAL;
    co_return NeedApproval{.message = {}, .expires_at = {}};
  }
  co_return step;
}

}  // namespace

Result<std::unique_ptr<banking::BankConnector>> make(const banking::Bank& bank, http::Client& client, Random& random,
                                                     const Clock& clock) {
  ASSIGN_OR_RETURN(auto exchange, Exchange::make(bank, client, random, clock));
  return std::make_unique<Connector>(std::move(exchange), clock);
}

}  // namespace qantara::connectors::berlin_group
