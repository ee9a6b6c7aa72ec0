#include "connectors/berlin_group/exchange.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "base/uuid.h"
#include "connectors/bank_identity.h"

namespace qantara::connectors::berlin_group {
namespace {

using banking::CallError;
using json::Kind;

/// A longer answer is no answer of this interface: a hundred accounts are about 50 KiB.
constexpr std::size_t kAnswerMax = 256 * 1024;

/// What every browser and server takes as an address.
constexpr std::size_t kBrowserLinkMax = 2000;

/// How many different unknown words are told. A bank that makes up a new one each time must not fill memory or log.
constexpr std::size_t kNotesMax = 100;

std::string_view to_text(http::ClientFailure::Reason reason) {
  using Reason = http::ClientFailure::Reason;
  switch (reason) {
    case Reason::BAD_URL:
      return "bad URL";
    case Reason::FORBIDDEN_ADDRESS:
      return "forbidden address";
    case Reason::RESOLVE:
      return "no address";
    case Reason::CONNECT:
      return "no connection";
    case Reason::TLS:
      return "TLS failed";
    case Reason::TIMED_OUT:
      return "timed out";
    case Reason::CONNECTION_LOST:
      return "connection lost";
    case Reason::MALFORMED_ANSWER:
      return "malformed answer";
    case Reason::ANSWER_TOO_LARGE:
      return "answer too large";
  }
  return "failed";
}

Failure unknown_outcome(std::string message) {
  return {
      .error = {.kind = CallError::Kind::OUTCOME_UNKNOWN, .code = {}, .message = std::move(message), .retry_after = {}},
      .text = {}};
}

Failure not_answered(const Call& call, const http::ClientFailure& failure) {
  Failure result = unknown_outcome(fmt::format("{}: {}", call.name, to_text(failure.reason)));
  if (failure.reached == http::Reached::NOT_SENT) result.error.kind = CallError::Kind::NOT_SENT;
  return result;
}

}  // namespace

Result<std::unique_ptr<Exchange>> Exchange::make(const banking::Bank& bank, http::Client& client, Random& random,
                                                 const Clock& clock) {
  const auto base = http::parse_url(bank.base_url);
  if (!base || base->target.contains('?')) {
    return error(ErrorCode::INVALID_PARAMETERS,
                 fmt::format("The base_url of bank {} must be an http or https URL without a query.", bank.identifier));
  }
  ASSIGN_OR_RETURN(auto identity, identity_of(bank));
  return std::unique_ptr<Exchange>{new Exchange{bank, *base, std::move(identity), client, random, clock}};
}

Exchange::Exchange(const banking::Bank& bank, const http::Url& base, std::shared_ptr<const http::TlsIdentity> identity,
                   http::Client& client, Random& random, const Clock& clock)
    : bank_(bank),
      origin_(base.origin()),
      base_path_(base.target),
      identity_(std::move(identity)),
      client_(client),
      random_(random),
      clock_(clock) {
  while (base_path_.ends_with('/')) base_path_.pop_back();
}

Task<Reply> Exchange::send(Call call) {
  if (call.request_id.empty()) call.request_id = Uuid::make(clock_, random_).to_text();
  http::ClientRequest request{
      .method = call.method,
      .url = origin_ + call.target,
      .headers = call.headers,
      .body = call.body,
      .deadline = bank_.call_timeout,
      .response_limit = kAnswerMax,
      .identity = identity_,
  };
  request.headers.set("X-Request-ID", call.request_id);
  request.headers.set("Accept", "application/json");
  if (!call.body.empty()) request.headers.set("Content-Type", "application/json");

  const auto response = co_await client_.send(std::move(request));
  if (!response) co_return std::unexpected(not_answered(call, response.error()));
  co_return read(call, *response);
}

Reply Exchange::read(const Call& call, const http::ClientResponse& response) {
  const auto said = fmt::format("{}: HTTP {}", call.name, response.status);
  // A proxy that mixes answers up must not lend this payment the fate of another.
  if (!equals_ignoring_case(response.headers.value_or("X-Request-ID", call.request_id), call.request_id)) {
    note_unknown("X-Request-ID of another request, answering", call.name);
    return std::unexpected(unknown_outcome(said + " with the X-Request-ID of another request"));
  }
  const bool is_success = response.status >= 200 && response.status < 300;
  const bool is_refusal = response.status >= 400 && response.status < 500;

  std::optional<json::Value> body;
  if (response.body.size() <= kAnswerMax) {
    if (auto parsed = json::parse(response.body, json::Nul::REFUSED); parsed && parsed->is(Kind::OBJECT))
      body = *std::move(parsed);
  }
  if (is_success && body) return *std::move(body);
  if (response.status == 204) return json::Value{};  // Done, and nothing to be said.

  Failure failure = unknown_outcome(said);
  failure.status = response.status;
  failure.error.retry_after = read_retry_after(response.headers.value_or("Retry-After", ""));
  const auto tpp_message = body ? read_tpp_message(*body) : std::nullopt;
  if (tpp_message) {
    failure.text = tpp_message->text;
    failure.error.code = tpp_message->code;
    failure.error.message += " " + tpp_message->code;
    if (call.contents == Contents::PLAIN && !tpp_message->text.empty()) {
      failure.error.message += ": " + without_numbers(tpp_message->text);
    }
  } else {
    failure.error.message += body ? ", not in the bank's words" : ", no readable answer";
  }
  // What stands in front of a bank answers 4xx too, and cannot know whether the bank has the request. Only 429 needs no words.
  if (is_refusal && (tpp_message || response.status == 429)) {
    failure.error.kind = kind_of_refusal(response.status, failure.error.code);
  }
  return std::unexpected(std::move(failure));
}

std::string Exchange::follow(const Links& links, std::string_view name) {
  const std::string* href = links.find(name);
  if (href == nullptr) return {};
  const bool is_relative = href->starts_with('/') && !href->starts_with("//");
  const auto url = http::parse_url(is_relative ? origin_ + *href : *href);
  if (url && url->origin() == origin_) return url->target;
  note_unknown("link that leads away from the bank", name);
  return {};
}

std::string Exchange::browser_link(const Links& links, std::string_view name) {
  const std::string* href = links.find(name);
  if (href == nullptr) return {};
  const bool is_relative = href->starts_with('/') && !href->starts_with("//");
  const std::string whole = is_relative ? origin_ + *href : *href;
  const auto url = http::parse_url(whole);
  const bool is_weaker = origin_.starts_with("https:") && url && url->scheme != "https";
  if (url && !is_weaker && whole.size() <= kBrowserLinkMax) return url->origin() + url->target;
  note_unknown("link that no browser can be sent to", name);
  return {};
}

void Exchange::note_unknown(std::string_view what, std::string_view word) {
  {
    const std::scoped_lock lock{mutex_};
    if (noted_.size() >= kNotesMax || !noted_.insert(fmt::format("{} {}", what, word)).second) return;
  }
  log::warn("a bank said something unknown", {{"bank", bank_.identifier}, {"what", what}, {"word", word}});
}

}  // namespace qantara::connectors::berlin_group
