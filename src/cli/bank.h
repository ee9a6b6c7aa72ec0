// `qantara bank …`: the operator's registry of banks, and which of them an application offers.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/task.h"
#include "cli/context.h"

namespace qantara::cli {

struct BankAddOptions {
  std::filesystem::path data;
  /// By the setting's name: what was typed. Lists are typed with commas, tables as AED=…,USD=….
  std::map<std::string, std::string> settings;
};
/// Adds a bank to the running gateway.
Task<int> bank_add(Context& context, BankAddOptions options);

struct BankOptions {
  std::filesystem::path data;
  std::string identifier;  ///< Not of list.
};
Task<int> bank_list(Context& context, BankOptions options);
/// Shows what works at the bank and what does not; exit code 1 if something does not.
Task<int> bank_test(Context& context, BankOptions options);
Task<int> bank_enable(Context& context, BankOptions options);
Task<int> bank_disable(Context& context, BankOptions options);
Task<int> bank_remove(Context& context, BankOptions options);

struct AppBankOptions {
  std::filesystem::path data;
  std::string app_token;  ///< Empty: the only application there is.
  std::string identifier;
};
/// The application's own switch.
Task<int> app_bank_enable(Context& context, AppBankOptions options);
Task<int> app_bank_disable(Context& context, AppBankOptions options);

}  // namespace qantara::cli
