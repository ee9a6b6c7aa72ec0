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
  std::string_view closed;
};

const Words& words(Language language);

}  // namespace qantara::sandbox_bank
