#include "demo_shop/merchant.h"

#include <algorithm>

#include "base/log.h"
#include "demo_shop/fresh_iban.h"

namespace qantara::demo_shop {

namespace {

constexpr auto kLookAgain = std::chrono::seconds{5};
constexpr std::size_t kDigitsShown = 4;

std::string text_of(const json::Value& object, std::string_view name) {
  return std::string{object.text(name).value_or("")};
}

std::span<const json::Value> items_of(const json::Value* list) {
  if (list == nullptr || !list->is(json::Kind::ARRAY)) return {};
  return list->items();
}

std::string destination_json(const std::string& iban) {
  json::Writer writer;
  writer.begin_object()
      .member("name", "Marsa Wallet LLC")
      .member("display_name", "Marsa Wallet")
      .member("bank_identifier", "ENBD_UAE")
      .member("address", "Marsa Tower, 7th Floor")
      .member("city", "Dubai")
      .member("country", "ARE")
      .member("account_number", iban.substr(10))
      .member("iban", iban)
      .end_object();
  return std::move(writer).text();
}

std::string intent_json(const Customer& customer, const TopUp& top_up) {
  json::Writer writer;
  writer.begin_object()
      .member("customer_id", customer.customer_id)
      .raw_member("amount", top_up.amount.to_text())
      .member("currency", top_up.amount.currency().code())
      .member("payment_destination_id", customer.destination_id)
      .member("description", top_up.reference())
      .end_object();
  return std::move(writer).text();
}

/// The gateway's refusal, as far as whoever uses the wallet can do something about it; the rest is an affair between shop and gateway.
Error read_refusal(int status, const json::Value& body) {
  const auto code = text_of(body, "status");
  const auto message = text_of(body, "message");
  const auto* const metadata = body.find("metadata");
  for (const auto known : {ErrorCode::AMOUNT_UNDER_MIN_VALUE, ErrorCode::AMOUNT_OVER_MAX_VALUE}) {
    if (code != to_text(known)) continue;
    auto refused = error(known, message);
    for (const auto* const name : {"minimum", "maximum"}) {
      const auto* const limit = metadata == nullptr ? nullptr : metadata->find(name);
      if (limit != nullptr && limit->is(json::Kind::NUMBER)) refused.details.push_back({name, limit->number_text()});
    }
    return refused;
  }
  return error(ErrorCode::SERVICE_UNAVAILABLE,
               "the gateway answered " + std::to_string(status) + " " + code + ": " + message);
}

Result<json::Value> read_answer(const http::ClientResult& answer) {
  if (!answer) return error(ErrorCode::SERVICE_UNAVAILABLE, "the gateway gave no answer: " + answer.error().message);
  auto body = json::parse(answer->body);
  if (answer->status / 100 != 2) return read_refusal(answer->status, body ? *body : json::Value{});
  if (!body) return error(ErrorCode::SERVICE_UNAVAILABLE, "what answers in the gateway's place speaks no JSON");
  return *std::move(body);
}

std::optional<Instant> cool_off_of(const json::Value& source, std::string_view destination) {
  for (const auto& beneficiary : items_of(source.find("beneficiaries"))) {
    if (text_of(beneficiary, "payment_destination_id") != destination) continue;
    if (text_of(beneficiary, "status") != "AWAITING_BENEFICIARY_COOL_OFF") return std::nullopt;
    return parse_instant(text_of(beneficiary, "beneficiary_cool_off_expiry"));
  }
  return std::nullopt;
}

/// The last digits of the account that pays in the wallet's currency.
std::string account_ending_of(const json::Value& source) {
  for (const auto& account : items_of(source.find("accounts"))) {
    if (text_of(account, "currency") != wallet_currency().code()) continue;
    auto number = text_of(account, "iban");
    if (number.empty()) number = text_of(account, "account_number");
    return number.substr(number.size() - std::min(number.size(), kDigitsShown));
  }
  return "";
}

}  // namespace

Merchant::Merchant(Parts parts, Integration integration)
    : parts_(parts), integration_(std::move(integration)), news_(parts.timers.make_bell()) {
  while (integration_.gateway_url.ends_with('/')) integration_.gateway_url.pop_back();
}

Task<Result<Customer>> Merchant::enrolled_customer() {
  const Instant now = parts_.clock.now();
  CO_ASSIGN_OR_RETURN(auto customer, co_await parts_.database.write([&](db::Transaction& tx) {
    return current_customer(tx, integration_.app_token, now);
  }));
  if (!customer.customer_id) {
    // A name of its own for each attempt: if an answer is lost, that customer is forgotten, not in the way.
    const auto name = "marsa-" + Uuid::make(parts_.clock, parts_.random).to_text();
    CO_ASSIGN_OR_RETURN(const auto made,
                        co_await call(http::Method::POST, "/customers/v1", R"({"app_user_id":")" + name + R"("})"));
    const auto id = text_of(made, "customer_id");
    CO_ASSIGN_OR_RETURN(customer, co_await parts_.database.write(
                                      [&](db::Transaction& tx) { return keep_customer_id(tx, customer, id); }));
  }
  if (!customer.destination_id) {
    // Each customer's money arrives at an account number of its own, as with many a wallet.
    const auto body = destination_json(fresh_iban(parts_.clock.now()));
    CO_ASSIGN_OR_RETURN(const auto made, co_await call(http::Method::POST, "/payments/v1/destinations", body));
    const auto id = text_of(made, "id");
    CO_ASSIGN_OR_RETURN(customer, co_await parts_.database.write(
                                      [&](db::Transaction& tx) { return keep_destination_id(tx, customer, id); }));
  }
  co_return customer;
}

Task<Result<TopUp>> Merchant::create_top_up(std::string amount) {
  CO_ASSIGN_OR_RETURN(const auto wanted, money::Money::parse(amount, wallet_currency()));
  CO_ASSIGN_OR_RETURN(const auto customer, co_await enrolled_customer());
  const Instant now = parts_.clock.now();
  CO_ASSIGN_OR_RETURN(auto top_up, co_await parts_.database.write(
                                       [&](db::Transaction& tx) { return order_top_up(tx, customer, wanted, now); }));
  const auto body = intent_json(customer, top_up);
  CO_ASSIGN_OR_RETURN(const auto made, co_await call(http::Method::POST, "/payments/v1/intents", body));
  top_up.intent_id = text_of(made, "payment_intent_id");
  CO_RETURN_IF_ERROR(co_await parts_.database.write(
      [&](db::Transaction& tx) { return keep_intent_id(tx, top_up, top_up.intent_id); }));
  co_return top_up;
}

Task<Result<void>> Merchant::start_over() {
  const Instant now = parts_.clock.now();
  const auto made = co_await parts_.database.write(
      [&](db::Transaction& tx) { return demo_shop::start_over(tx, integration_.app_token, now); });
  if (!made) co_return made.error();
  co_return Result<void>{};
}

Task<Result<View>> Merchant::look(std::int64_t after) {
  auto view = co_await parts_.database.read([&](db::Transaction& tx) -> Result<View> {
    // Before anything was connected there may be no customer yet: nobody, with nothing.
    ASSIGN_OR_RETURN(const auto customer, last_customer(tx, integration_.app_token));
    return demo_shop::look(tx, customer, after);
  });
  co_return view;
}

Task<Result<Verdict>> Merchant::receive(const http::Request& request) {
  const Instant now = parts_.clock.now();
  auto fault = signature_fault(request.headers, request.body, integration_.webhook_secret, now);
  auto event = read_event(request.body);
  if (!fault && !event) fault = event.error().message;
  if (fault) {
    CO_RETURN_IF_ERROR(co_await parts_.database.write(
        [&](db::Transaction& tx) { return note_refusal(tx, *fault, request.body, now); }));
    co_return Verdict::REFUSED;
  }
  auto verdict = co_await parts_.database.write(
      [&](db::Transaction& tx) { return demo_shop::receive(tx, *event, request.body, now); });
  if (verdict) news_->ring();
  co_return verdict;
}

Task<Result<json::Value>> Merchant::sandbox_clock() {
  auto answer = co_await operate(http::Method::GET, "/admin/v1/clock");
  co_return answer;
}

Task<Result<void>> Merchant::advance_sandbox_clock(std::string by) {
  const auto moved = co_await operate(http::Method::POST, "/admin/v1/clock/advance", R"({"by":")" + by + R"("})");
  if (!moved) co_return moved.error();
  co_return Result<void>{};
}

Task<void> Merchant::look_up_sources() {
  while (!is_stopping_) {
    const auto waiting = co_await parts_.database.read([](db::Transaction& tx) { return sources_to_look_up(tx); });
    bool is_done = waiting.has_value();
    for (std::size_t i = 0; waiting && i < waiting->size() && !is_stopping_; ++i) {
      const Source& source = (*waiting)[i];
      const auto looked = co_await look_up(source);
      if (!looked) log::debug("demo shop: a source could not be looked up", {{"cause", looked.error().message}});
      is_done = is_done && looked;
    }
    if (is_stopping_) break;
    const Instant again = is_done ? Instant::max() : parts_.clock.now() + kLookAgain;
    co_await news_->wait_until(again);
  }
}

void Merchant::stop() {
  is_stopping_ = true;
  news_->ring();
}

Task<Result<void>> Merchant::look_up(const Source& source) {
  CO_ASSIGN_OR_RETURN(const auto customer, co_await parts_.database.read([&](db::Transaction& tx) {
    return find_customer(tx, source.customer);
  }));
  if (!customer || !customer->customer_id) co_return Result<void>{};
  const auto path = "/customers/v1/" + *customer->customer_id + "/payment-sources/" + source.id;
  CO_ASSIGN_OR_RETURN(const auto found, co_await call(http::Method::GET, path));
  SourceDetails details{.bank_name = source.bank_name,
                        .bank_arabic_name = source.bank_arabic_name,
                        .cool_off_until = cool_off_of(found, customer->destination_id.value_or("")),
                        .account_ending = account_ending_of(found)};
  if (details.bank_arabic_name.empty()) {
    CO_ASSIGN_OR_RETURN(const auto banks, co_await call(http::Method::GET, "/banks/v1"));
    for (const auto& bank : items_of(&banks)) {
      if (text_of(bank, "identifier") != source.bank_identifier) continue;
      details.bank_name = text_of(bank, "name");
      details.bank_arabic_name = text_of(bank, "arabic_name");
    }
  }
  CO_RETURN_IF_ERROR(
      co_await parts_.database.write([&](db::Transaction& tx) { return keep_details(tx, source, details); }));
  co_return Result<void>{};
}

Task<Result<json::Value>> Merchant::call(http::Method method, std::string path, std::string body) {
  JournalEntry told{.at = parts_.clock.now(), .title = std::string{to_text(method)} + " " + path, .sent = body};
  http::ClientRequest request{.method = method, .url = integration_.gateway_url + path, .body = std::move(body)};
  request.headers.add("lean-app-token", integration_.app_token);
  if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
  const auto answer = co_await parts_.client.send(std::move(request));
  if (answer) {
    told.http_status = answer->status;
    told.received = answer->body;
  } else {
    told.note = answer.error().message;
  }
  CO_RETURN_IF_ERROR(co_await parts_.database.write([&](db::Transaction& tx) { return note_call(tx, told); }));
  co_return read_answer(answer);
}

Task<Result<json::Value>> Merchant::operate(http::Method method, std::string path, std::string body) {
  http::ClientRequest request{.method = method, .url = "http://localhost" + path, .body = std::move(body)};
  request.unix_socket = integration_.operator_socket;
  if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
  const auto answer = co_await parts_.client.send(std::move(request));
  co_return read_answer(answer);
}

}  // namespace qantara::demo_shop
