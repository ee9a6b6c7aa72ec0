// What the payer reads, word for word: English and Arabic of the hosted pages. Not imported from the pages, because it is
// what they are compared with.

export type Language = 'en' | 'ar';
export const languages: readonly Language[] = ['en', 'ar'];

const copy = {
  // The frame around every screen.
  ribbon: ['Sandbox: no real money moves', 'بيئة تجريبية: لا تُحوَّل أموال حقيقية'],
  test_code: ['Test code: {code}', 'رمز التجربة: {code}'],
  offline: ['You are offline. This continues when you are back.', 'لا يوجد اتصال بالإنترنت. ستُستأنف الخطوة عند عودته.'],
  dropped: ['The connection dropped. Checking what happened…', 'انقطع الاتصال. جارٍ التحقق مما حدث…'],
  dialog: ['Pay with your bank', 'الدفع من حسابك البنكي'],
  back_to_merchant: ['Back to {merchant}', 'العودة إلى {merchant}'],
  continue: ['Continue', 'متابعة'],
  cancel: ['Cancel', 'إلغاء'],
  done: ['Done', 'تم'],
  close: ['Close', 'إغلاق'],

  // What happened to the money.
  not_moved: ['No money has left your account.', 'لم يُخصم أي مبلغ من حسابك.'],
  accepted: ['Your bank has accepted this payment.', 'وافق بنكك على هذه الدفعة.'],
  unknown: [
    'We do not know yet whether the money left your account.',
    'لا نعرف بعد هل خُصم المبلغ من حسابك.',
  ],
  do_not_pay_again: [
    'Please do not pay again: you could pay twice.',
    'يُرجى عدم الدفع مرة أخرى حتى لا يُدفع المبلغ مرتين.',
  ],

  // Connecting.
  welcome: ['Connect your bank to {merchant}', 'ربط حسابك البنكي مع {merchant}'],
  welcome_text: [
    'You choose your bank, sign in there, and approve {payee} as someone you can pay. No money moves now.',
    'يتم اختيار البنك وتسجيل الدخول إليه ثم الموافقة على إضافة {payee} إلى المستفيدين. لن يُحوَّل أي مبلغ الآن.',
  ],
  not_now: ['Not now', 'ليس الآن'],
  banks: ['Choose your bank', 'اختيار البنك'],
  search_banks: ['Search banks', 'البحث عن بنك'],
  banks_found: ['Banks found: {n}', 'عدد البنوك: {n}'],
  no_bank_found: [
    'No bank found for “{q}”. Check the spelling or clear the search.',
    'لا توجد نتائج لـ «{q}». يُرجى التحقق من الكتابة أو مسح البحث.',
  ],
  clear_search: ['Clear search', 'مسح البحث'],
  sign_in_to: ['Sign in to {bank}', 'تسجيل الدخول إلى {bank}'],
  username: ['Username', 'اسم المستخدم'],
  password: ['Password', 'كلمة المرور'],
  show: ['Show', 'إظهار'],
  hide: ['Hide', 'إخفاء'],
  password_note: [
    'Used once to sign in at {bank} and never stored. The page of {merchant} cannot read what you type.',
    'تُستخدم مرة واحدة لتسجيل الدخول إلى {bank} ولا تُحفظ. لا يمكن لصفحة {merchant} قراءة ما يُكتب هنا.',
  ],
  sign_in: ['Sign in', 'تسجيل الدخول'],
  choose_another_bank: ['Choose another bank', 'اختيار بنك آخر'],
  enter_username: ['Enter your username', 'يُرجى إدخال اسم المستخدم'],
  enter_password: ['Enter your password', 'يُرجى إدخال كلمة المرور'],
  wrong_password: [
    'These details do not match the records of {bank}.',
    'هذه البيانات غير مطابقة لسجلات {bank}.',
  ],
  login_code: ['Enter the code to sign in to {bank}', 'إدخال رمز الدخول إلى {bank}'],
  enter_code: ['Enter the code', 'يُرجى إدخال الرمز'],
  wrong_code: ['That code is not right.', 'الرمز غير صحيح.'],
  tries_left: ['Tries left: {n}', 'المحاولات المتبقية: {n}'],
  question: ['A security question from {bank}', 'سؤال أمان من {bank}'],
  accounts_found: ['Your accounts at {bank}', 'حساباتك لدى {bank}'],
  add_payee_title: ['Add {payee} as a payee', 'إضافة {payee} إلى المستفيدين'],
  add_payee: ['Add payee', 'إضافة المستفيد'],
  payee_code: ['Enter the code to add {payee}', 'إدخال رمز إضافة {payee}'],
  cool_off: ['You can pay {payee} from {when}', 'يمكن الدفع إلى {payee} اعتبارًا من {when}'],
  cool_off_text: [
    '{bank} makes every new payee wait. Nothing was taken and nothing more is needed.',
    'يطبّق {bank} فترة انتظار على كل مستفيد جديد. لم يُخصم أي مبلغ ولا يلزم أي إجراء آخر.',
  ],
  connected: ['{bank} is connected', 'تم الربط مع {bank}'],
  reconnected_text: ['You signed in again, and nothing else has changed. No money has moved.', 'سجّلت الدخول من جديد، ولم يتغيّر شيء آخر. لم تُحوَّل أي أموال.'],
  can_pay_now: ['You can pay {payee} now.', 'يمكن الدفع إلى {payee} الآن.'],

  // Paying.
  choose_account: ['Choose an account to pay from', 'اختيار الحساب للدفع منه'],
  no_account: ['No account at {bank} can make this payment.', 'لا يوجد لدى {bank} حساب يمكن الدفع منه.'],
  review: ['Check and pay', 'مراجعة الدفعة'],
  confirmed_at_bank: [
    'You will confirm at {bank}; nothing moves before that.',
    'سيُطلب التأكيد لدى {bank}، ولن يُحوَّل أي مبلغ قبل ذلك.',
  ],
  sent_on_press: ['The payment is sent when you press Pay.', 'تُرسل الدفعة عند الضغط على زر الدفع.'],
  pay: ['Pay {amount}', 'دفع {amount}'],
  change_account: ['Change account', 'تغيير الحساب'],
  choose_method: ['How do you want to confirm?', 'اختيار طريقة التأكيد'],
  by_app: ['Approve in the {bank} app', 'الموافقة في تطبيق {bank}'],
  payment_code: ['Enter the code to pay {amount} to {payee}', 'إدخال الرمز لدفع {amount} إلى {payee}'],
  confirm_payment: ['Confirm payment', 'تأكيد الدفع'],
  approve_in_app: ['Approve in the {bank} app', 'الموافقة في تطبيق {bank}'],
  approve_text: [
    'Open the app and approve {amount} to {payee}. This page moves on by itself.',
    'يُرجى فتح التطبيق والموافقة على دفع {amount} إلى {payee}. ستنتقل هذه الصفحة تلقائيًا.',
  ],
  redirect_next: ['Next: {bank}', 'الخطوة التالية: {bank}'],
  redirect_text: [
    'On the bank’s own page you sign in and approve {amount} to {payee}. Then you come back here.',
    'في صفحة البنك يتم تسجيل الدخول والموافقة على {amount} إلى {payee}، ثم العودة إلى هنا.',
  ],
  redirect_continue: ['Continue to {bank}', 'المتابعة إلى {bank}'],
  redirect_back: ['Back from {bank}', 'العودة من {bank}'],
  redirect_asking: ['Asking what happened…', 'جارٍ الاستعلام عن النتيجة…'],
  close_page: ['You can close this page', 'يمكن إغلاق هذه الصفحة'],
  waiting_for_approval: ['Waiting for approval', 'بانتظار الموافقة'],
  open_the_app: ['Open the app', 'فتح التطبيق'],
  talking: ['Talking to {bank}…', 'جارٍ التواصل مع {bank}…'],

  // Ends.
  bank_accepted: ['{bank} accepted your payment', 'وافق {bank} على هذه الدفعة'],
  amount_to_payee: ['{amount} to {payee}', '{amount} إلى {payee}'],
  merchant_confirms: ['{merchant} will confirm when the money arrives.', 'سيصلك التأكيد من {merchant} عند وصول المبلغ.'],
  processing: ['{bank} is processing your payment', 'الدفعة قيد المعالجة لدى {bank}'],
  processing_text: [
    '{bank} has the order for {amount} to {payee} and has not finished. Nothing more to do. Please do not pay again; {merchant} will tell you the result.',
    'استلم {bank} أمر دفع {amount} إلى {payee} ولم تكتمل المعالجة بعد. لا يلزم أي إجراء. يُرجى عدم الدفع مرة أخرى، وستصلك النتيجة من {merchant}.',
  ],
  unknown_title: ['We do not know yet if this payment went through', 'لا نعرف بعد هل تمت هذه الدفعة'],
  unknown_text: [
    'We sent the order for {amount} to {payee} to {bank} and got no clear answer. The money may or may not have left your account.',
    'أرسلنا إلى {bank} أمر دفع {amount} إلى {payee} ولم يصلنا رد واضح. ربما خُصم المبلغ من حسابك وربما لم يُخصم.',
  ],
  check_again: ['Check again', 'التحقق مجددًا'],
  no_news: ['No news yet.', 'لا جديد حتى الآن.'],
  failed: ['This payment did not go through', 'لم تتم هذه الدفعة'],
  not_connected: ['Your bank is not connected yet', 'لم يكتمل الربط مع البنك'],
  leave_paying: ['Leave without paying?', 'الخروج دون دفع؟'],
  leave_connecting: ['Leave before connecting?', 'الخروج قبل إتمام الربط؟'],
  leave_approval: ['Leave before {bank} answers?', 'الخروج قبل رد {bank}؟'],
  leave_approval_text: [
    'If you already approved, the payment may still go through. Please do not pay again until {merchant} tells you the result.',
    'إذا سبقت الموافقة فقد تُنفَّذ الدفعة. يُرجى عدم الدفع مرة أخرى قبل وصول النتيجة من {merchant}.',
  ],
  leave_sent: ['Leave now?', 'الخروج الآن؟'],
  leave_sent_text: [
    'The payment is with {bank} and leaving does not stop it. Please do not pay again; {merchant} will tell you the result.',
    'الدفعة لدى {bank} والخروج لا يوقفها. يُرجى عدم الدفع مرة أخرى، وستصلك النتيجة من {merchant}.',
  ],
  still_there: ['Still there?', 'هل ما زلت هنا؟'],
  still_there_text: ['This page closes in one minute.', 'ستُغلق الصفحة بعد دقيقة.'],
  stay: ['Stay', 'البقاء'],
  leave: ['Leave', 'الخروج'],
  timed_out: ['This page has timed out', 'انتهت مهلة هذه الصفحة'],
  start_again: ['Start again', 'البدء من جديد'],
  request_expired: ['This payment request has expired', 'انتهت صلاحية طلب الدفع'],
  makes_new_one: ['{merchant} can make a new one.', 'يمكن طلب دفعة جديدة من {merchant}.'],
  request_withdrawn: ['{merchant} cancelled this payment request', 'أُلغي طلب الدفع من قِبل {merchant}'],
  other_window: ['This payment is open in another window', 'هذه الدفعة مفتوحة في نافذة أخرى'],
  other_window_text: ['It is the same payment and cannot be made twice.', 'هي الدفعة نفسها ولا يمكن تنفيذها مرتين.'],
  continue_here: ['Continue here', 'المتابعة هنا'],
  already_accepted: ['{bank} already accepted this payment', 'سبق أن وافق {bank} على هذه الدفعة'],
  not_answering: ['{bank} is not answering', 'لا يستجيب {bank} حاليًا'],
  nothing_more: ['Nothing more to pay.', 'لا يلزم دفع أي مبلغ آخر.'],
  bank_not_answering: [
    '{bank} is not answering at the moment. Nothing is wrong with your account. Try later or choose another bank.',
    'لا يستجيب {bank} حاليًا، ولا توجد مشكلة في حسابك. يمكن المحاولة لاحقًا أو اختيار بنك آخر.',
  ],
  choose_another_account: ['Choose another account', 'اختيار حساب آخر'],
  try_again: ['Try again', 'المحاولة مجددًا'],
  sign_in_again: ['Sign in again', 'تسجيل الدخول مجددًا'],

  // Reasons of a failure, by kind.
  insufficient_funds: ['There was not enough money in {account}.', 'الرصيد في {account} غير كافٍ.'],
  limit: [
    'The amount is above a limit at {bank}. You may be able to change it in the bank’s app.',
    'المبلغ أعلى من الحد المسموح به لدى {bank}. يمكن مراجعة الحد في تطبيق البنك.',
  ],
  rejected: [
    '{bank} declined the payment and gave no reason. Your bank can tell you more.',
    'رفض {bank} الدفعة دون ذكر السبب. يمكن الاستفسار من البنك.',
  ],
  denied: ['The payment was declined in the {bank} app.', 'رُفضت الدفعة في تطبيق {bank}.'],
  approval_expired: [
    'The payment was not approved in time, and {bank} closed it.',
    'لم تتم الموافقة في الوقت المحدد، فأغلق {bank} الدفعة.',
  ],
  code_exhausted: [
    'The code did not match after several tries, so this was stopped.',
    'لم يتطابق الرمز بعد عدة محاولات، فتوقفت العملية.',
  ],
  login_exhausted: [
    'The details did not match after several tries. {bank} may ask you to unlock your access.',
    'لم تتطابق البيانات بعد عدة محاولات. قد يطلب {bank} إعادة تفعيل الدخول.',
  ],
  signed_out: ['{bank} needs you to sign in again.', 'يطلب {bank} تسجيل الدخول مرة أخرى.'],
  bank_unreachable: [
    '{bank} could not be reached, so nothing was sent.',
    'تعذّر الوصول إلى {bank}، ولم يُرسل أي أمر دفع.',
  ],
  account_unusable: [
    '{bank} does not allow this payment from {account}.',
    'لا يسمح {bank} بهذه الدفعة من {account}.',
  ],
  payee_refused: ['{bank} does not allow payments to {payee} yet.', 'لا يسمح {bank} بعد بالدفع إلى {payee}.'],
  ours: ['Something went wrong on our side before anything was sent.', 'حدث خطأ لدينا قبل إرسال أي أمر دفع.'],
} as const;

export type CopyKey = keyof typeof copy;
export type Slots = Record<string, string | number>;

/** The sentence `key` in `language`, its slots filled. */
export function say(language: Language, key: CopyKey, slots: Slots = {}): string {
  const sentence: string = copy[key][language === 'en' ? 0 : 1];
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (slots[name] === undefined) throw new Error(`"${key}" wants {${name}}`);
    return String(slots[name]);
  });
}

/** An amount as the pages write it: the server's decimals, grouped, with the currency's name in Arabic. */
export function amountIn(language: Language, amount: string, currency: string): string {
  const [whole, fraction] = amount.split('.');
  const figure = `${whole!.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction === undefined ? '' : `.${fraction}`}`;
  const names: Record<string, string> = {AED: 'درهم إماراتي', SAR: 'ريال سعودي', BHD: 'دينار بحريني', USD: 'دولار أمريكي'};
  return language === 'en' ? `${currency} ${figure}` : `${figure} ${names[currency] ?? currency}`;
}

/** Text as it is heard: one kind of blank, none of the marks that only turn the direction. */
export function heard(text: string): string {
  return text.replace(/[\u200e\u200f\u2066-\u2069]/g, '').replace(/\s+/g, ' ').trim();
}
