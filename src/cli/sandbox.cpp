#include "cli/sandbox.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "cli/gateway.h"
#include "cli/json_text.h"
#include "cli/link_flow.h"
#include "cli/masked_json.h"

namespace qantara::cli {

namespace {

/// "1000.00" → "1,000.00": string work, so that what is shown is what was sent.
std::string grouped(std::string_view decimal) {
  std::string text(decimal);
  for (auto at = std::min(text.find('.'), text.size()); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

/// "AED 1,000.00", or empty.
std::string amount_of(const json::Value& object) {
  const auto* const amount = object.find("amount");
  if (amount == nullptr) return {};
  const auto number = text_of(*amount, "amount");
  return number.empty() ? number : text_of(*amount, "currency") + " " + grouped(number);
}

/// The app of the sandbox bank, decided through that bank's own admin interface.
class SandboxBankApp final : public BankApp {
 public:
  SandboxBankApp(Context& context, std::filesystem::path data) : context_(context), data_(std::move(data)) {}

  Task<Answer> decide(const json::Value& step, AppDecision decision) override {
    const auto operators = Gateway::in_folder(context_.client, data_);
    const auto info = co_await operators.call(http::Method::GET, "/admin/v1/info");
    const auto bank_url = info ? text_of(*info, "sandbox_bank_url") : std::string{};
    if (decision == AppDecision::WAIT || bank_url.empty()) {
      const auto where = bank_url.empty() ? std::string("in the app of the sandbox bank") : "at " + bank_url + "/app";
      context_.err.hang("waiting  ",
                        "Approve or deny " + where +
                            (decision == AppDecision::WAIT
                                 ? "."
                                 : "; its address is known to the gateway whose data folder --data names."));
      co_return json::Value{};
    }
    const auto bank = Gateway::at_url(context_.client, bank_url);
    const auto waiting = co_await bank.call(http::Method::GET, "/_admin/approvals");
    if (!waiting) co_return std::unexpected(waiting.error());
    const auto id = find_approval(*waiting, step);
    if (!id)
      co_return std::unexpected(
          refusal("The bank's app waits for no such payment.", bank_url + "/app shows what it waits for"));
    const auto path = "/_admin/approvals/" + *id;
    const bool is_approved = decision == AppDecision::APPROVE;
    const std::string body = is_approved ? R"({"decision":"approve"})" : R"({"decision":"deny"})";
    const auto decided = co_await bank.call(http::Method::POST, path, body);
    if (!decided) co_return std::unexpected(decided.error());
    const auto words = is_approved ? "approved in the bank's app" : "denied in the bank's app";
    context_.err.row(
        {.at = context_.clock.now(), .symbol = Symbol::SENT, .source = "payer", .subject = "APPROVAL", .text = words});
    co_return json::Value{};
  }

 private:
  /// The approval of this payment: of those with its amount the newest, because it was asked for just now.
  static std::optional<std::string> find_approval(const json::Value& answer, const json::Value& step) {
    const auto amount = amount_of(step);
    std::optional<std::string> found;
    std::string newest;
    for (const auto& approval : items_of(answer, "approvals")) {
      const auto asked = text_of(approval, "currency") + " " + grouped(text_of(approval, "amount"));
      const auto until = text_of(approval, "until");
      if (asked != amount || until < newest) continue;
      found = text_of(approval, "authorisationId");
      newest = until;
    }
    return found;
  }

  Context& context_;
  std::filesystem::path data_;
};

struct MoneySentence {
  std::string_view money;
  std::string_view sentence;
};
// The same sentences as on the hosted pages.
constexpr auto kMoneySentences = std::to_array<MoneySentence>({
    {"not_moved", "No money has left your account."},
    {"accepted", "Your bank has accepted this payment."},
    {"unknown", "We do not know yet whether the money left your account."},
});

Symbol symbol_of_end(std::string_view kind, std::string_view status) {
  if (kind == "COOL_OFF" || kind == "PENDING") return Symbol::WAITING;
  if (kind == "UNKNOWN") return Symbol::UNKNOWN;
  return status == "SUCCESS" ? Symbol::OK : Symbol::FAIL;
}

/// The end of a flow, the answer first: one fact a line.
void print_end(Terminal& out, const json::Value& step) {
  const auto kind = text_of(step, "kind");
  const auto status = text_of(step, "result", "status");
  const auto payee = text_of(step, "payee", "name");
  std::string headline = kind;
  if (const auto amount = amount_of(step); !amount.empty()) headline += "  " + amount;
  if (!payee.empty()) headline += " to " + out.words(payee);
  out.line(out.symbol(symbol_of_end(kind, status)) + "  " + headline);

  const auto fact = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out.fact(name, out.words(value));
  };
  const auto secondary = text_of(step, "result", "secondary_status");
  fact("result", status + (secondary.empty() ? "" : " (" + secondary + ")"));
  fact("message", text_of(step, "result", "message"));
  fact("bank", text_of(step, "bank", "name"));
  if (const auto until = parse_instant(text_of(step, "cool_off_until")))
    fact("can pay from", out.date_and_time(*until));
  fact("bank reference", text_of(step, "bank_reference"));
  fact("reference", text_of(step, "reference"));
  fact("why", text_of(step, "failure", "text"));
  fact("code", text_of(step, "failure", "code"));
  const auto* const money = std::ranges::find(kMoneySentences, text_of(step, "money"), &MoneySentence::money);
  if (money != kMoneySentences.end()) fact("money", std::string(money->sentence));
}

Task<int> play(Context& context, const SandboxOptions& options, std::string request) {
  const auto gateway = Gateway::at_url(context.client, options.url);
  SandboxBankApp bank_app{context, options.data};
  LinkFlow flow{.request = std::move(request), .payer = options.payer, .patience = options.patience};
  const auto answer = co_await walk(context, gateway, bank_app, std::move(flow));
  if (!answer) co_return tell(context, answer.error());

  const auto& step = *answer->find("step");
  if (context.output == Output::JSON) {
    context.out.json(masked_json(*answer));
  } else {
    print_end(context.out, step);
  }
  co_return text_of(step, "result", "status") == "SUCCESS" ? kDone : kRefused;
}

}  // namespace

Task<int> sandbox_connect(Context& context, ConnectOptions options) {
  json::Writer request;
  request.begin_object()
      .member("app_token", options.app_token)
      .member("method", "CONNECT")
      .member("customer_id", options.customer);
  request.name("permissions").begin_array().string("payments").end_array();
  if (!options.destination.empty()) request.member("payment_destination_id", options.destination);
  if (!options.payer.bank.empty()) request.member("bank_identifier", options.payer.bank);
  request.end_object();
  const auto code = co_await play(context, options, request.text());
  co_return code;
}

Task<int> sandbox_pay(Context& context, PayOptions options) {
  json::Writer request;
  request.begin_object().member("app_token", options.app_token).member("method", "PAY");
  request.member("payment_intent_id", options.intent).end_object();
  const auto code = co_await play(context, options, request.text());
  co_return code;
}

}  // namespace qantara::cli
