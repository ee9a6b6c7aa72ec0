#include "cli/gateway.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "cli/json_text.h"
#include "cli/masked_json.h"

namespace qantara::cli {

namespace {

using Reason = http::ClientFailure::Reason;

// A step of the link API waits for the bank a while before it answers WORKING.
constexpr std::chrono::milliseconds kDeadline{30'000};

struct FlagOfField {
  std::string_view field;
  std::string_view flag;
};
constexpr auto kFlags = std::to_array<FlagOfField>({
    {"account_id", "--account"},
    {"app_token", "--app-token"},
    {"bank_identifier", "--bank"},
    {"by", "clock advance BY"},
    {"customer_id", "--customer"},
    {"expires_in", "--expires"},
    {"mode", "--mode"},
    {"name", "--name"},
    {"origins", "--origin"},
    {"overlap", "--overlap"},
    {"payment_destination_id", "--destination"},
    {"payment_intent_id", "--intent"},
    {"scopes", "--scope"},
    {"webhook_url", "--webhook-url"},
});

struct RemedyOfCode {
  std::string_view code;
  std::string_view remedy;
};
constexpr auto kRemedies = std::to_array<RemedyOfCode>({
    {"BENEFICIARY_NOT_FOUND", "connect the payer to this destination first: qantara sandbox connect --customer ID"},
    {"PAYMENT_INTENT_ALREADY_USED", "an intent is paid once: make another with POST /payments/v1/intents"},
    {"PAYMENT_INTENT_EXPIRED", "make another with POST /payments/v1/intents"},
    {"PENDING_BENEFICIARY_COOL_OFF",
     "in a sandbox: qantara clock advance 24h, then with a new intent (this one expires meanwhile)"},
    {"UNAUTHORIZED", "qantara app list shows the app tokens of this gateway"},
    {"UNKNOWN_APPLICATION", "qantara app list shows the app tokens of this gateway"},
    {"UNKNOWN_BANK", "leave --bank out, or name one that GET /banks/v1 lists"},
    {"UNKNOWN_CUSTOMER", "--customer takes the customer_id that POST /customers/v1 answered"},
    {"UNKNOWN_PAYMENT_DESTINATION", "an id that POST /payments/v1/destinations answered, whole"},
    {"UNKNOWN_PAYMENT_INTENT", "--intent takes the payment_intent_id that POST /payments/v1/intents answered"},
});

std::string_view remedy_of(std::string_view code) {
  const auto* const row = std::ranges::find(kRemedies, code, &RemedyOfCode::code);
  return row == kRemedies.end() ? std::string_view{} : row->remedy;
}

std::string_view flag_of(std::string_view field) {
  const auto* const row = std::ranges::find(kFlags, field, &FlagOfField::field);
  return row == kFlags.end() ? std::string_view{} : row->flag;
}

Refusal read_refusal(int status, const json::Value& body) {
  Refusal refusal;
  refusal.code = text_of(body, "status");
  refusal.message = text_of(body, "message");
  if (refusal.message.empty()) refusal.message = "The gateway answered " + std::to_string(status) + ".";
  refusal.remedy = remedy_of(refusal.code);
  refusal.envelope = masked_json(body);
  const auto* const metadata = body.find("metadata");
  if (metadata == nullptr) return refusal;
  for (const auto& entry : items_of(*metadata, "errors")) {
    refusal.fields.push_back({.name = text_of(entry, "field"), .message = text_of(entry, "message")});
  }
  if (!metadata->is(json::Kind::OBJECT)) return refusal;
  for (const auto& [name, value] : metadata->members()) {
    if (value.is(json::Kind::STRING)) refusal.facts.push_back({.name = name, .value = value.string()});
    if (value.is(json::Kind::NUMBER)) refusal.facts.push_back({.name = name, .value = value.number_text()});
  }
  return refusal;
}

/// Whether the request never reached anybody.
bool is_absence(Reason reason) {
  return reason == Reason::RESOLVE || reason == Reason::CONNECT || reason == Reason::TLS;
}

}  // namespace

Refusal refusal(std::string message, std::string remedy) {
  Refusal refusal;
  refusal.message = std::move(message);
  refusal.remedy = std::move(remedy);
  return refusal;
}

int tell(Context& context, const Refusal& refusal) {
  auto& err = context.err;
  const auto code = refusal.code.empty() ? std::string{} : refusal.code + ": ";
  err.hang(err.symbol(Symbol::FAIL) + "  ", err.words(code + refusal.message));
  for (const auto& field : refusal.fields) {
    const auto flag = flag_of(field.name);
    const bool is_said = field.message == refusal.message;
    if (!is_said) err.fact("  " + (flag.empty() ? err.words(field.name) : std::string(flag)), err.words(field.message));
    if (is_said && !flag.empty()) err.fact("  flag", flag);
  }
  for (const auto& fact : refusal.facts) err.fact("  " + err.words(fact.name), err.words(fact.value));
  if (!refusal.remedy.empty()) err.hang("  try  ", err.verbatim(refusal.remedy));

  if (context.output == Output::JSON && !refusal.envelope.empty()) context.out.json(refusal.envelope);
  return refusal.exit_code;
}

Gateway Gateway::in_folder(http::Client& client, const std::filesystem::path& data_folder) {
  Gateway gateway{client};
  gateway.url_ = "http://localhost";
  gateway.unix_socket_ = data_folder / "admin.sock";
  gateway.place_ = gateway.unix_socket_.native();
  gateway.remedy_ =
      "name the data folder of a running gateway with --data, or start one: qantara dev --data " + data_folder.native();
  return gateway;
}

Gateway Gateway::at_url(http::Client& client, std::string url) {
  Gateway gateway{client};
  while (url.ends_with('/')) url.pop_back();
  gateway.place_ = url;
  gateway.remedy_ = "name a running gateway with --url, or start one: qantara dev";
  gateway.url_ = std::move(url);
  return gateway;
}

Task<Answer> Gateway::call(http::Method method, std::string path, std::string body, http::Headers headers) const {
  http::ClientRequest request{
      .method = method, .url = url_ + path, .headers = std::move(headers), .body = std::move(body)};
  request.unix_socket = unix_socket_;
  request.deadline = kDeadline;
  if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
  const auto answer = co_await client_->send(std::move(request));
  if (!answer) {
    const bool is_absent = is_absence(answer.error().reason);
    auto failure = refusal(is_absent ? "No gateway answers at " + place_ + ". " + answer.error().message
                                     : "The gateway at " + place_ + " gave no answer. " + answer.error().message,
                           is_absent ? remedy_ : "look at its log; what was asked for may have happened");
    failure.exit_code = is_absent ? kNoGateway : kRefused;
    co_return std::unexpected(std::move(failure));
  }
  const bool is_done = answer->status >= 200 && answer->status < 300;
  if (is_done && answer->body.empty()) co_return json::Value{};
  const auto value = json::parse(answer->body);
  if (!value) {
    auto failure = refusal("What answers at " + place_ + " does not speak as a gateway does (status " +
                               std::to_string(answer->status) + ", no JSON).",
                           remedy_);
    failure.exit_code = kNoGateway;
    co_return std::unexpected(std::move(failure));
  }
  if (!is_done) co_return std::unexpected(read_refusal(answer->status, *value));
  co_return *value;
}

Task<std::expected<std::string, Refusal>> find_app_token(const Gateway& gateway, std::string named) {
  if (!named.empty()) co_return named;
  const auto answer = co_await gateway.call(http::Method::GET, "/admin/v1/applications");
  if (!answer) co_return std::unexpected(answer.error());
  const bool is_list = answer->is(json::Kind::ARRAY);
  if (is_list && answer->items().size() == 1) co_return text_of(answer->items().front(), "app_token");
  const bool is_empty = !is_list || answer->items().empty();
  auto failure =
      refusal(is_empty ? "There is no application yet." : "There are several applications; --app-token says which.",
              is_empty ? "qantara app create --name NAME" : "qantara app list shows their tokens");
  failure.exit_code = is_empty ? kRefused : kUsage;
  co_return std::unexpected(std::move(failure));
}

}  // namespace qantara::cli
