// What the pages say, in English. `{name}` is a slot, filled with an element: no sentence is put together from pieces.
// The numbers are those of the screens in the order a payer meets them; a name that ends in `_title` is a screen's heading.
export const en = {
  language: 'Language',
  back: 'Back',
  close: 'Close',
  cancel: 'Cancel',
  done: 'Done',
  continue: 'Continue',
  try_again: 'Try again',
  error: 'Error:',
  run_by: 'Pay by bank, run by {operator}',
  terms: 'terms',
  footer_terms: 'Terms',
  footer_privacy: 'Privacy',
  your_bank: 'your bank',
  your_account: 'your account',
  your_device: 'your device',
  ending: 'account ending {digits}',
  moment: '{day}, {time}',
  zoned_moment: '{day}, {time} ({zone})',
  new_tab: '(opens in a new window)',

  // What is proved about the money. The server says which.
  money_not_moved: 'No money has left your account.',
  money_accepted: 'Your bank has accepted this payment.',
  money_unknown: 'We do not know yet whether the money left your account.',

  // 1
  welcome_title: 'Connect your bank to {merchant}',
  welcome_text: 'You choose your bank, sign in there, and approve {payee} as someone you can pay. No money moves now.',
  welcome_asks: '{merchant} asks to:',
  welcome_not_now: 'Not now',
  welcome_terms: 'By continuing you accept the {terms}.',
  permission_payments: 'Send payments that you approve, one by one',
  permission_accounts: 'See account names and numbers',
  permission_identity: 'See your name and contact details',
  permission_balance: 'See your balances',
  permission_transactions: 'See your past transactions',

  // 2
  banks_title: 'Choose your bank',
  banks_search: 'Search banks',
  banks_found: 'Banks found: {n}',
  banks_none: 'No bank found for “{q}”. Check the spelling or clear the search.',
  banks_clear: 'Clear search',
  bank_down: 'Unavailable now',
  bank_down_until: 'Unavailable until {when}',
  bank_silent: '{bank} is not answering at the moment. Nothing is wrong with your account. Try later or choose another bank.',

  // 3
  credentials_title: 'Sign in to {bank}',
  username: 'Username',
  password: 'Password',
  show: 'Show',
  hide: 'Hide',
  show_password: 'Show the password',
  credentials_promise: 'Used once to sign in at {bank} and never stored. The page of {merchant} cannot read what you type.',
  sign_in: 'Sign in',
  another_bank: 'Choose another bank',
  username_missing: 'Enter your username',
  password_missing: 'Enter your password',
  field_missing: 'Fill in this field',
  credentials_wrong: 'These details do not match the records of {bank}.',
  tries_left: 'Tries left: {n}',

  // 4, 8b, 11
  login_code_title: 'Enter the code to sign in to {bank}',
  login_code_text: '{bank} sent it to {target}. It signs you in; it does not approve a payment.',
  payee_code_title: 'Enter the code to add {payee}',
  payee_code_text: '{bank} sent it to {target}. It adds a payee; it does not pay.',
  pay_code_title: 'Enter the code to pay {amount} to {payee}',
  pay_code_text: '{bank} sent it to {target}. Check that its message shows the same amount.',
  confirm_payment: 'Confirm payment',
  code_missing: 'Enter the code',
  code_length: 'The code has {n} digits',
  code_wrong: 'That code is not right.',

  // 5
  question_title: 'A security question from {bank}',
  question_hint: 'Answer it as you set it at your bank.',
  question_wrong: 'That answer does not match.',
  answer_missing: 'Enter the answer',

  // 6
  method_title: 'How do you want to confirm?',
  method_text_message: 'Code by text message to {target}',
  method_app_code: 'Code from the {bank} app',
  method_app: 'Approve in the {bank} app',
  method_missing: 'Choose a way to confirm',

  // 7, and the accounts that were found while connecting
  account_title: 'Choose an account to pay from',
  account_currency: 'This payment is in {currency}; this account is in {currency2}.',
  account_not_linked: '{payee} is not a payee of this account yet.',
  account_limit: 'This amount is outside the limits at {bank}.',
  account_missing: 'Choose an account',
  account_none: 'No account at {bank} can make this payment.',
  accounts_title: 'Your accounts at {bank}',
  accounts_text: '{merchant} can ask for payments from these. Each one needs your approval.',

  // 8
  payee_title: 'Add {payee} as a payee',
  payee_text: '{bank} needs this once before you can pay. It moves no money.',
  name: 'Name',
  iban: 'IBAN',
  account_number: 'Account number',
  bank: 'Bank',
  add_payee: 'Add payee',

  // 9
  cool_off_title: 'You can pay {payee} from {when}',
  cool_off_text: '{bank} makes every new payee wait. Nothing was taken and nothing more is needed.',
  in_hours: 'In about {n} h',
  in_minutes: 'In about {n} min',
  time_zone: 'Time zone: {zone}',

  // 10
  review_title: 'Check and pay',
  amount: 'Amount',
  to: 'To',
  from: 'From',
  reference: 'Reference',
  review_text: 'You will confirm at {bank}; nothing moves before that.',
  review_sends: 'The payment is sent when you press Pay.',
  review_changed: 'The details changed. Check them again.',
  pay: 'Pay {amount}',
  change_account: 'Change account',

  // 12
  approval_title: 'Approve in the {bank} app',
  approval_text: 'Open the app and approve {amount} to {payee}. This page moves on by itself.',
  approval_waiting: 'Waiting for approval',
  approval_left: 'Time left: {time}',
  approval_open: 'Open the app',

  // 13
  redirect_title: 'Next: {bank}',
  redirect_text: 'On the bank’s own page you sign in and approve {amount} to {payee}. Then you come back here.',
  redirect_login_text: 'On the bank’s own page you sign in and allow this connection. Then you come back here.',
  redirect_payee_text: 'On the bank’s own page you sign in and approve {payee} as a payee. Then you come back here.',
  redirect_go: 'Continue to {bank}',
  redirect_back_title: 'Back from {bank}',
  redirect_back_text: 'Asking what happened…',

  // 14
  working: 'Talking to {bank}…',
  working_still: 'Still talking to {bank}. This can take a minute.',
  working_sent: '{bank} is slow to answer. Keep this page open and please do not pay again.',
  working_plain: 'One moment…',
  unreachable_title: '{bank} is not answering',

  // 15
  connected_title: '{bank} is connected',
  connected_text: 'You can pay {payee} now.',
  reconnected_text: 'You signed in again, and nothing else has changed. No money has moved.',

  // 16
  accepted_title: '{bank} accepted your payment',
  accepted_text: '{amount} to {payee}',
  bank_reference: 'Bank reference {bankref}',
  copy: 'Copy',
  copied: 'Copied',
  accepted_later: '{merchant} will confirm when the money arrives.',
  back_to: 'Back to {merchant}',

  // 17, 18
  pending_title: '{bank} is processing your payment',
  pending_text:
    '{bank} has the order for {amount} to {payee} and has not finished. Nothing more to do. Please do not pay again; {merchant} will tell you the result.',
  check_again: 'Check again',
  unknown_title: 'We do not know yet if this payment went through',
  unknown_text:
    'We sent the order for {amount} to {payee} to {bank} and got no clear answer. The money may or may not have left your account.',
  unknown_warning: 'Please do not pay again: you could pay twice.',
  unknown_next: 'We keep asking {bank}, and {merchant} will tell you the result. You can also look for reference {ref} in your account.',
  no_news: 'No news yet. Last asked at {time}.',
  ordered_at: 'Sent',

  // 19
  failed_title: 'This payment did not go through',
  failed_connecting_title: 'Your bank is not connected yet',
  failed_insufficient_funds: 'There was not enough money in {account}.',
  failed_limit: 'The amount is above a limit at {bank}. You may be able to change it in the bank’s app.',
  failed_rejected: '{bank} declined the payment and gave no reason. Your bank can tell you more.',
  failed_rejected_connecting: '{bank} declined this and gave no reason. Your bank can tell you more.',
  failed_denied: 'The payment was declined in the {bank} app.',
  failed_approval_expired: 'The payment was not approved in time, and {bank} closed it.',
  failed_code_exhausted: 'The code did not match after several tries, so this was stopped.',
  failed_login_exhausted: 'The details did not match after several tries. {bank} may ask you to unlock your access.',
  failed_signed_out: '{bank} needs you to sign in again.',
  failed_bank_unreachable: '{bank} could not be reached, so nothing was sent.',
  failed_account_unusable: '{bank} does not allow this payment from {account}.',
  failed_payee_refused: '{bank} does not allow payments to {payee} yet.',
  failed_ours: 'Something went wrong on our side before anything was sent.',
  another_account: 'Choose another account',
  sign_in_again: 'Sign in again',

  // 20
  leave_paying_title: 'Leave without paying?',
  leave_connecting_title: 'Leave before connecting?',
  leave_waiting_title: 'Leave before {bank} answers?',
  leave_waiting_text:
    'If you already approved, the payment may still go through. Please do not pay again until {merchant} tells you the result.',
  leave_sent_title: 'Leave now?',
  leave_sent_text: 'The payment is with {bank} and leaving does not stop it. Please do not pay again; {merchant} will tell you the result.',
  stay: 'Stay',
  leave: 'Leave',

  // 21
  timed_out_title: 'This page has timed out',
  timed_out_text: 'It closes after a while without activity, for your safety.',
  start_again: 'Start again',
  expired_title: 'This payment request has expired',
  expired_text: '{merchant} can make a new one.',
  withdrawn_title: '{merchant} cancelled this payment request',
  left_title: 'This was left before it was finished',
  still_there_title: 'Still there?',
  still_there_text: 'This page closes in one minute.',

  // 22
  elsewhere_title: 'This payment is open in another window',
  elsewhere_text: 'It is the same payment and cannot be made twice.',
  elsewhere_connecting_title: 'Your bank is being connected in another window',
  elsewhere_connecting_text: 'It goes on in one window at a time.',
  continue_here: 'Continue here',
  already_title: '{bank} already accepted this payment',
  already_text: '{amount} to {payee}, {when}',
  already_more: 'Nothing more to pay.',

  // 23
  ribbon: 'Sandbox: no real money moves',
  test_user: 'Use a test user. Never type real bank details here.',
  test_user_example: 'Test user: {user}, password: {password}',
  test_code: 'Test code: {code}',
  offline: 'You are offline. This continues when you are back.',
  checking: 'The connection dropped. Checking what happened…',

  // Where there is no step to draw.
  refused_title: 'This page could not be opened',
  refused_text: 'The shop’s request was refused. The shop can tell you how to go on.',
  out_of_order_text: 'The service is not answering. Try again, or go back to the shop.',
  back_to_shop: 'Back to the shop',
  act_refused: 'That could not be used. Check what you typed.',
  alone_title: 'This page opens from a shop',
  alone_text: 'Go back to the shop’s page and start there.',
  returned_title: 'You can close this page',
  returned_text: 'Go back to the shop’s page, in the browser where you started. It goes on there.',
  unknown_step_title: 'This step cannot be shown here',
} as const;

export type Key = keyof typeof en;
