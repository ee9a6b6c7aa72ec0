#include "cli/listen.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/secret.h"
#include "base/text.h"
#include "base/timers.h"
#include "cli/gateway.h"
#include "cli/json_text.h"
#include "cli/masked_json.h"
#include "cli/webhook_signature.h"
#include "http/server.h"

namespace qantara::cli {

namespace {

// The gateway delivers within milliseconds of the commit; past this, something was in the way.
constexpr std::chrono::seconds kLateAfter{10};
// Below the gateway's own ten seconds, so that its attempt ends with our answer.
constexpr std::chrono::milliseconds kForwardDeadline{9'000};
constexpr std::chrono::milliseconds kSecretPause{10};

/// "41 s", "3 min", "24 h"
std::string rough_time(Duration time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).count();
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 2 * 3600) return std::to_string(seconds / 60) + " min";
  return std::to_string(seconds / 3600) + " h";
}

/// What there is to say about one delivery.
struct Delivery {
  json::Value envelope;
  std::string event_id;
  std::optional<std::string> fault;  ///< Why it is not verified.
  int arrivals = 1;                  ///< Of this event, this one included.
  std::optional<Duration> late_by;
  http::Response answer;
  std::optional<Duration> forwarded_in;
  std::string forward_fault;

  bool is_remarkable() const { return arrivals > 1 || late_by || answer.status >= 300; }
};

class Listener {
 public:
  Listener(Context& context, const Gateway& gateway, std::string forward_to)
      : context_(context), gateway_(gateway), forward_to_(std::move(forward_to)), wake_(context.timers.make_bell()) {}

  /// A delivery may come before the gateway's answer that holds the secret: it waits for it.
  void set_secret(Secret secret) { secret_ = std::move(secret); }

  void stop() {
    is_stopping_ = true;
    wake_->ring();
  }

  /// Returns when Ctrl-C was pressed or nobody reads what is printed.
  Task<void> wait_for_end() {
    while (!is_stopping_ && !context_.out.is_broken()) co_await wake_->wait_until(Instant::max());
  }

  Task<http::Response> receive(const http::Request& request) {
    if (request.method != http::Method::POST) co_return http::Response::text(405, "");
    co_await wait_for_secret();
    Delivery delivery;
    if (auto envelope = json::parse(request.body)) delivery.envelope = *std::move(envelope);
    delivery.event_id = text_of(delivery.envelope, "event_id");
    delivery.fault = signature_fault(request.headers, request.body, secret_, context_.clock.now());
    delivery.arrivals = ++arrivals_[delivery.event_id.empty() ? std::string(request.headers.value_or("webhook-id", ""))
                                                              : delivery.event_id];
    delivery.late_by = co_await lateness(delivery.envelope);
    delivery.answer = http::Response::text(delivery.fault ? 401 : 200, "");
    if (!forward_to_.empty()) co_await forward(request, delivery);
    print(delivery);
    if (context_.out.is_broken()) wake_->ring();
    co_return delivery.answer;
  }

 private:
  Task<void> wait_for_secret() {
    const auto bell = context_.timers.make_bell();
    while (secret_.empty() && !is_stopping_) co_await bell->wait_until(context_.clock.now() + kSecretPause);
  }

  /// How long after its event a delivery arrives, by the sandbox's clock; nothing if at once.
  Task<std::optional<Duration>> lateness(const json::Value& envelope) {
    const auto happened_at = parse_instant(text_of(envelope, "timestamp"));
    if (!happened_at) co_return std::nullopt;
    const auto is_near = [&](Duration age) { return age <= kLateAfter && age >= -kLateAfter; };
    auto age = context_.clock.now() + clock_offset_ - *happened_at;
    if (!is_near(age)) {  // The sandbox's clock may have been advanced.
      const auto answer = co_await gateway_.call(http::Method::GET, "/admin/v1/clock");
      const auto seconds = answer ? integer_of(*answer, "offset_seconds") : std::nullopt;
      if (seconds) clock_offset_ = std::chrono::seconds{*seconds};
      age = context_.clock.now() + clock_offset_ - *happened_at;
    }
    if (age <= kLateAfter) co_return std::nullopt;
    co_return age;
  }

  Task<void> forward(const http::Request& request, Delivery& delivery) {
    http::ClientRequest onward{.method = http::Method::POST, .url = forward_to_, .body = request.body};
    onward.deadline = kForwardDeadline;
    onward.response_limit = 64 * 1024;
    onward.excess = http::ClientRequest::Excess::CUT;
    for (const auto& [name, value] : request.headers.fields()) onward.headers.add(name, value);
    const auto answer = co_await context_.client.send(std::move(onward));
    if (answer) {
      delivery.forwarded_in = answer->elapsed;
      delivery.answer = http::Response::text(answer->status, answer->body);
      if (const auto* const retry_after = answer->headers.find("Retry-After"))
        delivery.answer.headers.set("Retry-After", *retry_after);
    } else {
      delivery.forward_fault = answer.error().message;
      delivery.answer = http::Response::text(502, "");
    }
  }

  void print(const Delivery& delivery) {
    if (context_.output == Output::JSON) {
      print_json(delivery);
      return;
    }
    auto& out = context_.out;
    std::string text;
    if (delivery.forwarded_in) {
      text = std::to_string(delivery.answer.status) + " in " +
             std::to_string(std::chrono::round<std::chrono::milliseconds>(*delivery.forwarded_in).count()) + " ms, ";
    } else if (!delivery.forward_fault.empty()) {
      text = "not forwarded: " + delivery.forward_fault + " ";
    }
    text += delivery.fault ? "NOT VERIFIED: " + *delivery.fault : "signature verified";
    if (const auto sequence = number_of(delivery.envelope, "sequence"); !sequence.empty())
      text += ", sequence " + sequence;
    if (delivery.arrivals > 1) text += ", repeated (arrival " + std::to_string(delivery.arrivals) + ")";
    if (delivery.late_by) text += ", late by " + rough_time(*delivery.late_by);
    text += status_words(delivery.envelope);

    const auto type = text_of(delivery.envelope, "type");
    const auto subject = out.words(type.empty() ? "no event" : type) + " " + out.id(delivery.event_id);
    const auto symbol = delivery.fault ? Symbol::FAIL : delivery.is_remarkable() ? Symbol::LOOK : Symbol::OK;
    const auto clean = out.words(text);
    out.row({.at = context_.clock.now(), .symbol = symbol, .source = "webhook", .subject = subject, .text = clean});
  }

  /// ", ACCEPTED_BY_BANK": the one word that most readers look for.
  static std::string status_words(const json::Value& envelope) {
    const auto status = text_of(envelope, "payload", "status");
    return status.empty() ? status : ", " + status;
  }

  void print_json(const Delivery& delivery) {
    json::Writer writer;
    writer.begin_object();
    if (delivery.envelope.is(json::Kind::OBJECT)) {
      for (const auto& [name, value] : delivery.envelope.members()) {
        writer.name(name);
        write_masked(writer, value);
      }
    }
    writer.member("verified", !delivery.fault.has_value());
    if (delivery.fault) writer.member("signature_fault", *delivery.fault);
    writer.member("repeated", delivery.arrivals > 1);
    if (delivery.late_by) {
      writer.member("late_by_ms",
                    std::int64_t{std::chrono::floor<std::chrono::milliseconds>(*delivery.late_by).count()});
    }
    writer.member("answered", delivery.answer.status).end_object();
    context_.out.json(writer.text());
  }

  Context& context_;
  const Gateway& gateway_;
  std::string forward_to_;
  std::unique_ptr<Bell> wake_;
  Secret secret_;
  std::map<std::string, int> arrivals_;  ///< By event id.
  Duration clock_offset_{0};
  bool is_stopping_ = false;
};

}  // namespace

Task<int> listen(Context& context, ListenOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());

  Listener listener{context, gateway, options.forward_to};
  http::ServerOptions server_options;
  server_options.handler = [&listener](const http::Request& request) { return listener.receive(request); };
  auto server = http::listen(context.executor, context.random, std::move(server_options));
  if (!server) co_return tell(context, refusal(server.error().message, ""));

  context.on_signal([&listener] { listener.stop(); });  // Before there is an endpoint to leave behind.
  json::Writer wanted;
  wanted.begin_object().member("app_token", *app_token);
  const auto port = std::to_string((*server)->port());
  wanted.member("url", "http://127.0.0.1:" + port + std::string{kListenPath}).end_object();
  const auto endpoint = co_await gateway.call(http::Method::POST, "/admin/v1/webhook-endpoints", wanted.text());
  if (!endpoint) {
    co_await (*server)->stop(std::chrono::milliseconds{0});
    co_return tell(context, endpoint.error());
  }
  listener.set_secret(Secret{text_of(*endpoint, "webhook_secret")});
  context.err.hang("listening  ",
                   "Webhooks are shown here as they come, until Ctrl-C." +
                       (options.forward_to.empty() ? "" : " Each goes on to " + options.forward_to + "."));

  options.listening();
  co_await listener.wait_for_end();

  const auto path = "/admin/v1/webhook-endpoints/" + text_of(*endpoint, "id");
  const auto removed = co_await gateway.call(http::Method::DELETE, path);
  co_await (*server)->stop(std::chrono::seconds{1});
  if (!removed && removed.error().exit_code != kNoGateway) co_return tell(context, removed.error());
  co_return kDone;
}

}  // namespace qantara::cli
