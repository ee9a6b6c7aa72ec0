#include "gateway/configuration.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <istream>
#include <utility>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "banking/bank_settings.h"
#include "json/json.h"

namespace qantara::gateway {

namespace {

constexpr std::string_view kBank = "bank";

[[noreturn]] void refuse(const toml::source_region& where, std::string_view what) {
  throw CLI::FileError(fmt::format("line {}: {}", where.begin.line, what));
}

/// A value as it would stand behind a flag.
std::string flag_text(const toml::node& node) {
  if (const auto* const text = node.as_string()) return text->get();
  if (const auto* const number = node.as_integer()) return std::to_string(number->get());
  if (const auto* const truth = node.as_boolean()) return truth->get() ? "true" : "false";
  refuse(node.source(), "write this as text, in quotes");
}

void write_json(json::Writer& writer, const toml::node& node) {
  if (const auto* const table = node.as_table()) {
    writer.begin_object();
    for (const auto& [key, value] : *table) {
      writer.name(key.str());
      write_json(writer, value);
    }
    writer.end_object();
  } else if (const auto* const array = node.as_array()) {
    writer.begin_array();
    for (const auto& item : *array) write_json(writer, item);
    writer.end_array();
  } else if (const auto* const number = node.as_integer()) {
    writer.integer(number->get());
  } else if (const auto* const truth = node.as_boolean()) {
    writer.boolean(truth->get());
  } else {
    writer.string(flag_text(node));
  }
}

class Configuration final : public CLI::Config {
 public:
  explicit Configuration(std::shared_ptr<std::string> banks) : banks_(std::move(banks)) {}

  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  std::vector<CLI::ConfigItem> from_config(std::istream& file) const override {
    const auto parsed = toml::parse(file);
    if (!parsed) refuse(parsed.error().source(), parsed.error().description());
    std::vector<CLI::ConfigItem> settings;
    take(parsed.table(), {}, settings);
    return settings;
  }

 private:
  void take(const toml::table& table, const std::vector<std::string>& parents,
            std::vector<CLI::ConfigItem>& settings) const {
    for (const auto& [key, value] : table) {
      const std::string name{key.str()};
      if (parents.empty() && name == kBank) {
        take_banks(value);
      } else if (const auto* const below = value.as_table()) {
        auto path = parents;
        path.push_back(name);
        take(*below, path, settings);
      } else {
        CLI::ConfigItem item;
        item.parents = parents;
        item.name = name;
        if (const auto* const list = value.as_array()) {
          for (const auto& one : *list) item.inputs.push_back(flag_text(one));
        } else {
          item.inputs.push_back(flag_text(value));
        }
        settings.push_back(std::move(item));
      }
    }
  }

  void take_banks(const toml::node& banks) const {
    if (!banks.is_array_of_tables()) refuse(banks.source(), "a bank is a table of its own: [[bank]]");
    json::Writer writer;
    write_json(writer, banks);
    *banks_ = std::move(writer).text();
  }

  std::shared_ptr<std::string> banks_;
};

}  // namespace

std::shared_ptr<CLI::Config> make_configuration(std::shared_ptr<std::string> banks) {
  return std::make_shared<Configuration>(std::move(banks));
}

Result<std::vector<banking::Bank>> configured_banks(std::string_view banks) {
  std::vector<banking::Bank> configured;
  if (banks.empty()) return configured;
  ASSIGN_OR_RETURN(const auto tables, json::parse(banks));
  for (const auto& table : tables.items()) {
    auto bank = banking::read_bank(table);
    if (!bank) {
      auto refusal = bank.error();
      refusal.message = fmt::format("[[bank]] {} of the configuration file ({}) cannot be used:", configured.size() + 1,
                                    table.text("identifier").value_or("without an identifier"));
      for (const auto& fault : refusal.fields) refusal.message += "\n  " + fault.message;
      return refusal;
    }
    configured.push_back(*std::move(bank));
  }
  return configured;
}

}  // namespace qantara::gateway
