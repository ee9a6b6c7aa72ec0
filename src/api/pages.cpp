#include "api/pages.h"

#include <algorithm>

#include "api/handlers.h"
#include "api/responses.h"
#include "applications/origin.h"
#include "assets/assets.h"
#include "base/check.h"

namespace qantara::api {

namespace {

constexpr std::size_t kVersionLengthMax = 20;

// What the page's code may do: load what is ours, call the link API, and no way to run text as code.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors ";
constexpr std::string_view kPlainPagePolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
// Nothing of this is asked for; what the page does use (clipboard-write, to copy a reference) is left as it is.
constexpr std::string_view kPermissions =
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), usb=()";

/// Why there is no page, in HTML.
struct PageRefusal {
  int status = 400;
  std::string english;
  std::string arabic;
  std::string remedy;  ///< A command for the shop's engineer.
};

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string code(std::string_view text) { return "<code>" + escape_html(text) + "</code>"; }

struct Slot {
  std::string_view name;
  std::string_view html;
};

/// `page` with what stands in double braces filled in. What is filled in is not looked at again.
std::string fill(std::string_view page, std::initializer_list<Slot> slots) {
  std::string filled;
  for (;;) {
    const auto begin = page.find("{{");
    const auto end = page.find("}}", std::min(begin, page.size()));
    if (end == std::string_view::npos) return filled.append(page);
    const auto name = page.substr(begin + 2, end - begin - 2);
    const auto* const slot = std::ranges::find(slots, name, &Slot::name);
    CHECK(slot != slots.end());
    filled.append(page.substr(0, begin)).append(slot->html);
    page.remove_prefix(end + 2);
  }
}

void add_page_headers(http::Response& response, std::string policy) {
  response.headers.set("Content-Security-Policy", policy);
  response.headers.set("Permissions-Policy", kPermissions);
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  // A shop that isolates itself may frame the page too: frame-ancestors is what decides.
  response.headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  response.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
}

http::Response make_plain_page(const PageRefusal& refusal) {
  const auto remedy = refusal.remedy.empty() ? std::string{} : "<footer>" + code(refusal.remedy) + "</footer>";
  http::Response response{.status = refusal.status};
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.body = fill(assets::get("link/plain.html").identity,
                       {{"english", refusal.english}, {"arabic", refusal.arabic}, {"remedy", remedy}});
  add_page_headers(response, std::string{kPlainPagePolicy});
  return response;
}

/// What the address has to say, each parameter in turn.
struct PageParameters {
  std::string origin;
  std::string language;
};

PageRefusal malformed_app_token() {
  return {.english = "<code>app_token</code> must be an application’s token.",
          .arabic = "يجب أن تكون قيمة <code>app_token</code> رمز تطبيق."};
}

std::expected<PageParameters, PageRefusal> read_parameters(const http::Request& request) {
  if (!ApplicationId::parse(request.query_parameter("app_token").value_or(""))) {
    return std::unexpected(malformed_app_token());
  }
  auto origin = applications::parse_origin(request.query_parameter("origin").value_or(""));
  if (!origin) {
    return std::unexpected(
        PageRefusal{.english = "<code>origin</code> must be the origin of the page that shows this one, such as "
                               "<code>https://shop.example</code>.",
                    .arabic = "يجب أن تكون قيمة <code>origin</code> مصدر الصفحة التي تعرض هذه الصفحة، مثل "
                              "<code>https://shop.example</code>."});
  }
  auto language = request.query_parameter("language").value_or("");
  if (language != "en" && language != "ar") {
    return std::unexpected(
        PageRefusal{.english = "<code>language</code> must be <code>en</code> or <code>ar</code>.",
                    .arabic = "يجب أن تكون قيمة <code>language</code> إما <code>en</code> أو <code>ar</code>."});
  }
  return PageParameters{.origin = *std::move(origin), .language = std::move(language)};
}

PageRefusal unknown_application() {
  return {.status = 404,
          .english = "There is no application with this <code>app_token</code>.",
          .arabic = "لا يوجد تطبيق بهذا الرمز <code>app_token</code>."};
}

PageRefusal not_framed_by(const std::string& origin, const applications::Application& application) {
  PageRefusal refusal{.status = 403,
                      .english = "Pages of " + code(origin) + " are not allowed to show it.",
                      .arabic = "لا يُسمح لصفحات " + code(origin) + " بعرضها."};
  if (application.mode == applications::Mode::SANDBOX)
    refusal.remedy = "qantara app origin add " + origin + " --app-token " + application.id.to_text();
  return refusal;
}

Error no_such_file() { return error(ErrorCode::INVALID_URL, "there is no such path"); }

/// "latest", or a pinned one such as "1.21.1".
bool is_version(std::string_view text) {
  if (text == "latest") return true;
  const bool is_numbers = !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
  return is_numbers && text.size() <= kVersionLengthMax && text.front() != '.' && text.back() != '.' &&
         !text.contains("..");
}

/// Routes without a region have none to check.
bool is_region(std::string_view text) { return text.empty() || text == "ae" || text == "sa"; }

}  // namespace

http::Response make_link_page(const http::Request& request, const std::optional<PageOwner>& owner) {
  const auto wanted = read_parameters(request);
  if (!wanted) return make_plain_page(wanted.error());
  if (!owner) return make_plain_page(unknown_application());
  if (!applications::may_frame(wanted->origin, owner->application.mode, owner->origins))
    return make_plain_page(not_framed_by(wanted->origin, owner->application));

  auto response =
      assets::serve(assets::get("link/index." + wanted->language + ".html"), request, assets::Caching::NEVER);
  add_page_headers(response, std::string{kPagePolicy} + wanted->origin);
  return response;
}

http::Response make_web_view_page(const http::Request& request, const std::optional<PageOwner>& owner) {
  if (!ApplicationId::parse(request.query_parameter("app_token").value_or("")))
    return make_plain_page(malformed_app_token());
  if (!owner) return make_plain_page(unknown_application());
  const std::string language = request.query_parameter("language").value_or("") == "ar" ? "ar" : "en";
  auto response = assets::serve(assets::get("link/index." + language + ".html"), request, assets::Caching::NEVER);
  add_page_headers(response, std::string{kPagePolicy} + "'none'");
  return response;
}

http::Response make_returned_page(const http::Request& request) {
  const std::string language = request.query_parameter("language").value_or("") == "ar" ? "ar" : "en";
  auto response = assets::serve(assets::get("link/index." + language + ".html"), request, assets::Caching::NEVER);
  add_page_headers(response, std::string{kPagePolicy} + "'none'");
  return response;
}

http::Response make_notice_page(int status, std::string_view english, std::string_view arabic) {
  return make_plain_page({.status = status, .english = escape_html(english), .arabic = escape_html(arabic)});
}

namespace {

/// The application that `request` names, if there is one.
Task<Result<std::optional<PageOwner>>> find_owner(const http::Request& request, const Services& services) {
  std::optional<PageOwner> owner;
  if (const auto id = ApplicationId::parse(request.query_parameter("app_token").value_or(""))) {
    CO_ASSIGN_OR_RETURN(owner,
                        co_await services.database.read([&](db::Transaction& tx) -> Result<std::optional<PageOwner>> {
                          ASSIGN_OR_RETURN(auto application, services.applications.find(tx, *id));
                          if (!application) return std::optional<PageOwner>{};
                          ASSIGN_OR_RETURN(auto origins, services.applications.origins(tx, *id));
                          return PageOwner{.application = *std::move(application), .origins = std::move(origins)};
                        }));
  }
  co_return owner;
}

}  // namespace

// GET /link · 200 the page · 400, 403, 404 a plain page that says why
Task<HandlerResult> get_link_page(const http::Request& request, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto owner, co_await find_owner(request, services));
  co_return make_link_page(request, owner);
}

// GET /link/loader/prod/{region}/{version}/lean-sdk.html · 200 the page · 400, 404 a plain page that says why · 404 INVALID_URL
Task<HandlerResult> get_web_view_page(const http::Request& request, const Services& services) {
  if (!is_version(request.path_parameter("version")) || !is_region(request.path_parameter("region")))
    co_return no_such_file();
  CO_ASSIGN_OR_RETURN(const auto owner, co_await find_owner(request, services));
  co_return make_web_view_page(request, owner);
}

// GET /link/assets/{file} · 200 what the page loads: the name has a hash of the content · 404 INVALID_URL
Task<HandlerResult> get_link_asset(const http::Request& request, const Services&) {
  const auto* const asset = assets::find("link/assets/" + std::string{request.path_parameter("file")});
  if (asset == nullptr) co_return no_such_file();
  co_return assets::serve(*asset, request, assets::Caching::FOREVER);
}

// GET /link/sdk/web/{version}/Lean.min.js and its published other names · 200 the SDK · 404 INVALID_URL
Task<HandlerResult> get_sdk(const http::Request& request, const Services&) {
  if (!is_version(request.path_parameter("version")) || !is_region(request.path_parameter("region")))
    co_return no_such_file();
  auto response = assets::serve(assets::get("sdk/Lean.min.js"), request, assets::Caching::SHORTLY);
  response.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
  // A page that states the script's hash (Subresource Integrity) must be able to read it.
  response.headers.set("Access-Control-Allow-Origin", "*");
  co_return response;
}

}  // namespace qantara::api
