// The way of a payer's browser to the bank's own pages and back.
#include "api/handlers.h"
#include "api/pages.h"
#include "base/text.h"

namespace qantara::api {

namespace {

/// By it the browser that left is known again when it is back. Over TLS its name keeps others of the domain from setting it.
constexpr std::string_view kCookie = "bank-visit";
constexpr std::string_view kSecureCookie = "__Host-bank-visit";
constexpr std::string_view kCookieLife = "1800";  ///< Seconds: link::kSessionLife.

std::string_view cookie_name(const http::Request& request) { return request.secure ? kSecureCookie : kCookie; }

std::string cookie_of(const http::Request& request) {
  std::string_view rest = request.headers.value_or("Cookie", "");
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto pair = trim(rest.substr(0, end));
    const auto equals = pair.find('=');
    if (equals != pair.npos && pair.substr(0, equals) == cookie_name(request))
      return std::string{pair.substr(equals + 1)};
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

void set_cookie(const http::Request& request, http::Response& response, std::string_view value, std::string_view life) {
  const std::string_view where = request.secure ? "; Path=/; Secure" : "; Path=/link";
  response.headers.set("Set-Cookie", std::string{cookie_name(request)}
                                         .append("=")
                                         .append(value)
                                         .append(where)
                                         .append("; HttpOnly; SameSite=Lax; Max-Age=")
                                         .append(life));
}

/// It has served: nothing stays in the browser.
void forget_cookie(const http::Request& request, http::Response& response) {
  if (!cookie_of(request).empty()) set_cookie(request, response, "", "0");
}

http::Response go_to(std::string_view address) {
  http::Response response{.status = 303};
  response.headers.set("Location", address);
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

// GET /link/redirect/{token} · 303 to the bank's page · 404 a plain page
Task<HandlerResult> depart_to_bank(const http::Request& request, const Services& services) {
  const std::string token{request.path_parameter("token")};
  auto departure = co_await services.link.depart(token);
  if (!departure && departure.error().code == ErrorCode::UNKNOWN_LINK_SESSION) {
    co_return make_notice_page(404, "This link leads nowhere any more. Go back to the shop’s page.",
                               "لم يعد هذا الرابط صالحًا. يُرجى العودة إلى صفحة المتجر.");
  }
  CO_RETURN_IF_ERROR(departure);
  auto response = go_to(departure->bank_url);
  // Only from the page itself: somebody who was sent this address by others is not the payer who began.
  if (request.headers.value_or("Sec-Fetch-Site", "") == "same-origin")
    set_cookie(request, response, departure->browser, kCookieLife);
  co_return response;
}

// GET /link/return/{token} · 303 on to the shop's page · 200 the hosted page
Task<HandlerResult> return_from_bank(const http::Request& request, const Services& services) {
  const std::string token{request.path_parameter("token")};
  CO_ASSIGN_OR_RETURN(const auto address, co_await services.link.arrive(token));
  if (address.empty()) co_return make_returned_page(request);
  auto response = go_to(address);
  forget_cookie(request, response);
  co_return response;
}

// POST /link/v1/returns/{token} · 201 session, token, window and step · 404 UNKNOWN_LINK_SESSION
Task<HandlerResult> open_returned_session(const http::Request& request, const Services& services) {
  std::string token{request.path_parameter("token")};
  std::string browser = cookie_of(request);
  CO_ASSIGN_OR_RETURN(const auto view, co_await services.link.open_returned(std::move(token), std::move(browser)));
  auto response = http::Response::json(201, link::to_json(view, services.link.token_of(view.session)));
  forget_cookie(request, response);
  co_return response;
}

}  // namespace qantara::api
