#include "api/handlers.h"
#include "assets/assets.h"
#include "base/check.h"

namespace qantara::api {

namespace {

// Pictures are part of Swagger UI's style sheet; requests that are tried out go to this gateway.
constexpr std::string_view kDocsPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const assets::Asset& built(std::string_view path) {
  const auto* const asset = assets::find(path);
  CHECK(asset != nullptr);
  return *asset;
}

}  // namespace

// GET /openapi.json · 200 api/openapi.yaml as JSON
Task<HandlerResult> get_openapi(const http::Request& request, const Services&) {
  co_return assets::serve(built("docs/openapi.json"), request, assets::Caching::SHORTLY);
}

// GET /docs · 200 the page that draws it
Task<HandlerResult> get_docs_page(const http::Request& request, const Services&) {
  auto response = assets::serve(built("docs/index.html"), request, assets::Caching::SHORTLY);
  response.headers.set("Content-Security-Policy", kDocsPolicy);
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  co_return response;
}

// GET /docs/assets/{file} · 200 what the page loads · 404 INVALID_URL
Task<HandlerResult> get_docs_asset(const http::Request& request, const Services&) {
  const auto* const asset = assets::find("docs/assets/" + std::string{request.path_parameter("file")});
  if (asset == nullptr) co_return error(ErrorCode::INVALID_URL, "there is no such path");
  co_return assets::serve(*asset, request, assets::Caching::SHORTLY);
}

}  // namespace qantara::api
