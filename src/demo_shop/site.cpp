#include "demo_shop/site.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "demo_shop/guard.h"

namespace qantara::demo_shop {

namespace {

constexpr std::string_view kWebhooks = "/webhooks";
constexpr auto kPatience = std::chrono::seconds{5};  ///< Half of what the gateway waits for an answer to a delivery.
constexpr auto kPause = std::chrono::milliseconds{10};
constexpr std::array<std::string_view, 3> kLeaps{"1h", "4h", "24h"};

/// The page may load the SDK from the gateway and show it in a frame, and nothing else from anywhere.
std::string content_security_policy(std::string_view gateway_url) {
  const std::string gateway{gateway_url};
  return "default-src 'none'; script-src 'self' " + gateway +
         "; style-src 'self'; img-src 'self' data:; connect-src 'self'; " + "frame-src " + gateway +
         "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

void write_instant(json::Writer& writer, std::string_view name, const std::optional<Instant>& at) {
  writer.member(name, at ? std::optional{qantara::to_text(*at)} : std::nullopt);
}

void write_source(json::Writer& writer, const Source& source) {
  writer.begin_object()
      .member("id", source.id)
      .member("bank_identifier", source.bank_identifier)
      .member("bank_name", source.bank_name)
      .member("bank_arabic_name", source.bank_arabic_name)
      .member("status", source.status)
      .member("account_ending", source.account_ending);
  write_instant(writer, "cool_off_until", source.cool_off_until);
  writer.end_object();
}

void write_top_up(json::Writer& writer, const TopUp& top_up) {
  writer.begin_object()
      .member("number", top_up.number)
      .member("reference", top_up.reference())
      .member("intent_id", top_up.intent_id)
      .member("amount", top_up.amount.to_text())
      .member("status", to_text(top_up.status))
      .member("reason", top_up.reason)
      .member("bank_reference", top_up.bank_reference)
      .member("created_at", qantara::to_text(top_up.created_at))
      .end_object();
}

void write_journal_entry(json::Writer& writer, const JournalEntry& entry) {
  writer.begin_object()
      .member("seq", entry.seq)
      .member("at", qantara::to_text(entry.at))
      .member("kind", entry.kind == JournalEntry::Kind::CALL ? "CALL" : "WEBHOOK")
      .member("title", entry.title)
      .member("http_status", entry.http_status)
      .member("verdict", entry.verdict)
      .member("note", entry.note)
      .member("event_id", entry.event_id)
      .member("sent", entry.sent)
      .member("received", entry.received)
      .name("sequence");
  if (entry.sequence) {
    writer.integer(*entry.sequence);
  } else {
    writer.null();
  }
  writer.end_object();
}

template <class T>
void write_list(json::Writer& writer, std::string_view name, const std::vector<T>& list,
                void (*write)(json::Writer&, const T&)) {
  writer.name(name).begin_array();
  for (const auto& item : list) write(writer, item);
  writer.end_array();
}

std::string state_json(const Integration& integration, const View& view, const Result<json::Value>& clock) {
  json::Writer writer;
  writer.begin_object()
      .member("gateway_url", integration.gateway_url)
      .member("sandbox_bank_url", integration.sandbox_bank_url)
      .member("app_token", integration.app_token)
      .member("customer_number", view.customer.number)
      .member("customer_id", view.customer.customer_id)
      .member("currency", view.balance.currency().code())
      .member("balance", view.balance.to_text());
  write_list(writer, "sources", view.sources, write_source);
  write_list(writer, "top_ups", view.top_ups, write_top_up);
  write_list(writer, "journal", view.journal, write_journal_entry);
  writer.member("journal_end", view.journal_end).name("clock");
  if (clock) {
    writer.value(*clock);
  } else {
    writer.null();
  }
  writer.end_object();
  return std::move(writer).text();
}

/// The text at `name` of the body, which must be an object.
Result<std::string> read_text(const http::Request& request, std::string_view name) {
  ASSIGN_OR_RETURN(const auto body, json::parse(request.body));
  const auto text = body.text(name);
  if (!text) {
    return field_error(ErrorCode::MISSING_PARAMETERS, std::string{name}, std::string{name} + " must be given, as text");
  }
  return std::string{*text};
}

std::int64_t read_number(const std::optional<std::string>& text) {
  std::int64_t number = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

}  // namespace

http::Response refusal(int status, std::string_view code, std::string_view message) {
  json::Writer writer;
  writer.begin_object().member("status", code).member("message", message).end_object();
  return http::Response::json(status, std::move(writer).text());
}

http::Response refusal(const Error& error) {
  json::Writer writer;
  writer.begin_object().member("status", to_text(error.code)).member("message", error.message);
  writer.name("metadata").begin_object();
  for (const auto& detail : error.details) writer.member(detail.name, detail.json);
  writer.end_object().end_object();
  return http::Response::json(http_status(error.code), std::move(writer).text());
}

Site::Site(Pages pages, std::string address, const Clock& clock, Timers& timers)
    : pages_(std::move(pages)), address_(std::move(address)), clock_(clock), timers_(timers) {
  using enum http::Method;
  struct Row {
    http::Method method;
    std::string_view pattern;
    Handler handler;
  };
  const Row rows[] = {
      {GET, "/", &Site::show_page},
      {GET, "/assets/{file}", &Site::show_page},
      {GET, "/api/state", &Site::show_state},
      {POST, "/api/connect", &Site::connect},
      {POST, "/api/top-ups", &Site::create_top_up},
      {POST, "/api/start-over", &Site::start_over},
      {POST, "/api/clock", &Site::advance_clock},
      {POST, kWebhooks, &Site::receive_webhook},
  };
  for (const auto& row : rows) {
    router_.add(row.method, row.pattern,
                [this, handler = row.handler](const http::Request& request) { return (this->*handler)(request); });
  }
}

Task<http::Response> Site::answer(http::Request& request) {
  auto response = co_await route(request);
  auto& headers = response.headers;
  if (headers.find("Cache-Control") == nullptr) headers.add("Cache-Control", "no-store");
  const auto gateway_url = merchant_ == nullptr ? std::string{} : merchant_->integration().gateway_url;
  headers.set("Content-Security-Policy", content_security_policy(gateway_url));
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  co_return response;
}

Task<http::Response> Site::route(http::Request& request) {
  const bool is_webhook = request.path == kWebhooks;
  const auto fault = guard_fault(request, is_webhook ? Purpose::WEBHOOK : Purpose::PAGE, address_);
  if (fault) co_return refusal(403, "FORBIDDEN", *fault);
  auto found = router_.find(request.method, request.path);
  if (const auto* const other = std::get_if<http::Router::NoSuchMethod>(&found)) {
    auto response = refusal(405, "INVALID_HTTP_METHOD", "this address knows other methods");
    response.headers.set("Allow", other->allow);
    co_return response;
  }
  auto* const match = std::get_if<http::Router::Match>(&found);
  if (match == nullptr) co_return refusal(404, "INVALID_URL", "there is nothing here");
  const bool is_open = co_await wait_for_merchant();
  if (!is_open) co_return refusal(503, "SERVICE_UNAVAILABLE", "the shop is not open yet");

  request.path_parameters = std::move(match->path_parameters);
  const http::Handler& handler = *match->handler;
  auto response = co_await handler(request);
  co_return response;
}

/// A delivery may come before whoever starts gateway and shop has told the shop its secret.
Task<bool> Site::wait_for_merchant() {
  const auto bell = timers_.make_bell();
  const Instant give_up_at = clock_.now() + kPatience;
  while (merchant_ == nullptr && clock_.now() < give_up_at) {
    const Instant again = clock_.now() + kPause;
    co_await bell->wait_until(again);
  }
  co_return merchant_ != nullptr;
}

// GET / and GET /assets/{file} · 200 · 404
Task<http::Response> Site::show_page(const http::Request& request) {
  auto page = pages_(request);
  if (!page) co_return refusal(404, "INVALID_URL", "there is nothing here");
  co_return *std::move(page);
}

// GET /api/state?after=17 · 200: everything, of the journal only what is newer than entry 17.
Task<http::Response> Site::show_state(const http::Request& request) {
  const auto after = read_number(request.query_parameter("after"));
  const auto view = co_await merchant_->look(after);
  if (!view) co_return refusal(view.error());
  const auto clock = co_await merchant_->sandbox_clock();
  co_return http::Response::json(200, state_json(merchant_->integration(), *view, clock));
}

// POST /api/connect {} · 200 what the page passes to Lean.connect · 503
Task<http::Response> Site::connect(const http::Request&) {
  const auto customer = co_await merchant_->enrolled_customer();
  if (!customer) co_return refusal(customer.error());
  json::Writer writer;
  writer.begin_object()
      .member("customer_id", customer->customer_id)
      .member("payment_destination_id", customer->destination_id)
      .end_object();
  co_return http::Response::json(200, std::move(writer).text());
}

// POST /api/top-ups {"amount":"50.00"} · 201 the top-up · 400 INVALID_AMOUNT, AMOUNT_* with minimum and maximum · 503
Task<http::Response> Site::create_top_up(const http::Request& request) {
  const auto amount = read_text(request, "amount");
  if (!amount) co_return refusal(amount.error());
  const auto top_up = co_await merchant_->create_top_up(*amount);
  if (!top_up) co_return refusal(top_up.error());
  json::Writer writer;
  write_top_up(writer, *top_up);
  co_return http::Response::json(201, std::move(writer).text());
}

// POST /api/start-over {} · 200
Task<http::Response> Site::start_over(const http::Request&) {
  const auto done = co_await merchant_->start_over();
  if (!done) co_return refusal(done.error());
  co_return http::Response::json(200, "{}");
}

// POST /api/clock {"by":"24h"} · 200 · 400
Task<http::Response> Site::advance_clock(const http::Request& request) {
  const auto by = read_text(request, "by");
  if (!by) co_return refusal(by.error());
  if (std::ranges::find(kLeaps, *by) == kLeaps.end()) {
    co_return refusal(field_error(ErrorCode::INVALID_PARAMETERS, "by", "by must be 1h, 4h or 24h"));
  }
  const auto moved = co_await merchant_->advance_sandbox_clock(*by);
  if (!moved) co_return refusal(moved.error());
  co_return http::Response::json(200, "{}");
}

// POST /webhooks · 200 what became of it · 400 it is not genuine · 503 come again
Task<http::Response> Site::receive_webhook(const http::Request& request) {
  const auto verdict = co_await merchant_->receive(request);
  if (!verdict) co_return refusal(verdict.error());
  json::Writer writer;
  writer.begin_object().member("verdict", to_text(*verdict)).end_object();
  co_return http::Response::json(*verdict == Verdict::REFUSED ? 400 : 200, std::move(writer).text());
}

}  // namespace qantara::demo_shop
