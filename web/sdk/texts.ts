// What the payer reads before the hosted page is there to speak for itself.

interface Texts {
  title: string;
  not_opened: string;
  not_moved: string;
  try_again: string;
  close: string;
}

export const kTexts: Readonly<Record<'en' | 'ar', Texts>> = {
  en: {
    title: 'Pay with your bank',
    not_opened: 'The payment window did not open.',
    not_moved: 'No money has left your account.',
    try_again: 'Try again',
    close: 'Close',
  },
  ar: {
    title: 'الدفع من حسابك البنكي',
    not_opened: 'لم تُفتح نافذة الدفع.',
    not_moved: 'لم يُخصم أي مبلغ من حسابك.',
    try_again: 'المحاولة مجددًا',
    close: 'إغلاق',
  },
};
