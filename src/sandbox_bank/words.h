// What the bank's pages say, in both languages. {names} are slots.
#pragma once

#include <string_view>

#include "sandbox_bank/html.h"

namespace qantara::sandbox_bank {

struct Words {
  std::string_view lang;
  std::string_view direction;
  std::string_view other_lang;
  std::string_view other_language;
  std::string_view bank;
  std::string_view practice;
  std::string_view home;
  std::string_view app;
  std::string_view ledger;
  // The bank's app.
  std::string_view waiting;
  std::string_view nothing_waits;
  std::string_view amount_to_payee;
  std::string_view from_account;
  std::string_view asked_by;
  std::string_view asked;
  std::string_view payer;
  std::string_view approve;
  std::string_view deny;
  std::string_view let_time_out;
  std::string_view left;
  std::string_view approved;
  std::string_view approved_and_held;
  std::string_view approved_but_rejected;
  std::string_view denied;
  std::string_view timed_out;
  std::string_view replaced;
  std::string_view no_such_request;
  std::string_view booked;
  std::string_view show_all;
  // The ledger.
  std::string_view ledger_intro;
  std::string_view column_time;
  std::string_view column_reference;
  std::string_view column_account;
  std::string_view column_amount;
  std::string_view sum;
  std::string_view opening;
  std::string_view newest_only;
  // The landing page.
  std::string_view welcome;
  std::string_view welcome_text;
  std::string_view password_and_code;
  std::string_view column_user;
  std::string_view column_for;
  std::string_view column_accounts;
  std::string_view banks;
  std::string_view banks_text;
  std::string_view column_bank;
  std::string_view column_address;
  std::string_view column_temper;
  std::string_view usual;
  std::string_view slow;
  std::string_view app_only;
  std::string_view redirect_only;
  std::string_view closed;
  // The bank's pages to which a third party sends payers.
  std::string_view visit;
  std::string_view step_sign_in;
  std::string_view step_approve;
  std::string_view asks_to_pay;
  std::string_view asked_to_pay;
  std::string_view asks_for_accounts;
  std::string_view asked_for_accounts;
  std::string_view asks_for_payee;
  std::string_view asked_for_payee;
  std::string_view accounts_shown;
  std::string_view payee_added;
  std::string_view user_name;
  std::string_view password;
  std::string_view sign_in;
  std::string_view wrong_password;
  std::string_view locked;
  std::string_view wrong_user;
  std::string_view approve_and_return;
  std::string_view refuse_and_return;
  std::string_view allowed;
  std::string_view refused;
  std::string_view go_on;
};

const Words& words(Language language);

}  // namespace qantara::sandbox_bank
