#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace qantara::cli {

namespace {

struct Sign {
  Symbol symbol;
  std::string_view word;
  std::string_view utf8;
  std::string_view ascii;
  std::string_view colour;  // SGR code; empty: the terminal's own.
};

constexpr auto kSigns = std::to_array<Sign>({
    {Symbol::OK, "ok", "✓ ok", "ok", "32"},
    {Symbol::FAIL, "fail", "✕ fail", "x fail", "31"},
    {Symbol::SENT, "sent", "▸ sent", "> sent", ""},
    {Symbol::UNKNOWN, "unknown", "? unknown", "? unknown", "34"},
    {Symbol::WAITING, "waiting", "◷ waiting", "~ waiting", "33"},
    {Symbol::LOOK, "look", "! look", "! look", "33"},
});

const Sign& sign_of(Symbol symbol) { return *std::ranges::find(kSigns, symbol, &Sign::symbol); }

constexpr std::size_t kSymbolWidth = 9;  // "◷ waiting"
constexpr std::size_t kSourceWidth = 8;
constexpr std::size_t kSubjectWidth = 28;  // With the gap behind it.
constexpr std::size_t kFactWidth = 18;
constexpr std::size_t kTextMin = 16;  // Columns that words need to be readable under each other.
constexpr std::size_t kNarrowIndent = 4;

constexpr std::size_t kDateLength = 10;  // "2025-11-22"
constexpr std::size_t kTimeLength = 8;   // "09:41:02"
constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kShortId = 8;

/// The code point that `text` starts with and its length in bytes; for a broken sequence U+FFFD and one byte.
std::pair<char32_t, std::size_t> first_code_point(std::string_view text) {
  const std::size_t length = utf8_sequence(text);
  if (length == 0) return {U'\uFFFD', 1};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length == 1) return {byte(0), 1};
  char32_t point = byte(0) & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) point = point << 6U | (byte(i) & 0x3FU);
  return {point, length};
}

bool is_control(char32_t point) { return point < 0x20 || (point >= 0x7F && point < 0xA0); }

/// Embeddings, overrides, isolates and marks: they could make a terminal show what is not there.
bool is_directional(char32_t point) {
  return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0x200E ||
         point == 0x200F || point == 0x061C;
}

bool is_right_to_left(char32_t point) {
  return (point >= 0x0590 && point <= 0x08FF) || (point >= 0xFB1D && point <= 0xFDFF) ||
         (point >= 0xFE70 && point <= 0xFEFE);
}

bool is_combining(char32_t point) {
  return (point >= 0x0300 && point <= 0x036F) || (point >= 0x064B && point <= 0x065F) || point == 0x0670;
}

std::string_view plain_symbol(Symbol symbol, Letters letters) {
  return letters == Letters::UTF8 ? sign_of(symbol).utf8 : sign_of(symbol).ascii;
}

/// What stands for a sign where signs beyond ASCII have no place; nothing for letters.
std::optional<std::string_view> ascii_sign(char32_t point) {
  switch (point) {
    case U'…':
      return "...";
    case U'•':
      return "*";
    case U'–':
    case U'—':
      return "-";
    case U'’':
    case U'‘':
      return "'";
    case U'“':
    case U'”':
      return "\"";
    case U'→':
      return "->";
    default:
      return std::nullopt;
  }
}

bool is_uuid_at(std::string_view text, std::size_t at) {
  if (at + kUuidLength > text.size()) return false;
  const auto is_hex = [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f') || (letter >= 'A' && letter <= 'F');
  };
  for (std::size_t i = 0; i < kUuidLength; ++i) {
    const bool is_hyphen_place = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_hyphen_place ? text[at + i] != '-' : !is_hex(text[at + i])) return false;
  }
  return true;
}

/// Puts each run of right-to-left words between U+2068 and U+2069, so that it does not turn its surroundings around.
std::string isolate_right_to_left(std::string_view text) {
  std::string out;
  std::string blanks;  // Behind a run: they belong to it only if it goes on.
  bool is_inside = false;
  while (!text.empty()) {
    const auto [point, length] = first_code_point(text);
    const auto letter = text.substr(0, length);
    text.remove_prefix(length);
    if (is_right_to_left(point)) {
      if (!is_inside) out += "\u2068";
      out += std::exchange(blanks, {});
      out += letter;
      is_inside = true;
    } else if (is_inside && point == U' ') {
      blanks += letter;
    } else {
      if (std::exchange(is_inside, false)) out += "\u2069";
      out += std::exchange(blanks, {});
      out += letter;
    }
  }
  if (is_inside) out += "\u2069";
  return out + blanks;
}

/// "2025-11-22T05:41:02.114Z"
std::string utc_text(Instant instant) { return to_text(instant).substr(0, 23) + 'Z'; }

}  // namespace

std::optional<Symbol> parse_symbol(std::string_view word) {
  const auto* const found = std::ranges::find(kSigns, word, &Sign::word);
  if (found == kSigns.end()) return std::nullopt;
  return found->symbol;
}

Environment system_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* const value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

Look choose_look(Device device, std::size_t width, ColorWish wish, const Environment& environment) {
  Look look{.device = device, .width = width};

  std::string locale;
  for (const auto* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    locale = environment(name).value_or("");
    if (!locale.empty()) break;
  }
  std::ranges::transform(locale, locale.begin(),
                         [](char letter) { return letter >= 'A' && letter <= 'Z' ? char(letter + 32) : letter; });
  const bool is_utf8 = locale.contains("utf-8") || locale.contains("utf8");
  look.letters = device == Device::TERMINAL && is_utf8 ? Letters::UTF8 : Letters::ASCII;

  const bool is_unwanted = !environment("NO_COLOR").value_or("").empty() || environment("TERM") == "dumb";
  const bool is_painted =
      wish == ColorWish::ALWAYS || (wish == ColorWish::AUTO && device == Device::TERMINAL && !is_unwanted);
  look.paint = is_painted ? Paint::ON : Paint::OFF;
  return look;
}

Look look_of(int file_descriptor, ColorWish wish) {
  const auto device = ::isatty(file_descriptor) == 1 ? Device::TERMINAL : Device::STREAM;
  winsize size{};
  const bool has_size =
      device == Device::TERMINAL && ::ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return choose_look(device, has_size ? size.ws_col : 80, wish, system_environment());
}

UtcOffset system_utc_offset() {
  return [](Instant instant) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return std::chrono::seconds{local.tm_gmtoff};
  };
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    if (text.starts_with('\x1b')) {  // A colour of ours: no column up to its "m".
      text.remove_prefix(std::min(text.find('m'), text.size() - 1) + 1);
      continue;
    }
    const auto [point, length] = first_code_point(text);
    if (!is_directional(point) && !is_combining(point)) ++columns;
    text.remove_prefix(length);
  }
  return columns;
}

std::string padded(std::string_view text, std::size_t width, std::size_t gap) {
  const std::size_t used = display_width(text);
  return std::string(text) + std::string(std::max(width > used ? width - used : 0, gap), ' ');
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines{""};
  std::size_t used = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (used > 0 && used + 1 + display_width(word) > width) {
      lines.emplace_back();
      used = 0;
    } else if (used > 0 || (word.empty() && !lines.back().empty())) {
      lines.back() += ' ';
      ++used;
    }
    while (display_width(word) > width) {  // A word that fits no line is cut.
      std::size_t bytes = 0;
      for (std::size_t columns = 0; columns < width;) {
        const auto [point, length] = first_code_point(word.substr(bytes));
        bytes += length;
        columns += display_width(word.substr(bytes - length, length));
      }
      lines.back() += word.substr(0, bytes);
      lines.emplace_back();
      word.remove_prefix(bytes);
    }
    lines.back() += word;
    used = display_width(lines.back());
  }
  return lines;
}

Terminal::Terminal(std::ostream& out, Look look, UtcOffset utc_offset)
    : out_(out), look_(look), utc_offset_(std::move(utc_offset)) {}

void Terminal::line(std::string_view text) { out_ << text << '\n' << std::flush; }

void Terminal::json(std::string_view object) { line(object); }

void Terminal::fact(std::string_view name, std::string_view value) { hang(padded(name, kFactWidth, 2), value); }

void Terminal::row(const Row& row) {
  std::string lead = time_of_day(row.at) + "  " + symbol(row.symbol);
  lead += std::string(kSymbolWidth + 2 - display_width(plain_symbol(row.symbol, look_.letters)), ' ');
  lead += padded(row.source, kSourceWidth + 2, 2);
  lead += row.text.empty() ? std::string(row.subject) : padded(row.subject, kSubjectWidth, 2);
  hang(lead, row.text);
}

void Terminal::hang(std::string_view lead, std::string_view text) {
  const std::size_t lead_width = display_width(lead);
  if (look_.device == Device::STREAM || lead_width + display_width(text) <= look_.width) {
    line(std::string(lead) + std::string(text));
    return;
  }
  const bool is_beside = lead_width + kTextMin <= look_.width;
  const std::size_t indent = is_beside ? lead_width : kNarrowIndent;
  std::string out(lead);
  if (!is_beside) out = out.substr(0, out.find_last_not_of(' ') + 1) + '\n' + std::string(indent, ' ');
  const auto lines = wrapped(text, std::max(look_.width, indent + kTextMin) - indent);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n' + std::string(indent, ' ');
    out += lines[i];
  }
  line(out);
}

std::string Terminal::verbatim(std::string_view text) const {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t length = 0; !text.empty(); text.remove_prefix(length)) {
    char32_t point = 0;
    std::tie(point, length) = first_code_point(text);
    if (is_directional(point)) continue;
    const auto sign = look_.letters == Letters::ASCII ? ascii_sign(point) : std::nullopt;
    if (is_control(point)) {
      clean += ' ';
    } else if (sign) {
      clean += *sign;
    } else if (look_.letters == Letters::ASCII && look_.device == Device::TERMINAL && point >= 0x80) {
      clean += '?';
    } else if (point == U'\uFFFD') {
      clean += "\uFFFD";
    } else {
      clean += text.substr(0, length);
    }
  }
  return look_.letters == Letters::UTF8 ? isolate_right_to_left(clean) : clean;
}

std::string Terminal::words(std::string_view text) const {
  std::string shortened;
  for (std::size_t i = 0; i < text.size();) {
    if (is_uuid_at(text, i)) {
      shortened += id(text.substr(i, kUuidLength));
      i += kUuidLength;
    } else {
      shortened += text[i++];
    }
  }
  return verbatim(shortened);
}

std::string Terminal::id(std::string_view whole) const {
  if (look_.device == Device::STREAM || whole.size() <= kShortId) return verbatim(whole);
  return (look_.letters == Letters::UTF8 ? "…" : "..") + verbatim(whole.substr(whole.size() - kShortId));
}

std::string Terminal::symbol(Symbol symbol) const {
  const auto text = plain_symbol(symbol, look_.letters);
  const auto colour = sign_of(symbol).colour;
  if (look_.paint == Paint::OFF || colour.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", colour, text);
}

std::string Terminal::time_of_day(Instant instant) const {
  if (look_.device == Device::STREAM) return utc_text(instant);
  const std::chrono::hh_mm_ss time{(instant + utc_offset_(instant)) -
                                   std::chrono::floor<std::chrono::days>(instant + utc_offset_(instant))};
  return fmt::format("{:02}:{:02}:{:02}.{:03}", time.hours().count(), time.minutes().count(), time.seconds().count(),
                     std::chrono::floor<std::chrono::milliseconds>(time.subseconds()).count());
}

std::string Terminal::date(Instant instant) const {
  const auto shown = look_.device == Device::STREAM ? instant : instant + utc_offset_(instant);
  return to_text(shown).substr(0, kDateLength);
}

std::string Terminal::date_and_time(Instant instant) const {
  if (look_.device == Device::STREAM) return utc_text(instant);
  return date(instant) + ' ' + time_of_day(instant).substr(0, kTimeLength);
}

}  // namespace qantara::cli
