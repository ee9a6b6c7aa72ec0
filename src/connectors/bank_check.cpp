#include "connectors/bank_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "base/uuid.h"
#include "connectors/bank_identity.h"
#include "connectors/berlin_group/mapping.h"
#include "json/json.h"

namespace qantara::connectors {

namespace {

using berlin_group::Links;
using http::ClientFailure;
using std::chrono::days;
using std::chrono::seconds;

constexpr days kRenewBefore{14};
constexpr seconds kSkewMax{60};
constexpr std::size_t kAnswerMax = 256 * 1024;

class Examination {
 public:
  Examination(banking::Bank bank, http::Client& client, http::Dns& dns, Random& random, const Clock& clock)
      : bank_(std::move(bank)), client_(client), dns_(dns), random_(random), clock_(clock) {}

  Task<std::vector<Check>> run() {
    const auto url = http::parse_url(bank_.base_url);
    const bool is_readable = url.has_value() && look_at_files();
    if (!is_readable) co_return std::move(checks_);
    const bool is_named = co_await look_up(url->host);
    if (!is_named) co_return std::move(checks_);
    const bool is_answered = co_await knock();
    if (is_answered) co_await try_consent();
    co_return std::move(checks_);
  }

 private:
  void say(std::string subject, Verdict verdict, std::string found, std::string remedy = {}) {
    checks_.push_back({.subject = std::move(subject),
                       .verdict = verdict,
                       .found = std::move(found),
                       .remedy = verdict == Verdict::OK ? std::string{} : std::move(remedy)});
  }

  bool is_https() const { return bank_.base_url.starts_with("https:"); }

  /// Our own certificate, as far as it can be judged here.
  bool look_at_files() {
    auto loaded = identity_of(bank_);
    if (!loaded) {
      say("files", Verdict::FAIL, loaded.error().message, "put readable PEM files where the bank's settings name them");
      return false;
    }
    identity_ = *std::move(loaded);
    const auto ends_at = identity_ ? identity_->expires_at() : std::nullopt;
    if (!ends_at) return true;
    const auto left = std::chrono::floor<days>(*ends_at - clock_.now());
    const auto found = fmt::format("our certificate ends at {}", qantara::to_text(*ends_at));
    if (left < days{0}) {
      say("our certificate", Verdict::FAIL, found, "have it renewed, and add the bank again with the new one");
    } else if (left < kRenewBefore) {
      say("our certificate", Verdict::LOOK, fmt::format("{}, in {} days", found, left.count()), "have it renewed soon");
    } else {
      say("our certificate", Verdict::OK, found);
    }
    return true;
  }

  Task<bool> look_up(std::string host) {
    const auto addresses = co_await dns_.resolve(host);
    if (!addresses || addresses->empty()) {
      say("address", Verdict::FAIL, fmt::format("{} has no address", host),
          "look at base_url, and whether this machine's DNS answers");
      co_return false;
    }
    say("address", Verdict::OK, fmt::format("{} is at {}", host, fmt::join(*addresses, ", ")));
    co_return true;
  }

  Task<http::ClientResult> send(http::Method method, std::string path, std::string body) {
    http::ClientRequest request{.method = method,
                                .url = base() + path,
                                .body = std::move(body),
                                .deadline = bank_.call_timeout,
                                .response_limit = kAnswerMax,
                                .identity = identity_};
    request_id_ = Uuid::make(clock_, random_).to_text();
    request.headers.set("X-Request-ID", request_id_);
    request.headers.set("Accept", "application/json");
    if (!request.body.empty()) {
      request.headers.set("Content-Type", "application/json");
      request.headers.set("PSU-IP-Address", "192.0.2.1");  // RFC 5737: nobody's.
      const bool wants_redirect = !bank_.sca_ways.empty() && bank_.sca_ways.front() == banking::ScaWay::REDIRECT;
      request.headers.set("TPP-Redirect-Preferred", wants_redirect ? "true" : "false");
      if (bank_.may_use(banking::ScaWay::REDIRECT)) request.headers.set("TPP-Redirect-URI", "https://localhost/");
    }
    auto answer = co_await client_.send(std::move(request));
    co_return answer;
  }

  std::string base() const {
    auto base = bank_.base_url;
    while (base.ends_with('/')) base.pop_back();
    return base;
  }

  /// Asks for accounts without a consent: a bank refuses that in the words of its standard.
  Task<bool> knock() {
    const auto answer = co_await send(http::Method::GET, "/v1/accounts", "");
    if (!answer) {
      say_failure(answer.error());
      co_return false;
    }
    say("connection", Verdict::OK, fmt::format("answered after {} ms", answer->elapsed.count() / 1000));
    if (is_https()) {
      say("certificate", Verdict::OK, "the bank's certificate is good for its name");
    } else {
      say("certificate", Verdict::OK, "no TLS: the bank is on this machine");
    }
    say_time(answer->headers.value_or("Date", ""));
    co_return say_answer(*answer);
  }

  void say_failure(const ClientFailure& failure) {
    using enum ClientFailure::Reason;
    switch (failure.reason) {
      case BAD_URL:
      case RESOLVE:
      case FORBIDDEN_ADDRESS:
        return say("address", Verdict::FAIL, failure.message, "look at base_url");
      case CONNECT:
        return say("connection", Verdict::FAIL, failure.message,
                   "look at host and port of base_url, and whether a firewall stands between");
      case TLS:
        say("connection", Verdict::OK, "connected");
        return say("certificate", Verdict::FAIL, failure.message,
                   "look at certificate_authority if the bank's certificate comes from an authority of its own, and at "
                   "client_certificate if the bank wants another");
      case TIMED_OUT:
        return say("connection", Verdict::FAIL,
                   fmt::format("no answer within {} ms: {}", bank_.call_timeout.count(), failure.message),
                   "ask the bank whether it is up, or raise call_timeout");
      case CONNECTION_LOST:
      case MALFORMED_ANSWER:
      case ANSWER_TOO_LARGE:
        say("connection", Verdict::OK, "connected");
        return say(
            "answer", Verdict::FAIL, failure.message,
            "is base_url that of the interface? A bank that wants a certificate (client_certificate) may hang up too");
    }
  }

  void say_time(std::string_view header) {
    const auto date = parse_http_date(header);
    if (!date)
      return say("clock", Verdict::LOOK, "the bank does not say what time it is", "compare the clocks by hand");
    const auto skew = std::chrono::duration_cast<seconds>(*date - clock_.now());
    const auto found = fmt::format("{} s apart", std::chrono::abs(skew).count());
    if (std::chrono::abs(skew) > kSkewMax) {
      return say("clock", Verdict::LOOK, found,
                 "look at this machine's clock; signatures and certificates need it right");
    }
    say("clock", Verdict::OK, found);
  }

  bool say_answer(const http::ClientResponse& answer) {
    const auto body = json::parse(answer.body);
    const auto words = body ? berlin_group::read_tpp_message(*body) : std::nullopt;
    const auto said = fmt::format("HTTP {}{}{}", answer.status, words ? " " : "", words ? words->code : std::string{});
    if (answer.status == 503 || (words && words->code == "SERVICE_BLOCKED" && answer.status >= 500)) {
      say("answer", Verdict::FAIL, said + ": the bank is closed", "try again later");
      return false;
    }
    if (words && words->code.starts_with("CERTIFICATE_")) {
      say("answer", Verdict::FAIL, said,
          "the bank refuses our certificate: look at client_certificate, and whether it is registered");
      return false;
    }
    if (answer.status >= 500 || (!words && !(answer.status == 200 && body))) {
      say("answer", Verdict::FAIL, said + ", not in the standard's words",
          fmt::format("is base_url ({}) that of the {} interface, without /v1?", bank_.base_url, bank_.standard));
      return false;
    }
    const auto echoed = answer.headers.value_or("X-Request-ID", "");
    if (!echoed.empty() && !equals_ignoring_case(echoed, request_id_)) {
      say("answer", Verdict::FAIL, said + " with the X-Request-ID of another request",
          "what stands between mixes answers up");
      return false;
    }
    say("answer", Verdict::OK, said);
    return true;
  }

  Task<void> try_consent() {
    const auto until = std::chrono::floor<days>(clock_.now()) + days{1};
    const auto answer = co_await send(http::Method::POST, "/v1/consents", berlin_group::consent_body(until));
    if (!answer) {
      say("consent", Verdict::FAIL, answer.error().message, "test again; it answered a moment ago");
      co_return;
    }
    const auto body = json::parse(answer->body);
    const auto consent_id = body ? berlin_group::read_identifier(*body, "consentId") : std::nullopt;
    if (answer->status / 100 != 2 || !consent_id) {
      const auto words = body ? berlin_group::read_tpp_message(*body) : std::nullopt;
      say_no_consent(*answer, words ? words->code : std::string{});
      co_return;
    }
    const Links links = berlin_group::read_links(*body);
    const auto ended = co_await send(http::Method::DELETE, "/v1/consents/" + http::percent_encode(*consent_id), "");
    const bool is_ended = ended && (ended->status / 100 == 2 || ended->status == 404);
    if (is_ended) {
      say("consent", Verdict::OK, "made and taken back");
    } else {
      say("consent", Verdict::LOOK, "made, but it cannot be taken back; it ends by itself tomorrow",
          "payers who remove a bank here stay known to it until their consent ends");
    }
    say_ways(links);
  }

  void say_no_consent(const http::ClientResponse& answer, std::string_view code) {
    const auto said = fmt::format("HTTP {} {}", answer.status, code);
    if (code == "PSU_CREDENTIALS_INVALID") {
      return say("consent", Verdict::LOOK, said + ": the bank makes none without a payer",
                 "connect an account of your own to see more");
    }
    say("consent", Verdict::FAIL, said, "ask the bank whether account access (AIS) is among what it lets you do");
  }

  /// A bank that offers no link for a way does not go it.
  void say_ways(const Links& links) {
    using banking::ScaWay;
    const auto has = [&](std::string_view name) { return links.find(name) != nullptr; };
    std::vector<ScaWay> offered;
    if (has("scaRedirect") || has("scaOAuth")) offered.push_back(ScaWay::REDIRECT);
    if (has("startAuthorisationWithPsuAuthentication") || has("startAuthorisation")) {
      offered.push_back(ScaWay::EMBEDDED);
      offered.push_back(ScaWay::DECOUPLED);
    }
    std::string names;
    for (const auto way : offered) names += (names.empty() ? "" : ", ") + std::string{banking::to_text(way)};
    const bool is_common = std::ranges::any_of(offered, [&](ScaWay way) { return bank_.may_use(way); });
    if (is_common) return say("ways to authorise", Verdict::OK, "the bank's links lead to " + names);
    say("ways to authorise", Verdict::FAIL,
        names.empty() ? "the bank's answer has no link to authorise with" : "the bank's links lead to " + names,
        "none of them is among sca_ways of its settings");
  }

  banking::Bank bank_;
  http::Client& client_;
  http::Dns& dns_;
  Random& random_;
  const Clock& clock_;
  std::shared_ptr<const http::TlsIdentity> identity_;
  std::string request_id_;
  std::vector<Check> checks_;
};

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::OK:
      return "ok";
    case Verdict::LOOK:
      return "look";
    case Verdict::FAIL:
      return "fail";
  }
  return "fail";
}

Task<std::vector<Check>> check_bank(banking::Bank bank, http::Client& client, http::Dns& dns, Random& random,
                                    const Clock& clock) {
  Examination examination{std::move(bank), client, dns, random, clock};
  auto checks = co_await examination.run();
  co_return checks;
}

std::optional<Instant> parse_http_date(std::string_view text) {
  constexpr auto kMonths = std::to_array<std::string_view>(
      {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});
  constexpr std::string_view kForm = "Sun, 06 Nov 1994 08:49:37 GMT";
  if (text.size() != kForm.size() || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  const auto number = [&](std::size_t at, std::size_t length) {
    int value = -1;
    const auto digits = text.substr(at, length);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return failure == std::errc{} && end == digits.data() + digits.size() ? value : -1;
  };
  const std::chrono::year_month_day date{std::chrono::year{number(12, 4)},
                                         std::chrono::month(static_cast<unsigned>(month - kMonths.begin() + 1)),
                                         std::chrono::day(static_cast<unsigned>(number(5, 2)))};
  const int hour = number(17, 2);
  const int minute = number(20, 2);
  const int second = number(23, 2);
  const bool is_right = month != kMonths.end() && number(12, 4) >= 0 && date.ok() && hour >= 0 && hour < 24 &&
                        minute >= 0 && minute < 60 && second >= 0 && second <= 60;
  if (!is_right) return std::nullopt;
  return Instant{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         seconds{second};
}

}  // namespace qantara::connectors
