// The way to the bank's own pages and back.
//
// The addresses carry a token: the visit's id, and a mac over it and the way it is for, so that whoever knows one cannot make
// another. The page is given the way there alone. Whoever follows it from the page gets a secret for the browser; a connection is
// completed only where both come back: the token of a visit that was seen through, and the browser that left, or the shop's word
// for whom it is. A payment needs neither: the bank is asked.
#include "applications/redirect_url.h"
#include "base/text.h"
#include "json/json.h"
#include "link/link_flow.h"
#include "link/link_store.h"

namespace qantara::link {

namespace {

constexpr std::string_view kToBank = "to bank";
constexpr std::string_view kDone = "done";
constexpr std::string_view kRefused = "refused";
constexpr std::string_view kBrowser = "browser";
constexpr std::size_t kHalf = 32;  ///< Hex digits of 128 bits.

Error unknown_visit() {
  return error(ErrorCode::UNKNOWN_LINK_SESSION, "there is no link session with this id, or its token is another");
}

/// `url` with one more query member.
std::string with_attempt(const std::string& url, std::string_view attempt) {
  return url + (url.contains('?') ? "&" : "?") + "consent_attempt_id=" + std::string{attempt};
}

}  // namespace

std::string LinkFlow::visit_token(const Uuid& visit, std::string_view purpose) const {
  const auto id = Id<struct VisitTag>{visit}.to_plain_text();
  const auto mac = hmac_sha256(token_key_.reveal(), "visit, " + std::string{purpose} + ": " + id);
  return id + to_hex(as_bytes(mac)).substr(0, kHalf);
}

std::optional<Uuid> LinkFlow::visit_in(std::string_view token, std::string_view purpose) const {
  if (token.size() != 2 * kHalf) return std::nullopt;
  const auto visit = Uuid::parse(token.substr(0, kHalf));
  if (!visit || !equals_in_constant_time(token, visit_token(*visit, purpose))) return std::nullopt;
  return visit;
}

/// From now on addresses of an earlier visit lead nowhere.
void LinkFlow::begin_visit(LinkSession& session) const {
  session.came_back.reset();
  session.came_back_at.reset();
  session.visit.reset();
  if (parts_.banks.connector(session.bank_identifier)->capabilities().redirect)
    session.visit = Uuid::make(parts_.real_clock, parts_.random);
}

std::optional<banking::ReturnUrls> LinkFlow::return_urls(const LinkSession& session) const {
  if (!session.visit) return std::nullopt;
  const auto url = [&](std::string_view way) {
    return parts_.public_url + "/link/return/" + visit_token(*session.visit, way) + "?language=" + session.language;
  };
  return banking::ReturnUrls{.done = url(kDone), .refused = url(kRefused)};
}

std::string LinkFlow::way_to_bank(const LinkSession& session) const {
  return session.visit ? parts_.public_url + "/link/redirect/" + visit_token(*session.visit, kToBank) : std::string{};
}

Task<Result<LinkFlow::Departure>> LinkFlow::depart(std::string token) const {
  const auto visit = visit_in(token, kToBank);
  if (!visit) co_return unknown_visit();
  auto departed = co_await parts_.database.read([&](db::Transaction& tx) -> Result<Departure> {
    ASSIGN_OR_RETURN(const auto session, select_session_of_visit(tx, parts_.vault, *visit));
    if (!session) return unknown_visit();
    ASSIGN_OR_RETURN(const auto shown, render(tx, *session));
    if (shown.kind != StepKind::REDIRECT) return unknown_visit();
    ASSIGN_OR_RETURN(const auto asked, json::parse(shown.asked));
    return Departure{.bank_url = std::string{asked.text("bank_url").value_or("")},
                     .browser = visit_token(*visit, kBrowser)};
  });
  co_return departed;
}

Result<LinkFlow::Arrival> LinkFlow::find_arrival(db::Transaction& tx, std::string_view token) const {
  for (const auto way : {CameBack::DONE, CameBack::REFUSED}) {
    const auto visit = visit_in(token, way == CameBack::DONE ? kDone : kRefused);
    if (!visit) continue;
    ASSIGN_OR_RETURN(auto session, select_session_of_visit(tx, parts_.vault, *visit));
    if (!session || session->expires_at + kReadable <= parts_.real_clock.now()) return unknown_visit();
    return Arrival{.session = *std::move(session), .way = way};
  }
  return unknown_visit();
}

Task<Result<std::string>> LinkFlow::arrive(std::string token) const {
  auto arrived = co_await parts_.database.write([&](db::Transaction& tx) -> Result<std::string> {
    auto arrival = find_arrival(tx, token);
    if (!arrival && arrival.error().code == ErrorCode::UNKNOWN_LINK_SESSION) return std::string{};
    RETURN_IF_ERROR(arrival);
    auto& session = arrival->session;
    if (session.step_kind == StepKind::PAYMENT) {
      ASSIGN_OR_RETURN(const auto payment, parts_.payments.of_intent(tx, *session.intent));
      CHECK(payment.has_value());
      RETURN_IF_ERROR(parts_.payments.hasten_check(tx, payment->id));
    }
    const auto& url = arrival->way == CameBack::DONE ? session.success_redirect_url : session.fail_redirect_url;
    return url.empty() ? std::string{} : with_attempt(url, token);
  });
  co_return arrived;
}

/// The payer is back in a window of their own.
Result<LinkView> LinkFlow::open_arrived(db::Transaction& tx, Arrival arrival,
                                        const std::optional<std::string>& language) const {
  auto& session = arrival.session;
  const bool is_connecting = session.step_kind == StepKind::REDIRECT;
  if (is_connecting && !is_leased(session) && session.came_back != CameBack::DONE) {
    session.came_back = arrival.way;
    ++session.step_number;
  }
  if (session.step_kind == StepKind::PAYMENT) {
    ASSIGN_OR_RETURN(const auto payment, parts_.payments.of_intent(tx, *session.intent));
    CHECK(payment.has_value());
    RETURN_IF_ERROR(parts_.payments.hasten_check(tx, payment->id));
    session.came_back_at = parts_.clock.now();
  }
  ++session.window;
  session.expires_at = parts_.real_clock.now() + kSessionLife;
  if (language) session.language = *language;
  RETURN_IF_ERROR(update_session(tx, parts_.vault, session));
  return render(tx, session);
}

Task<Result<LinkView>> LinkFlow::open_returned(std::string token, std::string browser) const {
  auto opened = co_await parts_.database.write([&](db::Transaction& tx) -> Result<LinkView> {
    ASSIGN_OR_RETURN(auto arrival, find_arrival(tx, token));
    const auto left = visit_in(browser, kBrowser);
    if (!left || left != arrival.session.visit) return unknown_visit();
    return open_arrived(tx, std::move(arrival), std::nullopt);
  });
  co_return opened;
}

Task<Result<LinkView>> LinkFlow::capture(CaptureRedirect wanted) const {
  CO_RETURN_IF_ERROR(admit(wanted.peer_address, wanted.application));
  auto opened = co_await parts_.database.write([&](db::Transaction& tx) -> Result<LinkView> {
    ASSIGN_OR_RETURN(auto arrival, find_arrival(tx, wanted.attempt));
    const auto& session = arrival.session;
    if (session.application != wanted.application || session.customer != wanted.customer) return unknown_visit();
    return open_arrived(tx, std::move(arrival), wanted.language);
  });
  co_return opened;
}

Result<void> LinkFlow::check_redirect_urls(db::Transaction& tx, const OpenSession& wanted) const {
  if (!wanted.success_redirect_url && !wanted.fail_redirect_url) return {};
  for (const auto& [field, url] : {std::pair{"success_redirect_url", &wanted.success_redirect_url},
                                   std::pair{"fail_redirect_url", &wanted.fail_redirect_url}}) {
    if (!*url) {
      return field_error(ErrorCode::MISSING_PARAMETERS, field,
                         "success_redirect_url and fail_redirect_url belong together: give both or none");
    }
  }
  ASSIGN_OR_RETURN(const auto application, parts_.applications.find(tx, wanted.application));
  if (!application) return error(ErrorCode::UNAUTHORIZED, "app_token must be an application's token");
  ASSIGN_OR_RETURN(const auto registered, parts_.applications.redirect_urls(tx, wanted.application));
  ASSIGN_OR_RETURN(const auto origins, parts_.applications.origins(tx, wanted.application));
  for (const auto& [field, url] : {std::pair{"success_redirect_url", &wanted.success_redirect_url},
                                   std::pair{"fail_redirect_url", &wanted.fail_redirect_url}}) {
    const bool is_allowed = applications::parse_redirect_url(**url, application->mode) &&
                            applications::may_return_to(**url, application->mode, registered, origins);
    if (!is_allowed) {
      return field_error(ErrorCode::INVALID_PARAMETERS, field,
                         std::string{field} + " must be a redirect URL of the application, letter for letter");
    }
  }
  return {};
}

}  // namespace qantara::link
