#include "cli/payer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "cli/json_text.h"

namespace qantara::cli {

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Move choose_bank(const json::Value& step, const Payer& payer) {
  std::string known;
  for (const auto& bank : items_of(step, "banks")) {
    const auto identifier = text_of(bank, "identifier");
    const bool is_meant = payer.bank.empty() ? is_true(bank, "available") : identifier == payer.bank;
    if (is_meant) return Act{"select", {{"bank_identifier", identifier}}};
    known += (known.empty() ? "" : ", ") + identifier;
  }
  if (payer.bank.empty()) return Stuck{"No bank is available.", "qantara sandbox connect --bank ID"};
  return Stuck{"The bank " + payer.bank + " is not on the list.", "--bank " + (known.empty() ? "ID" : known)};
}

/// Whether `--account` means this account.
bool is_named(const json::Value& account, const Payer& payer) {
  return text_of(account, "id").ends_with(payer.account) || text_of(account, "number_masked").ends_with(payer.account);
}

Move choose_account(const json::Value& step, const Payer& payer) {
  std::string seen;
  for (const auto& account : items_of(step, "accounts")) {
    const bool is_meant = payer.account.empty() ? is_true(account, "usable") : is_named(account, payer);
    if (is_meant) return Act{"select", {{"account_id", text_of(account, "id")}}};
    const auto reason = text_of(account, "reason");
    seen += (seen.empty() ? "" : "; ") + text_of(account, "name") + " " + text_of(account, "number_masked");
    if (!reason.empty()) seen += ": " + reason;
  }
  if (seen.empty()) seen = "there are none";
  if (payer.account.empty())
    return Stuck{"No account can pay this (" + seen + ").", "qantara sandbox connect --customer ID"};
  return Stuck{"No account ends in " + payer.account + " (" + seen + ").", "--account with the end of an id or number"};
}

/// Pays, unless the account under review is another than `--account` names.
Move review(const json::Value& step, const Payer& payer) {
  const auto accounts = items_of(step, "accounts");
  const bool is_other = !payer.account.empty() && !accounts.empty() && !is_named(accounts.front(), payer);
  return Act{is_other ? "change_account" : "pay", {}};
}

/// The flag behind a field that a bank asks for, and what the payer says.
struct KnownField {
  std::string_view name;
  std::string_view flag;
  std::string (*value)(const Payer&);
};
constexpr auto kKnownFields = std::to_array<KnownField>({
    {"username", "--user", [](const Payer& payer) { return payer.user; }},
    {"password", "--password", [](const Payer& payer) { return std::string(payer.password.reveal()); }},
    {"otp", "--otp", [](const Payer& payer) { return std::string(payer.otp.reveal()); }},
    {"method", "--method", [](const Payer& payer) { return payer.method; }},
});

const KnownField* find_known(std::string_view name) {
  const auto* const field = std::ranges::find(kKnownFields, name, &KnownField::name);
  return field == kKnownFields.end() ? nullptr : field;
}

/// The values that a choice allows, or nothing if every value may do.
std::optional<std::string> other_options(const json::Value& field, std::string_view value) {
  const auto options = items_of(field, "options");
  if (options.empty()) return std::nullopt;
  std::string all;
  for (const auto& option : options) {
    if (option.text("value") == value) return std::nullopt;
    all += (all.empty() ? "" : "|") + text_of(option, "value");
  }
  return all;
}

/// Flags of the fields that a step asks for: "--user, --password".
std::string flags_of(const json::Value& step) {
  std::string flags;
  for (const auto& field : items_of(step, "fields")) {
    const auto* const known = find_known(text_of(field, "name"));
    if (known != nullptr) flags += (flags.empty() ? "" : ", ") + std::string(known->flag);
  }
  return flags;
}

Move fill_in(const json::Value& step, const Payer& payer, Submitted submitted) {
  if (is_true(step, "wrong_answer") && submitted == Submitted::YES) {
    std::string why = "The bank did not take " + flags_of(step) + ".";
    if (const auto left = number_of(step, "tries_left"); !left.empty()) why += " Tries left: " + left + ".";
    return Stuck{why, "another " + flags_of(step)};
  }
  Fields answers;
  for (const auto& field : items_of(step, "fields")) {
    const auto name = text_of(field, "name");
    const auto* const known = find_known(name);
    if (known == nullptr)
      return Stuck{"The bank asks for " + name + ", and this command has no flag for it.", "the hosted page"};
    const auto value = known->value(payer);
    if (const auto options = other_options(field, value)) {
      return Stuck{"The bank does not offer " + value + ".", std::string(known->flag) + " " + *options};
    }
    answers.emplace_back(name, value);
  }
  return Act{"submit", std::move(answers)};
}

/// The bank asks on its own pages, where only a browser can go.
Move visit_bank(const json::Value& step) {
  if (is_true(step, "came_back")) {
    for (const auto& action : items_of(step, "actions")) {
      if (action.is(json::Kind::STRING) && action.string() == "check_again") return Act{"check_again", {}};
    }
    return Wait{};
  }
  if (text_of(step, "stage") == "PAYMENT") {
    return Stuck{"The bank asks for the approval on its own page.",
                 "open " + text_of(step, "url") + " in a browser; the same command again shows what became of it"};
  }
  return Stuck{"The bank asks on its own page, and a connection goes on in the browser that went there.",
               "the hosted page, from a shop's; or another bank"};
}

}  // namespace

Move next_move(const json::Value& step, const Payer& payer, Submitted submitted) {
  if (step.find("result") != nullptr) return End{};
  const auto kind = text_of(step, "kind");
  if (kind == "WELCOME" || kind == "ACCOUNTS") return Act{"continue", {}};
  if (kind == "BANKS") return choose_bank(step, payer);
  if (kind == "CREDENTIALS" || kind == "CODE" || kind == "METHOD") return fill_in(step, payer, submitted);
  if (kind == "PAYEE") return Act{"confirm", {}};
  if (kind == "ACCOUNT") return choose_account(step, payer);
  if (kind == "REVIEW") return review(step, payer);
  if (kind == "BANK_UNREACHABLE") return Act{"try_again", {}};
  if (kind == "APPROVAL") return DecideInApp{};
  if (kind == "REDIRECT") return visit_bank(step);
  if (kind == "WORKING") return Wait{};
  return Stuck{"This command does not know the step " + kind + ".",
               "a qantara of the gateway's version, or the hosted page"};
}

}  // namespace qantara::cli
