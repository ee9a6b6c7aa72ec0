// What the pages say, in Arabic: verbal nouns and passives, so that everyone is addressed, and counts as "label: number".
import type {Key} from './en.js';

export const ar: Record<Key, string> = {
  language: 'اللغة',
  back: 'رجوع',
  close: 'إغلاق',
  cancel: 'إلغاء',
  done: 'تم',
  continue: 'متابعة',
  try_again: 'المحاولة مجددًا',
  error: 'خطأ:',
  run_by: 'الدفع من الحساب البنكي، بتشغيل {operator}',
  terms: 'الشروط',
  footer_terms: 'الشروط',
  footer_privacy: 'الخصوصية',
  your_bank: 'البنك',
  your_account: 'حسابك',
  your_device: 'جهازك',
  ending: 'الحساب المنتهي بـ {digits}',
  moment: '{day}، {time}',
  zoned_moment: '{day}، {time} ({zone})',
  new_tab: '(في نافذة جديدة)',

  money_not_moved: 'لم يُخصم أي مبلغ من حسابك.',
  money_accepted: 'وافق بنكك على هذه الدفعة.',
  money_unknown: 'لا نعرف بعد هل خُصم المبلغ من حسابك.',

  // 1
  welcome_title: 'ربط حسابك البنكي مع {merchant}',
  welcome_text: 'يتم اختيار البنك وتسجيل الدخول إليه ثم الموافقة على إضافة {payee} إلى المستفيدين. لن يُحوَّل أي مبلغ الآن.',
  welcome_asks: 'الأذونات المطلوبة لصالح {merchant}:',
  welcome_not_now: 'ليس الآن',
  welcome_terms: 'المتابعة تعني قبول {terms}.',
  permission_payments: 'إرسال الدفعات التي تتم الموافقة عليها، كل دفعة على حدة',
  permission_accounts: 'الاطلاع على أسماء الحسابات وأرقامها',
  permission_identity: 'الاطلاع على الاسم وبيانات الاتصال',
  permission_balance: 'الاطلاع على الأرصدة',
  permission_transactions: 'الاطلاع على الحركات السابقة',

  // 2
  banks_title: 'اختيار البنك',
  banks_search: 'البحث عن بنك',
  banks_found: 'عدد البنوك: {n}',
  banks_none: 'لا توجد نتائج لـ «{q}». يُرجى التحقق من الكتابة أو مسح البحث.',
  banks_clear: 'مسح البحث',
  bank_down: 'غير متاح الآن',
  bank_down_until: 'غير متاح حتى {when}',
  bank_silent: 'لا يستجيب {bank} حاليًا، ولا توجد مشكلة في حسابك. يمكن المحاولة لاحقًا أو اختيار بنك آخر.',

  // 3
  credentials_title: 'تسجيل الدخول إلى {bank}',
  username: 'اسم المستخدم',
  password: 'كلمة المرور',
  show: 'إظهار',
  hide: 'إخفاء',
  show_password: 'إظهار كلمة المرور',
  credentials_promise: 'تُستخدم مرة واحدة لتسجيل الدخول إلى {bank} ولا تُحفظ. لا يمكن لصفحة {merchant} قراءة ما يُكتب هنا.',
  sign_in: 'تسجيل الدخول',
  another_bank: 'اختيار بنك آخر',
  username_missing: 'يُرجى إدخال اسم المستخدم',
  password_missing: 'يُرجى إدخال كلمة المرور',
  field_missing: 'يُرجى ملء هذا الحقل',
  credentials_wrong: 'هذه البيانات غير مطابقة لسجلات {bank}.',
  tries_left: 'المحاولات المتبقية: {n}',

  // 4, 8b, 11
  login_code_title: 'إدخال رمز الدخول إلى {bank}',
  login_code_text: 'أُرسل الرمز من {bank} إلى {target}. هذا الرمز لتسجيل الدخول ولا يوافق على أي دفعة.',
  payee_code_title: 'إدخال رمز إضافة {payee}',
  payee_code_text: 'أُرسل الرمز من {bank} إلى {target}. هذا الرمز يضيف مستفيدًا ولا يدفع أي مبلغ.',
  pay_code_title: 'إدخال الرمز لدفع {amount} إلى {payee}',
  pay_code_text: 'أُرسل الرمز من {bank} إلى {target}. يُرجى التأكد من أن المبلغ في الرسالة هو نفسه.',
  confirm_payment: 'تأكيد الدفع',
  code_missing: 'يُرجى إدخال الرمز',
  code_length: 'عدد أرقام الرمز: {n}',
  code_wrong: 'الرمز غير صحيح.',

  // 5
  question_title: 'سؤال أمان من {bank}',
  question_hint: 'يجب أن تطابق الإجابة ما هو محفوظ لدى البنك.',
  question_wrong: 'الإجابة غير مطابقة.',
  answer_missing: 'يُرجى إدخال الإجابة',

  // 6
  method_title: 'اختيار طريقة التأكيد',
  method_text_message: 'رمز برسالة نصية إلى {target}',
  method_app_code: 'رمز من تطبيق {bank}',
  method_app: 'الموافقة في تطبيق {bank}',
  method_missing: 'يُرجى اختيار طريقة التأكيد',

  // 7
  account_title: 'اختيار الحساب للدفع منه',
  account_currency: 'عملة الدفعة {currency} وعملة هذا الحساب {currency2}.',
  account_not_linked: 'لم يُضف {payee} بعد إلى المستفيدين من هذا الحساب.',
  account_limit: 'المبلغ خارج الحدود المسموح بها لدى {bank}.',
  account_missing: 'يُرجى اختيار حساب',
  account_none: 'لا يوجد لدى {bank} حساب يمكن الدفع منه.',
  accounts_title: 'حساباتك لدى {bank}',
  accounts_text: 'يمكن أن تصل من {merchant} طلبات دفع من هذه الحسابات، ولا يُنفَّذ أي منها إلا بموافقتك.',

  // 8
  payee_title: 'إضافة {payee} إلى المستفيدين',
  payee_text: 'يطلب {bank} هذه الخطوة مرة واحدة قبل الدفع، ولا يُحوَّل فيها أي مبلغ.',
  name: 'الاسم',
  iban: 'رقم الآيبان',
  account_number: 'رقم الحساب',
  bank: 'البنك',
  add_payee: 'إضافة المستفيد',

  // 9
  cool_off_title: 'يمكن الدفع إلى {payee} اعتبارًا من {when}',
  cool_off_text: 'يطبّق {bank} فترة انتظار على كل مستفيد جديد. لم يُخصم أي مبلغ ولا يلزم أي إجراء آخر.',
  in_hours: 'الساعات المتبقية تقريبًا: {n}',
  in_minutes: 'الدقائق المتبقية تقريبًا: {n}',
  time_zone: 'المنطقة الزمنية: {zone}',

  // 10
  review_title: 'مراجعة الدفعة',
  amount: 'المبلغ',
  to: 'إلى',
  from: 'من',
  reference: 'المرجع',
  review_text: 'سيُطلب التأكيد لدى {bank}، ولن يُحوَّل أي مبلغ قبل ذلك.',
  review_sends: 'تُرسل الدفعة عند الضغط على زر الدفع.',
  review_changed: 'تغيّرت التفاصيل. يُرجى مراجعتها.',
  pay: 'دفع {amount}',
  change_account: 'تغيير الحساب',

  // 12
  approval_title: 'الموافقة في تطبيق {bank}',
  approval_text: 'يُرجى فتح التطبيق والموافقة على دفع {amount} إلى {payee}. ستنتقل هذه الصفحة تلقائيًا.',
  approval_waiting: 'بانتظار الموافقة',
  approval_left: 'الوقت المتبقي: {time}',
  approval_open: 'فتح التطبيق',

  // 13
  redirect_title: 'الخطوة التالية: {bank}',
  redirect_text: 'في صفحة البنك يتم تسجيل الدخول والموافقة على {amount} إلى {payee}، ثم العودة إلى هنا.',
  redirect_login_text: 'في صفحة البنك يتم تسجيل الدخول والسماح بهذا الربط، ثم العودة إلى هنا.',
  redirect_payee_text: 'في صفحة البنك يتم تسجيل الدخول والموافقة على إضافة {payee} إلى المستفيدين، ثم العودة إلى هنا.',
  redirect_go: 'المتابعة إلى {bank}',
  redirect_back_title: 'العودة من {bank}',
  redirect_back_text: 'جارٍ الاستعلام عن النتيجة…',

  // 14
  working: 'جارٍ التواصل مع {bank}…',
  working_still: 'ما زال التواصل مع {bank} جاريًا، وقد يستغرق دقيقة.',
  working_sent: 'يتأخر رد {bank}. يُرجى إبقاء هذه الصفحة مفتوحة وعدم الدفع مرة أخرى.',
  working_plain: 'لحظة واحدة…',
  unreachable_title: 'لا يستجيب {bank} حاليًا',

  // 15
  connected_title: 'تم الربط مع {bank}',
  connected_text: 'يمكن الدفع إلى {payee} الآن.',
  reconnected_text: 'سجّلت الدخول من جديد، ولم يتغيّر شيء آخر. لم تُحوَّل أي أموال.',

  // 16
  accepted_title: 'وافق {bank} على هذه الدفعة',
  accepted_text: '{amount} إلى {payee}',
  bank_reference: 'مرجع البنك {bankref}',
  copy: 'نسخ',
  copied: 'تم النسخ',
  accepted_later: 'سيصلك التأكيد من {merchant} عند وصول المبلغ.',
  back_to: 'العودة إلى {merchant}',

  // 17, 18
  pending_title: 'الدفعة قيد المعالجة لدى {bank}',
  pending_text:
    'استلم {bank} أمر دفع {amount} إلى {payee} ولم تكتمل المعالجة بعد. لا يلزم أي إجراء. يُرجى عدم الدفع مرة أخرى، وستصلك النتيجة من {merchant}.',
  check_again: 'التحقق مجددًا',
  unknown_title: 'لا نعرف بعد هل تمت هذه الدفعة',
  unknown_text: 'أرسلنا إلى {bank} أمر دفع {amount} إلى {payee} ولم يصلنا رد واضح. ربما خُصم المبلغ من حسابك وربما لم يُخصم.',
  unknown_warning: 'يُرجى عدم الدفع مرة أخرى حتى لا يُدفع المبلغ مرتين.',
  unknown_next: 'نواصل الاستعلام من {bank}، وستصلك النتيجة من {merchant}. يمكن أيضًا البحث عن المرجع {ref} في حسابك.',
  no_news: 'لا جديد حتى الآن. آخر استعلام: {time}.',
  ordered_at: 'وقت الإرسال',

  // 19
  failed_title: 'لم تتم هذه الدفعة',
  failed_connecting_title: 'لم يكتمل الربط مع البنك',
  failed_insufficient_funds: 'الرصيد في {account} غير كافٍ.',
  failed_limit: 'المبلغ أعلى من الحد المسموح به لدى {bank}. يمكن مراجعة الحد في تطبيق البنك.',
  failed_rejected: 'رفض {bank} الدفعة دون ذكر السبب. يمكن الاستفسار من البنك.',
  failed_rejected_connecting: 'رفض {bank} الطلب دون ذكر السبب. يمكن الاستفسار من البنك.',
  failed_denied: 'رُفضت الدفعة في تطبيق {bank}.',
  failed_approval_expired: 'لم تتم الموافقة في الوقت المحدد، فأغلق {bank} الدفعة.',
  failed_code_exhausted: 'لم يتطابق الرمز بعد عدة محاولات، فتوقفت العملية.',
  failed_login_exhausted: 'لم تتطابق البيانات بعد عدة محاولات. قد يطلب {bank} إعادة تفعيل الدخول.',
  failed_signed_out: 'يطلب {bank} تسجيل الدخول مرة أخرى.',
  failed_bank_unreachable: 'تعذّر الوصول إلى {bank}، ولم يُرسل أي أمر دفع.',
  failed_account_unusable: 'لا يسمح {bank} بهذه الدفعة من {account}.',
  failed_payee_refused: 'لا يسمح {bank} بعد بالدفع إلى {payee}.',
  failed_ours: 'حدث خطأ لدينا قبل إرسال أي أمر دفع.',
  another_account: 'اختيار حساب آخر',
  sign_in_again: 'تسجيل الدخول مجددًا',

  // 20
  leave_paying_title: 'الخروج دون دفع؟',
  leave_connecting_title: 'الخروج قبل إتمام الربط؟',
  leave_waiting_title: 'الخروج قبل رد {bank}؟',
  leave_waiting_text: 'إذا سبقت الموافقة فقد تُنفَّذ الدفعة. يُرجى عدم الدفع مرة أخرى قبل وصول النتيجة من {merchant}.',
  leave_sent_title: 'الخروج الآن؟',
  leave_sent_text: 'الدفعة لدى {bank} والخروج لا يوقفها. يُرجى عدم الدفع مرة أخرى، وستصلك النتيجة من {merchant}.',
  stay: 'البقاء',
  leave: 'الخروج',

  // 21
  timed_out_title: 'انتهت مهلة هذه الصفحة',
  timed_out_text: 'تُغلق بعد فترة من عدم النشاط حفاظًا على أمانك.',
  start_again: 'البدء من جديد',
  expired_title: 'انتهت صلاحية طلب الدفع',
  expired_text: 'يمكن طلب دفعة جديدة من {merchant}.',
  withdrawn_title: 'أُلغي طلب الدفع من قِبل {merchant}',
  left_title: 'تم الخروج قبل اكتمال الخطوات',
  still_there_title: 'هل ما زلت هنا؟',
  still_there_text: 'ستُغلق الصفحة بعد دقيقة.',

  // 22
  elsewhere_title: 'هذه الدفعة مفتوحة في نافذة أخرى',
  elsewhere_text: 'هي الدفعة نفسها ولا يمكن تنفيذها مرتين.',
  elsewhere_connecting_title: 'الربط مع البنك مفتوح في نافذة أخرى',
  elsewhere_connecting_text: 'تكتمل الخطوات في نافذة واحدة فقط.',
  continue_here: 'المتابعة هنا',
  already_title: 'سبق أن وافق {bank} على هذه الدفعة',
  already_text: '{amount} إلى {payee}، {when}',
  already_more: 'لا يلزم دفع أي مبلغ آخر.',

  // 23
  ribbon: 'بيئة تجريبية: لا تُحوَّل أموال حقيقية',
  test_user: 'يُرجى استخدام مستخدم تجريبي وعدم إدخال بيانات بنكية حقيقية.',
  test_user_example: 'مستخدم تجريبي: {user}، كلمة المرور: {password}',
  test_code: 'رمز التجربة: {code}',
  offline: 'لا يوجد اتصال بالإنترنت. ستُستأنف الخطوة عند عودته.',
  checking: 'انقطع الاتصال. جارٍ التحقق مما حدث…',

  refused_title: 'تعذّر فتح هذه الصفحة',
  refused_text: 'رُفض طلب المتجر. يمكن للمتجر توضيح الخطوة التالية.',
  out_of_order_text: 'الخدمة لا تستجيب. يمكن المحاولة مجددًا أو العودة إلى المتجر.',
  back_to_shop: 'العودة إلى المتجر',
  act_refused: 'تعذّر استخدام هذه القيمة. يُرجى التحقق مما كُتب.',
  alone_title: 'تُفتح هذه الصفحة من متجر',
  alone_text: 'يُرجى العودة إلى صفحة المتجر والبدء منها.',
  returned_title: 'يمكن إغلاق هذه الصفحة',
  returned_text: 'يُرجى العودة إلى صفحة المتجر في المتصفح نفسه الذي بدأت منه، حيث تستمر الخطوات.',
  unknown_step_title: 'لا يمكن عرض هذه الخطوة هنا',
};
