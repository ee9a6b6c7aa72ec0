#include "gateway/demo.h"

#include <optional>

#include "cli/gateway.h"
#include "cli/json_text.h"
#include "cli/sandbox.h"
#include "demo_shop/fresh_iban.h"
#include "iban/iban.h"
#include "json/json.h"

namespace qantara::gateway {

namespace {

using cli::text_of;

constexpr auto kPatience = std::chrono::seconds{20};
constexpr auto kLookAgain = std::chrono::milliseconds{50};

std::string destination_json(const std::string& iban) {
  json::Writer writer;
  writer.begin_object()
      .member("display_name", "Acme Corp.")
      .member("name", "Acme Corp.")
      .member("bank_identifier", "ENBD_UAE")
      .member("address", "Acme Towers, 51st Floor")
      .member("city", "Dubai")
      .member("country", "ARE")
      .member("account_number", iban.substr(10))
      .member("iban", iban)
      .end_object();
  return std::move(writer).text();
}

/// One run of the script; the first thing that is not as it should be ends it.
class Demo {
 public:
  Demo(cli::Context& context, DemoWorld world)
      : context_(context),
        world_(std::move(world)),
        api_(cli::Gateway::at_url(context.client, world_.url)),
        bank_(cli::Gateway::at_url(context.client, world_.bank_url)),
        operators_(cli::Gateway::in_folder(context.client, world_.data)) {}

  Task<int> run() {
    const auto started_at = context_.clock.now();
    bool good = co_await set_up();
    if (good) good = co_await connect();
    if (good) good = co_await be_refused();
    if (good) good = co_await end_cool_off();
    if (good) good = co_await pay();
    if (good) good = co_await look_at_ledger();
    if (good) good = co_await see_webhooks();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(context_.clock.now() - started_at).count();
    if (good)
      tell(cli::Symbol::OK, "demo", "done", "the scripted payment went through in " + std::to_string(took) + " ms");
    co_return good ? cli::kDone : cli::kRefused;
  }

 private:
  Task<bool> set_up() {
    const auto account = demo_shop::fresh_iban(context_.clock.now());
    const auto destination = co_await call(http::Method::POST, "/payments/v1/destinations", destination_json(account));
    if (!destination) co_return false;
    destination_ = text_of(*destination, "id");
    tell(cli::Symbol::OK, "shop", "destination " + context_.out.id(destination_),
         "Acme Corp., " + iban::mask_account(account));

    const auto now = std::to_string(context_.clock.now().time_since_epoch().count());
    const auto customer =
        co_await call(http::Method::POST, "/customers/v1", R"({"app_user_id":"demo-)" + now + R"("})");
    if (!customer) co_return false;
    customer_ = text_of(*customer, "customer_id");
    tell(cli::Symbol::OK, "shop", "customer " + context_.out.id(customer_), "created");
    co_return true;
  }

  Task<bool> connect() {
    cli::ConnectOptions options;
    options.url = world_.url;
    options.app_token = world_.app_token;
    options.data = world_.data;
    options.payer.bank = "LEANMB1";
    options.customer = customer_;
    options.destination = destination_;
    const auto code = co_await cli::sandbox_connect(context_, std::move(options));
    co_return code == cli::kDone || fail("the bank could not be connected");
  }

  /// During the cool-off the gateway refuses by itself, before any call to the bank.
  Task<bool> be_refused() {
    const auto intent = co_await create_intent();
    if (!intent) co_return false;
    const auto refused = co_await api_.call(
        http::Method::POST, "/link/v1/sessions",
        R"({"app_token":")" + world_.app_token + R"(","method":"PAY","payment_intent_id":")" + *intent + R"("})");
    if (refused || refused.error().code != "PENDING_BENEFICIARY_COOL_OFF")
      co_return fail("a payment during the cool-off was not refused");
    std::string until;
    for (const auto& fact : refused.error().facts) {
      if (fact.name == "beneficiary_cool_off_expiry") until = fact.value;
    }
    tell(cli::Symbol::WAITING, "gateway", "intent " + context_.out.id(*intent),
         "409 PENDING_BENEFICIARY_COOL_OFF until " + until);
    co_return !until.empty() || fail("the refusal does not tell when the cool-off ends");
  }

  Task<bool> end_cool_off() {
    const auto moved = co_await operators_.call(http::Method::POST, "/admin/v1/clock/advance", R"({"by":"24h"})");
    if (!moved) co_return fail("the clock could not be advanced: " + moved.error().message);
    tell(cli::Symbol::OK, "operator", "clock", "advanced by 24 h, to " + text_of(*moved, "now"));

    const auto bell = context_.timers.make_bell();
    const auto give_up_at = context_.clock.now() + kPatience;
    while (context_.clock.now() < give_up_at) {
      const auto sources = co_await call(http::Method::GET, "/customers/v1/" + customer_ + "/payment-sources");
      if (!sources) co_return false;
      const auto* const beneficiary = first_beneficiary(*sources);
      if (beneficiary != nullptr && text_of(*beneficiary, "status") == "ACTIVE") co_return true;
      co_await bell->wait_until(context_.clock.now() + kLookAgain);
    }
    co_return fail("the beneficiary did not become ACTIVE after its cool-off");
  }

  Task<bool> pay() {
    const auto intent = co_await create_intent();
    if (!intent) co_return false;
    cli::PayOptions options;
    options.url = world_.url;
    options.app_token = world_.app_token;
    options.data = world_.data;
    options.intent = *intent;
    const auto code = co_await cli::sandbox_pay(context_, std::move(options));
    if (code != cli::kDone) co_return fail("the payment was refused");

    const auto shown = co_await call(http::Method::GET, "/payments/v1/intents/" + *intent);
    if (!shown) co_return false;
    const auto payments = cli::items_of(*shown, "payments");
    if (payments.size() != 1) co_return fail("the intent does not show its one payment");
    payment_ = text_of(payments.front(), "id");
    const auto status = text_of(payments.front(), "status");
    const auto reference = text_of(payments.front(), "bank_transaction_reference");
    tell(cli::Symbol::OK, "shop", "intent " + context_.out.id(*intent),
         "payment " + context_.out.id(payment_) + " is " + status + ", bank reference " + reference);
    co_return (status == "ACCEPTED_BY_BANK" && !reference.empty()) ||
        fail("the payment is not accepted with a reference");
  }

  /// The bank's own books are the witness.
  Task<bool> look_at_ledger() {
    const auto ledger = co_await bank_.call(http::Method::GET, "/_admin/ledger");
    if (!ledger) co_return fail("the bank's ledger could not be read: " + ledger.error().message);
    auto end_to_end = payment_;
    std::erase(end_to_end, '-');
    int transfers = 0;
    for (const auto& transfer : cli::items_of(*ledger, "transfers")) {
      if (text_of(transfer, "endToEndIdentification") == end_to_end) ++transfers;
    }
    tell(transfers == 1 ? cli::Symbol::OK : cli::Symbol::FAIL, "bank", "ledger",
         std::to_string(transfers) + " transfer for payment " + context_.out.id(payment_));
    co_return transfers == 1 || fail("the bank's ledger does not show exactly one transfer");
  }

  /// Every endpoint of the application has been told of the payment.
  Task<bool> see_webhooks() {
    const auto endpoints =
        co_await operators_.call(http::Method::GET, "/admin/v1/webhook-endpoints?app_token=" + world_.app_token);
    if (!endpoints) co_return fail("the webhook endpoints could not be listed: " + endpoints.error().message);
    for (const auto& endpoint : endpoints->items()) {
      if (text_of(endpoint, "status") != "ACTIVE") continue;
      const bool delivered = co_await see_delivered(text_of(endpoint, "id"));
      if (!delivered) co_return fail("payment.created was not delivered to " + text_of(endpoint, "url"));
    }
    co_return true;
  }

  Task<bool> see_delivered(std::string endpoint) {
    const auto bell = context_.timers.make_bell();
    const auto give_up_at = context_.clock.now() + kPatience;
    while (context_.clock.now() < give_up_at) {
      const auto deliveries =
          co_await operators_.call(http::Method::GET, "/admin/v1/webhook-endpoints/" + endpoint + "/deliveries");
      if (!deliveries) co_return false;
      bool told = false;
      bool waiting = false;
      for (const auto& delivery : deliveries->items()) {
        if (text_of(delivery, "type") == "payment.created" && text_of(delivery, "status") == "DELIVERED") told = true;
        if (text_of(delivery, "status") == "PENDING") waiting = true;
      }
      if (told && !waiting) co_return true;
      co_await bell->wait_until(context_.clock.now() + kLookAgain);
    }
    co_return false;
  }

  Task<std::optional<std::string>> create_intent() {
    const auto intent = co_await call(http::Method::POST, "/payments/v1/intents",
                                      R"({"customer_id":")" + customer_ +
                                          R"(","amount":1000.00,"currency":"AED","payment_destination_id":")" +
                                          destination_ + R"(","description":"ACME TXN001"})");
    if (!intent) co_return std::nullopt;
    auto id = text_of(*intent, "payment_intent_id");
    tell(cli::Symbol::SENT, "shop", "intent " + context_.out.id(id), "AED 1,000.00 to Acme Corp.");
    co_return id;
  }

  Task<std::optional<json::Value>> call(http::Method method, std::string path, std::string body = {}) {
    http::Headers headers;
    headers.add("lean-app-token", world_.app_token);
    auto answer = co_await api_.call(method, path, std::move(body), std::move(headers));
    if (!answer) {
      fail(path + ": " + answer.error().message);
      co_return std::nullopt;
    }
    co_return *std::move(answer);
  }

  static const json::Value* first_beneficiary(const json::Value& sources) {
    if (!sources.is(json::Kind::ARRAY) || sources.items().empty()) return nullptr;
    const auto beneficiaries = cli::items_of(sources.items().front(), "beneficiaries");
    return beneficiaries.empty() ? nullptr : &beneficiaries.front();
  }

  void tell(cli::Symbol symbol, std::string_view source, std::string_view subject, std::string_view text) {
    context_.out.row(
        {.at = context_.clock.now(), .symbol = symbol, .source = source, .subject = subject, .text = text});
  }

  bool fail(std::string_view why) {
    tell(cli::Symbol::FAIL, "demo", "stopped", why);
    return false;
  }

  cli::Context& context_;
  DemoWorld world_;
  cli::Gateway api_;
  cli::Gateway bank_;
  cli::Gateway operators_;
  std::string destination_;
  std::string customer_;
  std::string payment_;
};

}  // namespace

Task<int> run_demo(cli::Context& context, DemoWorld world) {
  Demo demo{context, std::move(world)};
  const auto code = co_await demo.run();
  co_return code;
}

}  // namespace qantara::gateway
