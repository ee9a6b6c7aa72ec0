#include <algorithm>

#include "api/access.h"
#include "api/body.h"
#include "api/handlers.h"
#include "api/responses.h"
#include "base/text.h"

namespace qantara::api {

namespace {

constexpr std::size_t kAliasLengthMax = 70;  ///< As long as a name may be in a payment message (ISO 20022, Max70Text).

constexpr MemberRule kOpenSession[] = {
    {"app_token", MemberType::TEXT, Presence::REQUIRED},
    {"access_token"},
    {"method", MemberType::TEXT, Presence::REQUIRED},
    {"customer_id"},
    {"payment_destination_id"},
    {"payment_source_id"},
    {"payment_intent_id"},
    {"account_id"},
    {"bank_identifier"},
    {"language"},
    {"permissions", MemberType::TEXTS},
    {"reconnect_id"},
    {"allow_payment_source_change", MemberType::FLAG},
    {"destination_alias"},
    {"success_redirect_url"},
    {"fail_redirect_url"},
    {"consent_attempt_id"},
    {"sandbox", MemberType::ANY, Presence::IGNORED},
    // Published options that mean nothing here: there are no balances, entities or other end users, nothing is loaded from
    // other hosts, and what is told of the payer's risk stays where it is.
    {"access_from", MemberType::ANY, Presence::IGNORED},
    {"access_to", MemberType::ANY, Presence::IGNORED},
    {"account_type", MemberType::ANY, Presence::IGNORED},
    {"consent_id", MemberType::ANY, Presence::IGNORED},
    {"granular_status_code", MemberType::ANY, Presence::IGNORED},
    {"status_additional_info", MemberType::ANY, Presence::IGNORED},
    {"customer_metadata", MemberType::ANY, Presence::IGNORED},
    {"customer_name", MemberType::ANY, Presence::IGNORED},
    {"destination_avatar", MemberType::ANY, Presence::IGNORED},
    {"end_user_id", MemberType::ANY, Presence::IGNORED},
    {"entity_id", MemberType::ANY, Presence::IGNORED},
    {"risk_details", MemberType::ANY, Presence::IGNORED},
    {"show_balances", MemberType::ANY, Presence::IGNORED},
    {"show_consent_explanation", MemberType::ANY, Presence::IGNORED},
};

constexpr MemberRule kAnswerStep[] = {
    {"action", MemberType::TEXT, Presence::REQUIRED},
    {"fields", MemberType::OBJECT},
};

/// Refuses with MISSING_PARAMETERS unless `name` is there.
Result<void> require(const json::Value& body, std::string_view name) {
  if (optional_text(body, name)) return {};
  return field_error(ErrorCode::MISSING_PARAMETERS, std::string{name},
                     std::string{name} + " must be given for this method");
}

link::AccountChoice read_account_choice(const json::Value& body) {
  const auto* const may_change = body.find("allow_payment_source_change");
  if (may_change == nullptr || may_change->is(json::Kind::NUL)) return link::AccountChoice::FREE;
  return may_change->boolean() ? link::AccountChoice::FREE : link::AccountChoice::SETTLED;
}

/// Another name for the payee, as the payer is to read it. Empty if none is wanted.
Result<std::string> read_alias(const json::Value& body) {
  const auto alias = std::string{trim(optional_text(body, "destination_alias").value_or(""))};
  if (utf8_length(alias) > kAliasLengthMax || !is_printable(alias)) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "destination_alias",
                       "destination_alias must be at most 70 printable characters");
  }
  return alias;
}

Error no_application() { return error(ErrorCode::UNAUTHORIZED, "app_token must be an application's token"); }

Result<ApplicationId> read_app_token(const json::Value& body) {
  const auto application = ApplicationId::parse(required_text(body, "app_token"));
  if (!application) return no_application();
  return *application;
}

Result<std::optional<std::string>> read_language(const json::Value& body) {
  auto language = optional_text(body, "language");
  if (language && language != "en" && language != "ar")
    return field_error(ErrorCode::INVALID_PARAMETERS, "language", "language must be en or ar");
  return language;
}

/// What the shop's page passes on from the address that the payer's browser came back to.
Result<link::CaptureRedirect> read_capture(const json::Value& body) {
  RETURN_IF_ERROR(require(body, "customer_id"));
  RETURN_IF_ERROR(require(body, "consent_attempt_id"));
  ASSIGN_OR_RETURN(const auto application, read_app_token(body));
  ASSIGN_OR_RETURN(const auto customer, optional_body_id<CustomerId>(body, "customer_id"));
  ASSIGN_OR_RETURN(const auto language, read_language(body));
  return link::CaptureRedirect{.application = application,
                               .customer = customer.value(),
                               .attempt = optional_text(body, "consent_attempt_id").value_or(""),
                               .language = language};
}

Result<link::OpenSession> read_session(const json::Value& body) {
  ASSIGN_OR_RETURN(const auto application, read_app_token(body));
  const auto method = link::parse_method(required_text(body, "method"));
  if (!method) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "method",
                       "method must be one of CONNECT, CREATE_PAYMENT_SOURCE, UPDATE_PAYMENT_SOURCE, "
                       "CREATE_BENEFICIARY, RECONNECT, PAY, CHECKOUT, CAPTURE_REDIRECT");
  }
  if (link::is_paying(*method)) {
    RETURN_IF_ERROR(require(body, "payment_intent_id"));
  } else if (*method == link::Method::RECONNECT) {
    RETURN_IF_ERROR(require(body, "reconnect_id"));
  } else {
    RETURN_IF_ERROR(require(body, "customer_id"));
  }
  if (*method == link::Method::UPDATE_PAYMENT_SOURCE) {
    RETURN_IF_ERROR(require(body, "payment_source_id"));
    RETURN_IF_ERROR(require(body, "payment_destination_id"));
  }
  ASSIGN_OR_RETURN(const auto language, read_language(body));
  if (*method == link::Method::CONNECT) {
    const auto* const permissions = body.find("permissions");
    const bool payments =
        permissions != nullptr && permissions->is(json::Kind::ARRAY) &&
        std::ranges::any_of(permissions->items(), [](const auto& item) { return item.string() == "payments"; });
    if (!payments)
      return field_error(ErrorCode::INVALID_PARAMETERS, "permissions", "permissions must contain \"payments\"");
  }
  link::OpenSession wanted{.application = application, .method = *method};
  wanted.language = language;
  if (*method != link::Method::RECONNECT) wanted.bank_identifier = optional_text(body, "bank_identifier").value_or("");
  wanted.success_redirect_url = optional_text(body, "success_redirect_url");
  wanted.fail_redirect_url = optional_text(body, "fail_redirect_url");
  ASSIGN_OR_RETURN(wanted.destination_alias, read_alias(body));
  wanted.account_choice = read_account_choice(body);
  ASSIGN_OR_RETURN(wanted.customer, optional_body_id<CustomerId>(body, "customer_id"));
  ASSIGN_OR_RETURN(wanted.destination, optional_body_id<DestinationId>(body, "payment_destination_id"));
  ASSIGN_OR_RETURN(wanted.source, optional_body_id<PaymentSourceId>(body, "payment_source_id"));
  ASSIGN_OR_RETURN(wanted.intent, optional_body_id<IntentId>(body, "payment_intent_id"));
  ASSIGN_OR_RETURN(wanted.reconnect, optional_body_id<Uuid>(body, "reconnect_id"));
  ASSIGN_OR_RETURN(wanted.account, optional_body_id<AccountId>(body, "account_id"));
  return wanted;
}

/// A number in a path or a header, as it was handed out. Nothing for any other text.
std::optional<int> parse_count(std::string_view text) {
  if (text.empty() || text.size() > 6 || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  return std::stoi(std::string{text});
}

Result<link::SessionKey> read_key(const http::Request& request) {
  const auto id = path_id<LinkSessionId>(request, "session_id");
  link::SessionKey key{
      .id = id, .token = std::string{request.headers.value_or("link-session-token", "")}, .window = {}};
  if (const auto* const window = request.headers.find("link-window")) {
    key.window = parse_count(*window);
    if (!key.window) {
      return field_error(ErrorCode::INVALID_PARAMETERS, "link-window",
                         "the header link-window must be the window of the opening's answer");
    }
  }
  return key;
}

Result<link::Act> read_act(const http::Request& request) {
  ASSIGN_OR_RETURN(const auto body, read_body(request, kAnswerStep));
  const auto action = link::parse_action(required_text(body, "action"));
  if (!action) return field_error(ErrorCode::INVALID_PARAMETERS, "action", "action must be one of the step's actions");
  link::Act act{.number = 0, .action = *action, .fields = {}};
  const auto number = parse_count(request.path_parameter("number"));
  if (!number) return error(ErrorCode::INVALID_URL, "there is no such step");
  act.number = *number;
  if (const auto* const fields = body.find("fields"); fields != nullptr && fields->is(json::Kind::OBJECT)) {
    for (const auto& [name, value] : fields->members()) {
      if (!value.is(json::Kind::STRING))
        return field_error(ErrorCode::INVALID_PARAMETERS, "fields." + name, name + " must be a string");
      act.fields.emplace_back(name, Secret{value.string()});
    }
  }
  return act;
}

banking::PayerDevice device_of(const http::Request& request) {
  return {.ip_address = request.peer_address,
          .user_agent = std::string{request.headers.value_or("user-agent", "")},
          .language = std::string{request.headers.value_or("accept-language", "en").substr(0, 2)},
          .return_urls = {}};
}

/// Who proves by `token` to be the customer whose session it is to be; nothing in a sandbox, where nobody need prove it.
Task<Result<std::optional<CustomerId>>> prove_customer(const http::Request& request, const Services& services,
                                                       ApplicationId application, std::optional<std::string> token) {
  CO_ASSIGN_OR_RETURN(const auto mode, co_await services.access.mode(application));
  if (!mode) co_return no_application();
  if (token) {
    CO_ASSIGN_OR_RETURN(const auto customer,
                        co_await services.access.customer_of(request, application, *std::move(token)));
    co_return std::optional{customer};
  }
  if (*mode == applications::Mode::SANDBOX) co_return std::optional<CustomerId>{};
  co_return error(
      ErrorCode::UNAUTHORIZED,
      "a live application's payers need access_token: POST /oauth2/token with the scope customer.<customer_id>");
}

/// What is another customer's does not exist for `customer`: in its place stands an id that nothing has.
Result<void> confine(db::Transaction& tx, const Services& services, CustomerId customer, link::OpenSession& wanted) {
  if (wanted.customer && wanted.customer != customer) wanted.customer = CustomerId{};
  if (wanted.intent) {
    const auto intent = services.intents.get(tx, wanted.application, *wanted.intent);
    if (!intent && intent.error().code != ErrorCode::UNKNOWN_PAYMENT_INTENT) return intent.error();
    if (!intent || intent->customer != customer) wanted.intent = IntentId{};
  }
  if (wanted.reconnect) {
    const auto source = services.sources.of_reconnect_id(tx, wanted.application, *wanted.reconnect);
    if (!source && http_status(source.error().code) != 404) return source.error();
    if (!source || source->customer != customer) wanted.reconnect = Uuid{};
  }
  if (wanted.destination) {
    const auto destination = services.destinations.get(tx, wanted.application, *wanted.destination);
    if (!destination && destination.error().code != ErrorCode::UNKNOWN_PAYMENT_DESTINATION) return destination.error();
    if (!destination || destination->customer.value_or(customer) != customer) wanted.destination = DestinationId{};
  }
  return {};
}

http::Response opened(const link::LinkView& view, const Services& services) {
  return http::Response::json(201, link::to_json(view, services.link.token_of(view.session)));
}

}  // namespace

// POST /link/v1/sessions · 201 session, token, window and step · 400 · 401 · 404 UNKNOWN_* · 409 PENDING_BENEFICIARY_COOL_OFF, PAYMENT_INTENT_EXPIRED · 429
Task<HandlerResult> open_link_session(const http::Request& request, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kOpenSession));
  CO_ASSIGN_OR_RETURN(const auto id, read_app_token(body));
  const bool captures = required_text(body, "method") == "CAPTURE_REDIRECT";
  std::optional<link::OpenSession> wanted;
  std::optional<link::CaptureRedirect> captured;
  if (captures) {
    CO_ASSIGN_OR_RETURN(captured, read_capture(body));
    captured->peer_address = request.peer_address;
  } else {
    CO_ASSIGN_OR_RETURN(wanted, read_session(body));
    wanted->peer_address = request.peer_address;
  }
  auto token = optional_text(body, "access_token");
  CO_ASSIGN_OR_RETURN(const auto customer, co_await prove_customer(request, services, id, std::move(token)));
  if (captures) {
    if (customer && captured->customer != *customer) captured->customer = CustomerId{};
    CO_ASSIGN_OR_RETURN(const auto view, co_await services.link.capture(*std::move(captured)));
    co_return opened(view, services);
  }
  if (customer) {
    CO_RETURN_IF_ERROR(co_await services.database.read(
        [&](db::Transaction& tx) { return confine(tx, services, *customer, *wanted); }));
  }
  CO_ASSIGN_OR_RETURN(const auto view, co_await services.link.open(*std::move(wanted)));
  co_return opened(view, services);
}

// GET /link/v1/sessions/{session_id} · 200 the step · 404 UNKNOWN_LINK_SESSION
Task<HandlerResult> get_link_session(const http::Request& request, const Services& services) {
  CO_ASSIGN_OR_RETURN(auto key, read_key(request));
  CO_ASSIGN_OR_RETURN(const auto view, co_await services.link.view(std::move(key)));
  co_return http::Response::json(200, link::to_json(view));
}

// POST /link/v1/sessions/{session_id}/steps/{number} · 200 the next step · 400 · 404 UNKNOWN_LINK_SESSION · 409 STEP_OUTDATED
Task<HandlerResult> answer_link_step(const http::Request& request, const Services& services) {
  CO_ASSIGN_OR_RETURN(auto key, read_key(request));
  CO_ASSIGN_OR_RETURN(auto act, read_act(request));
  auto device = device_of(request);
  CO_ASSIGN_OR_RETURN(const auto view, co_await services.link.act(std::move(key), std::move(act), std::move(device)));
  co_return http::Response::json(200, link::to_json(view));
}

// POST /link/v1/sessions/{session_id}/leave · 200 the end · 404 UNKNOWN_LINK_SESSION
Task<HandlerResult> leave_link_session(const http::Request& request, const Services& services) {
  CO_ASSIGN_OR_RETURN(auto key, read_key(request));
  CO_ASSIGN_OR_RETURN(const auto view, co_await services.link.leave(std::move(key)));
  co_return http::Response::json(200, link::to_json(view));
}

}  // namespace qantara::api
