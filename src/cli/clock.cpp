#include "cli/clock.h"

#include <utility>

#include "cli/gateway.h"
#include "cli/json_text.h"
#include "cli/masked_json.h"

namespace qantara::cli {

namespace {

/// "real", or how far ahead: "+1 d 2 h 30 min 5 s".
std::string offset_text(std::int64_t seconds) {
  if (seconds == 0) return "real";
  std::string text = "+";
  const auto part = [&](std::int64_t size, const char* unit) {
    if (seconds >= size) text += (text.size() > 1 ? " " : "") + std::to_string(seconds / size) + unit;
    seconds %= size;
  };
  part(86'400, " d");
  part(3'600, " h");
  part(60, " min");
  part(1, " s");
  return text;
}

}  // namespace

Task<int> clock(Context& context, ClockOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  auto method = http::Method::GET;
  std::string path = "/admin/v1/clock";
  std::string body;
  if (!options.advance_by.empty()) {
    method = http::Method::POST;
    path += "/advance";
    body = R"({"by":)" + json::quoted(options.advance_by) + '}';
  }
  const auto answer = co_await gateway.call(method, path, body);
  if (!answer) co_return tell(context, answer.error());
  auto& out = context.out;
  if (context.output == Output::JSON) {
    out.json(masked_json(*answer));
    co_return kDone;
  }
  const auto now = parse_instant(text_of(*answer, "now"));
  out.fact("clock", now ? out.date_and_time(*now) : "unknown");
  out.fact("ahead", offset_text(integer_of(*answer, "offset_seconds").value_or(0)));
  co_return kDone;
}

}  // namespace qantara::cli
