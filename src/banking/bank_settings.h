// A bank as the operator writes it: in the configuration file, on the command line, and stored as JSON.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "banking/bank.h"
#include "base/result.h"
#include "json/json.h"

namespace qantara::banking {

/// How a setting is written.
enum class SettingForm {
  TEXT,
  NUMBER,  ///< A whole one.
  SWITCH,  ///< true or false.
  LIST,    ///< Of texts.
  TABLE,   ///< Of texts, by currency.
};

struct SettingRow {
  std::string_view name;
  SettingForm form;
  std::string_view usual;    ///< What stands where it is left out; "required" for what cannot be.
  std::string_view meaning;  ///< For people: what it is and what would be right.
};

/// Every setting, in the order of the reference.
std::span<const SettingRow> bank_settings();

/// Reads the settings of one bank from an object.
/// Errors: MISSING_PARAMETERS or INVALID_PARAMETERS, which name every setting that is missing, unknown or wrong and say what would
/// be right. Whether the standard is spoken and the files can be used is the connector's business.
Result<Bank> read_bank(const json::Value& settings);

/// The settings with all that is usual spelled out, as read_bank takes them.
std::string settings_json(const Bank& bank);

}  // namespace qantara::banking
