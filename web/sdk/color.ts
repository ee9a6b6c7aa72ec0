// The colours that a merchant may write: HEX, rgb() and names.

/** A colour without its opacity, as CSS, and its opacity from 0 to 1. */
export interface Color {
  opaque: string;
  opacity: number;
}

const kHex = /^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i;
const kNumber = String.raw`(\d*\.?\d+%?)`;
const kRgb = new RegExp(String.raw`^rgba?\(\s*${[kNumber, kNumber, kNumber].join(String.raw`(?:\s*,\s*|\s+)`)}\s*(?:[,/]\s*${kNumber}\s*)?\)$`, 'i');
/** What CSS takes for a colour and is none by itself. */
const kNoName = /^(inherit|initial|unset|revert|currentcolor)$/i;

export function parseColor(text: string): Color | undefined {
  const color = text.trim();
  if (kHex.test(color)) {
    const width = color.length < 6 ? 1 : 2;
    const digits = color.slice(1);
    const alpha = digits.slice(3 * width);
    return {opaque: `#${digits.slice(0, 3 * width)}`, opacity: alpha ? parseInt(alpha, 16) / (16 ** width - 1) : 1};
  }
  const rgb = kRgb.exec(color);
  if (rgb) {
    const [, red, green, blue, alpha = '1'] = rgb;
    const opacity = parseFloat(alpha) / (alpha.endsWith('%') ? 100 : 1);
    return {opaque: `rgb(${red}, ${green}, ${blue})`, opacity: Math.min(opacity, 1)};
  }
  if (/^transparent$/i.test(color)) return {opaque: '#000', opacity: 0};
  if (/^[a-z]+$/i.test(color) && !kNoName.test(color) && CSS.supports('color', color)) return {opaque: color, opacity: 1};
  return undefined;
}

/** Dims the shop's page enough to tell it from the dialog, and not so much that the payer wonders where it went. */
export function overlayOf(text: string | undefined): Color {
  const {opaque, opacity} = (text !== undefined && parseColor(text)) || {opaque: 'rgb(20, 33, 43)', opacity: 0.56};
  return {opaque, opacity: Math.min(Math.max(opacity, 0.4), 0.8)};
}

/** A colour, or a linear-gradient() that the browser can paint and that loads nothing. */
export function isBackground(text: string): boolean {
  const plain = text.trim();
  if (parseColor(plain)) return true;
  return /^linear-gradient\([^;{}\\]*\)$/i.test(plain) && !/url|image|var|env/i.test(plain) && CSS.supports('background-image', plain);
}
