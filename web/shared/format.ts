// Money, account numbers, codes and times as people read them, in English and Arabic. Digits are 0–9 in both, because the
// bank's message and the statement use them.

export type Language = 'en' | 'ar';

const kArabicCurrencies: Record<string, string> = {
  AED: 'درهم إماراتي',
  SAR: 'ريال سعودي',
  BHD: 'دينار بحريني',
  USD: 'دولار أمريكي',
};

/** Decimal text with its thousands grouped: "1234.50" → "1,234.50". The text never becomes a number. */
export function groupThousands(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The currency as it stands beside an amount: its code, or its Arabic name where there is one. */
export function currencyName(code: string, language: Language): string {
  return (language === 'ar' && kArabicCurrencies[code]) || code;
}

/** An account number in groups of four. What is masked already is left as it is. */
export function groupsOfFour(number: string): string[] {
  return number.includes('•') ? number.split(' ') : (number.match(/.{1,4}/gu) ?? []);
}

/** Arabic-Indic and Persian digits as 0–9. */
export function foldDigits(text: string): string {
  return text.replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

/** A one-time code as typed or pasted, without what people and messages put between its digits. */
export function cleanCode(text: string): string {
  return foldDigits(text).replace(/[\s\u200e\u200f\u202a-\u202e\u2066-\u2069–—-]/g, '');
}

/** A name as a search compares it: without case, marks, tatweel and the article, and with one form of each letter. */
export function foldName(text: string): string {
  return foldDigits(text)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/ة/g, 'ه')
    .replace(/ى/g, 'ي')
    .toLowerCase()
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^(al[ -]|ال)/, '');
}

const localeOf = (language: Language) => `${language === 'ar' ? 'ar' : 'en-GB'}-u-nu-latn-ca-gregory`;

/** "Sunday 22 Nov" and "09:40", of the device's zone, and its name: "GMT+4". */
export interface Moment {
  day: string;
  time: string;
  zone: string;
}

export function momentOf(instant: Date, language: Language, timeZone?: string): Moment {
  const locale = localeOf(language);
  const zoned = timeZone === undefined ? {} : {timeZone};
  const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, {...options, ...zoned}).format(instant);
  const zone = new Intl.DateTimeFormat('en-GB', {timeZoneName: 'short', ...zoned})
    .formatToParts(instant)
    .find(({type}) => type === 'timeZoneName');
  return {
    day: part({weekday: 'long', day: 'numeric', month: 'short'}).replace(/^(\p{L}+),/u, '$1'),
    time: part({hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}),
    zone: zone?.value ?? '',
  };
}

/** Time left as minutes and seconds: "04:31". Never below zero. */
export function minutesAndSeconds(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}
