#include "gateway/standby.h"

#include "api/responses.h"

namespace qantara::gateway {

std::optional<http::Response> answer_as_copy(const http::Request& request, Instant now) {
  const bool only_reads = request.method == http::Method::GET || request.method == http::Method::HEAD;
  http::Response response;
  if (only_reads && request.path == "/readyz") {
    response = http::Response::json(503, R"({"status":"NOT_READY","reads":true,"writes":false})");
  } else if (!only_reads) {
    response = api::error_response(
        error(ErrorCode::SERVICE_UNAVAILABLE,
              "this gateway stands by on a copy of the database: nothing is changed, delivered or submitted here"),
        request.request_id, now);
  } else {
    return std::nullopt;
  }
  api::add_common_headers(response, request.request_id);
  return response;
}

}  // namespace qantara::gateway
