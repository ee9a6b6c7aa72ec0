#include "banking/bank_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "http/message.h"
#include "iban/iban.h"

namespace qantara::banking {

namespace {

using enum SettingForm;

constexpr auto kSettings = std::to_array<SettingRow>({
    {"identifier", TEXT, "required",
     "what the API calls the bank, for ever: 2 to 40 capital letters, digits and underscores, like ENBD_UAE"},
    {"name", TEXT, "required", "its name in English, 1 to 100 characters"},
    {"arabic_name", TEXT, "the English one", "its name in Arabic, 1 to 100 characters"},
    {"country", TEXT, "required", "where it is: three capital letters (ISO 3166 alpha-3), like ARE"},
    {"swift_code", TEXT, "none", "its BIC: 8 or 11 characters"},
    {"standard", TEXT, "required", "which interface it speaks: berlin_group"},
    {"version", TEXT, "1.3", "which version of the standard"},
    {"base_url", TEXT, "required",
     "where the interface is, without /v1: an https URL without a query; http only for this machine (127.0.0.0/8, "
     "[::1], "
     "localhost)"},
    {"client_certificate", TEXT, "none",
     "absolute path of the PEM file with the certificate that we show the bank, and those it comes from"},
    {"client_key", TEXT, "none",
     "absolute path of the PEM file with the certificate's key, which only the gateway's user may read"},
    {"certificate_authority", TEXT, "the system's",
     "absolute path of the PEM file with the authority that the bank's own certificate must come from"},
    {"products", TABLE, "required",
     "the bank's payment product for each currency that can be paid there, like AED = "
     "\"cross-border-credit-transfers\""},
    {"limits", TABLE, "the gateway's own", "smallest and largest payment by currency, like AED = \"10.00:50000.00\""},
    {"reference_length", NUMBER, "32", "how many characters of a reference the bank keeps: 8 to 140"},
    {"reference_characters", TEXT, "all of them",
     "which characters a reference may hold: a set like \"A-Za-z0-9 /-\", of visible ASCII characters and blank, with "
     "at least the "
     "digits and A-F or a-f; what is not in it is left out, or written in the other case"},
    {"cool_off", TEXT, "0s",
     "how long a payee cools off where the bank does not say, and how long one is asked to wait: 0s to 168h, like 24h"},
    {"sca_ways", LIST, "DECOUPLED, REDIRECT",
     "how payers may authorise, the preferred way first: REDIRECT, DECOUPLED, EMBEDDED. With EMBEDDED the bank's "
     "passwords and "
     "codes are typed in the hosted flow: many banks and laws forbid it"},
    {"poll_schedule", LIST, "2s, 5s, 15s, 1m, 5m, 15m, 1h",
     "waits between two questions how a payment stands that is pending or unknown, 1 to 20 of 1s to 24h; the last one "
     "repeats"},
    {"call_timeout", TEXT, "10s", "how long a call may take before its outcome counts as unknown: 50ms to 20s"},
    {"mock", SWITCH, "false",
     "whether no money moves there (a bank's test system): applications in live mode do not see it"},
    {"account_types", LIST, "PERSONAL", "whose accounts it holds: PERSONAL, BUSINESS"},
    {"main_color", TEXT, "#1B365D", "its colour in lists, like #1B365D"},
    {"background_color", TEXT, "#FFFFFF", "what stands on that colour, like #FFFFFF"},
    {"logo", TEXT, "a monogram", "URL of its picture: https"},
});

constexpr std::size_t kNameMax = 100;
constexpr std::size_t kProductMax = 70;
constexpr std::size_t kPollsMax = 20;
constexpr auto kCoolOffMax = std::chrono::hours{168};
constexpr auto kPollMin = std::chrono::seconds{1};
constexpr auto kPollMax = std::chrono::hours{24};
constexpr auto kTimeoutMin = std::chrono::milliseconds{50};
constexpr auto kTimeoutMax =
    std::chrono::seconds{20};  // A lease (payments.cpp) must outlast a conversation of five calls.
constexpr std::int64_t kReferenceMin = 8;
constexpr std::int64_t kReferenceMax = 140;

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifier(std::string_view text) {
  return text.size() >= 2 && text.size() <= 40 && is_capital(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_capital(c) || is_digit(c) || c == '_'; });
}

bool is_name(std::string_view text) {
  return utf8_length(text) <= kNameMax && !trim(text).empty() && is_printable(text);
}

bool is_color(std::string_view text) {
  return text.size() == 7 && text.front() == '#' &&
         std::ranges::all_of(text.substr(1), [](char c) { return hex_value(c) >= 0; });
}

/// Letters that could not be told from a path or a header stay out.
bool is_product(std::string_view text) {
  return !text.empty() && text.size() <= kProductMax && std::ranges::all_of(text, [](char c) {
    return is_capital(c) || (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

bool is_of_this_machine(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool is_base_url(std::string_view text) {
  const auto url = http::parse_url(text);
  if (!url || url->target.contains('?')) return false;
  return text.starts_with("https:") || is_of_this_machine(url->host);
}

bool is_set_of_characters(std::string_view text) {
  if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) return false;
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i + 1] != '-') continue;
    if (text[i] > text[i + 2]) return false;
    i += 2;
  }
  const auto has = [&](std::string_view wanted) {
    return std::ranges::all_of(wanted, [&](char c) { return allows(text, c); });
  };
  return has("0123456789") && (has("abcdef") || has("ABCDEF"));
}

std::optional<Duration> read_duration(std::string_view text, Duration least, Duration most) {
  const auto parsed = parse_duration(text);
  return parsed && *parsed >= least && *parsed <= most ? parsed : std::nullopt;
}

std::string duration_text(Duration duration) {
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return millis % 1000 == 0 ? fmt::format("{}s", millis / 1000) : fmt::format("{}ms", millis);
}

std::optional<Limits> read_limits(std::string_view text, money::Currency currency) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto minimum = money::Money::parse(text.substr(0, colon), currency);
  const auto maximum = money::Money::parse(text.substr(colon + 1), currency);
  if (!minimum || !maximum || minimum->minor() > maximum->minor()) return std::nullopt;
  return Limits{.minimum = *minimum, .maximum = *maximum};
}

/// Takes settings one by one and keeps what is wrong with them.
class Reader {
 public:
  explicit Reader(const json::Value& settings) : settings_(settings) {}

  /// Hands the setting's value to `take` if it is there; a value that `take` refuses, or of another form, is at fault.
  template <class Take>
  void with(std::string_view name, Take take) {
    const auto* const row = std::ranges::find(kSettings, name, &SettingRow::name);
    CHECK(row != kSettings.end());
    const auto* const value = settings_.find(name);
    const bool is_absent = value == nullptr || value->is(json::Kind::NUL);
    if (is_absent && row->usual == "required") {
      faults_.push_back(
          {std::string{name}, ErrorCode::MISSING_PARAMETERS, fmt::format("{} is missing: {}", name, row->meaning)});
    }
    if (!is_absent && (!has_form(*value, row->form) || !take(*value))) wrong(*row);
  }

  void text(std::string_view name, std::string& into, bool (*is_right)(std::string_view)) {
    with(name, [&](const json::Value& value) {
      into = value.string();
      return is_right(into);
    });
  }

  void file(std::string_view name, std::string& into) {
    text(name, into, [](std::string_view path) { return path.starts_with('/') && is_printable(path); });
  }

  void duration(std::string_view name, Duration least, Duration most, auto& into) {
    with(name, [&](const json::Value& value) {
      const auto parsed = read_duration(value.string(), least, most);
      if (parsed) into = std::chrono::duration_cast<std::remove_reference_t<decltype(into)>>(*parsed);
      return parsed.has_value();
    });
  }

  /// What goes wrong between two settings.
  void fault(std::string_view name, std::string message) {
    faults_.push_back({std::string{name}, ErrorCode::INVALID_PARAMETERS, std::move(message)});
  }

  std::optional<Error> end() {
    for (const auto& [name, value] : settings_.members()) {
      if (std::ranges::find(kSettings, name, &SettingRow::name) == kSettings.end())
        fault(name, name + " is no setting of a bank; docs/reference/banks.md has them all");
    }
    if (faults_.empty()) return std::nullopt;
    Error refusal = error(faults_.front().code, faults_.front().message);
    refusal.fields = std::move(faults_);
    return refusal;
  }

 private:
  static bool has_form(const json::Value& value, SettingForm form) {
    using json::Kind;
    const auto is_text = [](const json::Value& item) { return item.is(Kind::STRING); };
    switch (form) {
      case TEXT:
        return value.is(Kind::STRING);
      case NUMBER:
        return value.is(Kind::NUMBER) && value.integer().has_value();
      case SWITCH:
        return value.is(Kind::BOOLEAN);
      case LIST:
        return value.is(Kind::ARRAY) && !value.items().empty() && std::ranges::all_of(value.items(), is_text);
      case TABLE:
        return value.is(Kind::OBJECT) && !value.members().empty() &&
               std::ranges::all_of(value.members(), [&](const auto& member) { return is_text(member.second); });
    }
    return false;
  }

  void wrong(const SettingRow& row) { fault(row.name, fmt::format("{} must be {}", row.name, row.meaning)); }

  const json::Value& settings_;
  std::vector<FieldError> faults_;
};

void read_names(Reader& reader, Bank& bank) {
  reader.text("identifier", bank.identifier, is_identifier);
  reader.text("name", bank.name, is_name);
  bank.arabic_name = bank.name;
  reader.text("arabic_name", bank.arabic_name, is_name);
  reader.text("country", bank.country,
              [](std::string_view text) { return text.size() == 3 && std::ranges::all_of(text, is_capital); });
  reader.text("swift_code", bank.swift_code, iban::is_bic);
  reader.with("mock", [&](const json::Value& value) {
    bank.mock = value.boolean();
    return true;
  });
  reader.with("account_types", [&](const json::Value& value) {
    bank.account_types.clear();
    for (const auto& item : value.items()) bank.account_types.push_back(item.string());
    const auto is_known = [](const std::string& type) { return type == "PERSONAL" || type == "BUSINESS"; };
    return std::ranges::all_of(bank.account_types, is_known) && bank.account_types.size() <= 2;
  });
  for (auto [name, color] : {std::pair{"main_color", &bank.main_color}, {"background_color", &bank.background_color}}) {
    reader.text(name, *color, is_color);
    for (char& digit : *color) digit = digit >= 'a' && digit <= 'f' ? static_cast<char>(digit - 'a' + 'A') : digit;
  }
  reader.text("logo", bank.logo,
              [](std::string_view text) { return text.starts_with("https://") && http::parse_url(text).has_value(); });
}

void read_reach(Reader& reader, Bank& bank) {
  const auto is_word = [](std::string_view text) { return !text.empty() && text.size() <= 40 && is_printable(text); };
  reader.text("standard", bank.standard, is_word);
  reader.text("version", bank.version, is_word);
  reader.text("base_url", bank.base_url, is_base_url);
  reader.file("client_certificate", bank.client_certificate);
  reader.file("client_key", bank.client_key);
  reader.file("certificate_authority", bank.certificate_authority);
  if (bank.client_certificate.empty() != bank.client_key.empty()) {
    reader.fault(bank.client_key.empty() ? "client_key" : "client_certificate",
                 "client_certificate and client_key go together: name both files, or none");
  }
  reader.duration("call_timeout", kTimeoutMin, kTimeoutMax, bank.call_timeout);
  reader.with("poll_schedule", [&](const json::Value& value) {
    for (const auto& item : value.items()) {
      const auto wait = read_duration(item.string(), kPollMin, kPollMax);
      if (!wait) return false;
      bank.poll_schedule.push_back(*wait);
    }
    return bank.poll_schedule.size() <= kPollsMax;
  });
}

void read_payments(Reader& reader, Bank& bank) {
  reader.with("products", [&](const json::Value& value) {
    for (const auto& [currency, product] : value.members()) {
      if (!money::Currency::find(currency) || !is_product(product.string())) return false;
      bank.product_by_currency[currency] = product.string();
    }
    return true;
  });
  reader.with("limits", [&](const json::Value& value) {
    for (const auto& [code, text] : value.members()) {
      const auto currency = money::Currency::find(code);
      const auto limits = currency ? read_limits(text.string(), *currency) : std::nullopt;
      if (!limits) return false;
      bank.limits.push_back(*limits);
    }
    return true;
  });
  for (const auto& limits : bank.limits) {
    const auto currency = limits.minimum.currency();
    if (!bank.product_by_currency.contains(currency.code()))
      reader.fault("limits", fmt::format("limits names {}, for which products has no product", currency.code()));
  }
  reader.with("reference_length", [&](const json::Value& value) {
    const auto length = *value.integer();
    if (length < kReferenceMin || length > kReferenceMax) return false;
    bank.reference_length = static_cast<std::size_t>(length);
    return true;
  });
  reader.text("reference_characters", bank.reference_characters, is_set_of_characters);
  reader.duration("cool_off", Duration::zero(), kCoolOffMax, bank.cool_off_default);
  bank.sca_ways = {ScaWay::DECOUPLED, ScaWay::REDIRECT};
  reader.with("sca_ways", [&](const json::Value& value) {
    bank.sca_ways.clear();
    for (const auto& item : value.items()) {
      const auto way = parse_sca_way(item.string());
      if (!way || bank.may_use(*way)) return false;
      bank.sca_ways.push_back(*way);
    }
    return true;
  });
}

}  // namespace

std::span<const SettingRow> bank_settings() { return kSettings; }

Result<Bank> read_bank(const json::Value& settings) {
  if (!settings.is(json::Kind::OBJECT)) return error(ErrorCode::INVALID_PARAMETERS, "a bank is a table of settings");
  Reader reader{settings};
  Bank bank;
  read_names(reader, bank);
  read_reach(reader, bank);
  read_payments(reader, bank);
  if (auto refusal = reader.end()) return *std::move(refusal);
  return bank;
}

std::string settings_json(const Bank& bank) {
  json::Writer writer;
  writer.begin_object();
  const auto text = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) writer.member(name, value);
  };
  const auto list = [&](std::string_view name, const auto& items, auto to_item) {
    if (items.empty()) return;
    writer.name(name).begin_array();
    for (const auto& item : items) writer.string(to_item(item));
    writer.end_array();
  };
  const auto as_it_is = [](const std::string& item) { return item; };
  text("identifier", bank.identifier);
  text("name", bank.name);
  text("arabic_name", bank.arabic_name);
  text("country", bank.country);
  text("swift_code", bank.swift_code);
  text("standard", bank.standard);
  text("version", bank.version);
  text("base_url", bank.base_url);
  text("client_certificate", bank.client_certificate);
  text("client_key", bank.client_key);
  text("certificate_authority", bank.certificate_authority);
  writer.name("products").begin_object();
  for (const auto& [currency, product] : bank.product_by_currency) writer.member(currency, product);
  writer.end_object();
  if (!bank.limits.empty()) {
    writer.name("limits").begin_object();
    for (const auto& limits : bank.limits)
      writer.member(limits.minimum.currency().code(), limits.minimum.to_text() + ":" + limits.maximum.to_text());
    writer.end_object();
  }
  writer.member("reference_length", static_cast<std::int64_t>(bank.reference_length));
  text("reference_characters", bank.reference_characters);
  writer.member("cool_off", duration_text(bank.cool_off_default));
  list("sca_ways", bank.sca_ways, [](ScaWay way) { return to_text(way); });
  list("poll_schedule", bank.poll_schedule, duration_text);
  writer.member("call_timeout", duration_text(bank.call_timeout)).member("mock", bank.mock);
  list("account_types", bank.account_types, as_it_is);
  text("main_color", bank.main_color);
  text("background_color", bank.background_color);
  text("logo", bank.logo);
  writer.end_object();
  return std::move(writer).text();
}

}  // namespace qantara::banking
