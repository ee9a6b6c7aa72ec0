#include "cli/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/gateway.h"
#include "cli/json_text.h"
#include "cli/masked_json.h"

namespace qantara::cli {

namespace {

constexpr std::size_t kStoryGapWidth = 10;  // "+999.999 s"
constexpr std::size_t kStorySourceWidth = 10;
constexpr std::size_t kStorySymbolWidth = 11;

/// Time since the fact before: to the millisecond while that says something, then rounder.
std::string gap_text(std::int64_t milliseconds) {
  constexpr std::int64_t kMinute = 60'000;
  constexpr std::int64_t kHour = 60 * kMinute;
  if (milliseconds < 1'000'000) return fmt::format("+{}.{:03} s", milliseconds / 1000, milliseconds % 1000);
  if (milliseconds < 100 * kMinute) return fmt::format("+{} min", milliseconds / kMinute);
  if (milliseconds < 100 * kHour) return fmt::format("+{} h", milliseconds / kHour);
  return fmt::format("+{} d", milliseconds / (24 * kHour));
}

void print_entry(Terminal& out, const json::Value& entry, std::string& date) {
  const auto at = parse_instant(text_of(entry, "at"));
  // The times of day on a terminal do not say which day: a line does, where a story passes midnight.
  if (at && out.look().device == Device::TERMINAL && out.date(*at) != date) {
    if (!date.empty()) out.line("  " + out.date(*at));
    date = out.date(*at);
  }
  const auto gap = integer_of(entry, "since_ms").value_or(0);
  const auto gap_words = gap > 0 ? gap_text(gap) : std::string{};
  const auto symbol = parse_symbol(text_of(entry, "symbol"));
  const auto symbol_words = symbol ? out.symbol(*symbol) : std::string{};

  std::string lead = "  " + (at ? out.time_of_day(*at) : std::string{"-"}) + " ";
  lead += std::string(kStoryGapWidth - std::min(kStoryGapWidth, gap_words.size()), ' ') + gap_words + "  ";
  lead +=
      padded(out.words(text_of(entry, "source")), kStorySourceWidth, 2) + padded(symbol_words, kStorySymbolWidth, 2);
  out.hang(lead, out.words(text_of(entry, "text")));
}

}  // namespace

void print_story(Terminal& out, const json::Value& story) {
  auto kind = text_of(story, "kind");  // "payment_source"
  std::ranges::replace(kind, '_', ' ');
  auto status = text_of(story, "status");
  if (const auto detail = text_of(story, "status_detail"); !detail.empty()) status += " (" + detail + ")";
  const auto name = out.words(kind) + " " + out.id(text_of(story, "id"));
  out.hang("", name + "  " + out.words(text_of(story, "title")) + "  " + out.words(status));
  if (const auto why = text_of(story, "why"); !why.empty()) out.hang("Why:  ", out.words(why));
  if (const auto next = text_of(story, "next"); !next.empty()) out.hang("Next: ", out.words(next));
  std::string date;
  for (const auto& entry : items_of(story, "entries")) print_entry(out, entry, date);
}

Task<int> explain(Context& context, ExplainOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  auto id = options.id;
  for (const std::string_view mark : {"…", ".."}) {  // As a terminal shows it, so as it is copied from one.
    if (id.starts_with(mark)) id.erase(0, mark.size());
  }
  const auto answer = co_await gateway.call(http::Method::GET, "/admin/v1/explain/" + http::percent_encode(id));
  if (!answer) co_return tell(context, answer.error());
  if (context.output == Output::JSON) {
    context.out.json(masked_json(*answer));
  } else {
    print_story(context.out, *answer);
  }
  co_return kDone;
}

}  // namespace qantara::cli
