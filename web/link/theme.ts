// A merchant's theme: read strictly, and bent until everything stays readable. Pure: main.tsx sets what comes out of it.
import type {Customization} from '../shared/protocol.js';

export type Appearance = 'light' | 'dark';

/** Red, green and blue from 0 to 255; alpha from 0 to 1. */
export interface Color {
  r: number;
  g: number;
  b: number;
  a: number;
}

/** Tells "teal" as "rgb(0, 128, 128)": the browser knows the names. Nothing for a word that is none. */
export type NameResolver = (name: string) => string | undefined;

/** The tokens that a theme has to live with, of the appearance that is shown. */
export interface Base {
  surface: Color;
  surface2: Color;
  text: Color;
  muted: Color;
  bad: Color;
  control: Color;
  accent: Color;
  link: Color;
}

export interface Theme {
  /** Custom properties by name. */
  properties: Record<string, string>;
  /** Keys whose values are none, for the merchant's engineer. */
  problems: string[];
  uncontained: boolean;
  /** Whether what is written may stand on the dialog's background itself. */
  textOnBackground: boolean;
}

const kWhite: Color = {r: 255, g: 255, b: 255, a: 1};
const kBlack: Color = {r: 0, g: 0, b: 0, a: 1};
const kText = 4.5;
const kControl = 3;

/** HEX, `rgb()`, `rgba()` or a name. */
export function parseColor(text: string, resolve: NameResolver = () => undefined): Color | undefined {
  const value = text.trim().toLowerCase();
  const hex = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.exec(value);
  if (hex) {
    const digits = value.length > 5 ? value.slice(1) : value.slice(1).replace(/./g, '$&$&');
    const [r = 0, g = 0, b = 0, a = 255] = (digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
    return {r, g, b, a: a / 255};
  }
  const rgb = /^rgba?\(\s*(\d{1,3})\s*[,\s]\s*(\d{1,3})\s*[,\s]\s*(\d{1,3})\s*(?:[,/]\s*(\d?\.?\d+%?)\s*)?\)$/.exec(value);
  if (rgb) {
    const [r, g, b] = rgb.slice(1, 4).map(Number) as [number, number, number];
    const alpha = rgb[4] === undefined ? 1 : parseFloat(rgb[4]) / (rgb[4].endsWith('%') ? 100 : 1);
    return Math.max(r, g, b) <= 255 && alpha <= 1 ? {r, g, b, a: alpha} : undefined;
  }
  if (!/^[a-z]+$/.test(value)) return undefined;
  const named = resolve(value);
  return named !== undefined && /^[rgba(#]/.test(named) ? parseColor(named) : undefined;
}

/** WCAG 2.2 relative luminance of an opaque colour. */
function luminance({r, g, b}: Color): number {
  const [red, green, blue] = [r, g, b].map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2 contrast ratio, from 1 to 21. */
export function contrast(one: Color, other: Color): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** `share` of `other` in `color`; whole channels, as they will be shown. */
export function mix(color: Color, other: Color, share: number): Color {
  const channel = (from: number, to: number) => Math.round(from + (to - from) * share);
  return {r: channel(color.r, other.r), g: channel(color.g, other.g), b: channel(color.b, other.b), a: 1};
}

/** White or black: whichever stands out more on `color`. One of them always reaches 4.58. */
export function betterOn(color: string | Color): '#FFFFFF' | '#000000' {
  const ground = typeof color === 'string' ? (parseColor(color) ?? kBlack) : color;
  return contrast(kWhite, ground) >= contrast(kBlack, ground) ? '#FFFFFF' : '#000000';
}

/** `color`, mixed with `text` in steps of 5 % until it can be read on all of `grounds`. */
export function readable(color: Color, text: Color, grounds: Color[], least = kText): Color {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(color, text, share);
    if (grounds.every((ground) => contrast(mixed, ground) >= least)) return mixed;
  }
  return text;
}

export function toCss({r, g, b}: Color): string {
  return `rgb(${r} ${g} ${b})`;
}

interface Background {
  css: string;
  /** Every colour that shows, closely enough. */
  grounds: Color[];
}

const kDirection = /^(?:-?\d{1,4}(?:\.\d{1,3})?(?:deg|turn|rad)|to (?:top|bottom|left|right)(?: (?:top|bottom|left|right))?)$/;

/** A plain colour, or a `linear-gradient()` of plain, opaque colours. */
export function parseBackground(text: string, resolve: NameResolver): Background | undefined {
  const plain = parseColor(text, resolve);
  if (plain) return plain.a === 1 ? {css: toCss(plain), grounds: [plain]} : undefined;
  const gradient = /^linear-gradient\(([\s\S]{1,400})\)$/i.exec(text.trim());
  if (!gradient) return undefined;
  const parts = gradient[1]!.split(/,(?![^(]*\))/).map((part) => part.trim().toLowerCase());
  const direction = kDirection.test(parts[0]!) ? `${parts.shift()}, ` : '';
  const stops = parts.map((part) => {
    const [, color = '', place = ''] = /^(.*?)((?:\s+\d{1,3}(?:\.\d{1,3})?%)?)$/.exec(part) ?? [];
    return {color: parseColor(color, resolve), place};
  });
  const colors = stops.flatMap(({color}) => (color && color.a === 1 ? [color] : []));
  if (colors.length < 2 || colors.length !== stops.length) return undefined;
  // Between two stops a gradient can be darker than both.
  const between = colors.slice(1).flatMap((color, index) =>
    Array.from({length: 16}, (_, step) => mix(colors[index]!, color, (step + 1) / 16)));
  return {
    css: `linear-gradient(${direction}${stops.map(({color, place}) => toCss(color!) + place).join(', ')})`,
    grounds: [colors[0]!, ...between],
  };
}

function numberIn(value: string | number, from: number, to: number): number | undefined {
  const number = typeof value === 'number' ? value : /^\s*\d{1,4}(?:\.\d{1,3})?\s*(?:px)?\s*$/.test(value) ? parseFloat(value) : NaN;
  return Number.isFinite(number) ? Math.min(to, Math.max(from, number)) : undefined;
}

/** What the device or the theme wants to look like. A word that is none is left to the device. */
export function appearanceOf({force_appearance: forced}: Customization, device: Appearance): Appearance {
  return forced === 'light' || forced === 'dark' ? forced : device;
}

/** `plain`: the payer wants more contrast, and the merchant's colours are dropped. */
export function deriveTheme(custom: Customization, appearance: Appearance, base: Base, resolve: NameResolver, plain = false): Theme {
  const theme: Theme = {properties: {}, problems: [], uncontained: custom.dialog_mode === 'uncontained', textOnBackground: false};
  const bad = (key: keyof Customization) => void theme.problems.push(key);
  const colorOf = (key: keyof Customization): Color | undefined => {
    const value = custom[key];
    if (value === undefined) return undefined;
    const color = typeof value === 'string' ? parseColor(value, resolve) : undefined;
    if (color?.a !== 1) return void bad(key);
    return color;
  };
  const pick = (light: keyof Customization, dark: keyof Customization) => {
    const [byDay, byNight] = [colorOf(light), colorOf(dark)];
    return appearance === 'dark' ? (byNight ?? byDay) : byDay;
  };
  const set = (name: string, value: Color | string) => void (theme.properties[name] = typeof value === 'string' ? value : toCss(value));

  const accent = pick('theme_color', 'theme_color_dark');
  const onAccent = pick('button_text_color', 'button_text_color_dark');
  const link = colorOf('link_color');
  const grounds = [base.surface, base.surface2];
  if (!plain && (accent || onAccent)) {
    const button = accent ?? base.accent;
    const better = parseColor(betterOn(button))!;
    const words = onAccent && contrast(onAccent, button) >= kText ? onAccent : better;
    set('--accent', button);
    set('--on-accent', words);
    // Away from the words, so that they stand out more, not less.
    set('--accent-hover', mix(button, contrast(words, kWhite) > contrast(words, kBlack) ? kWhite : kBlack, 0.18));
    set('--accent-text', readable(button, base.text, grounds));
    if (contrast(button, base.surface) < kControl) set('--accent-outline', 'var(--control)');
  }
  const links = link ? readable(link, base.text, grounds) : base.link;
  if (!plain && link) set('--link', links);

  const radius = custom.button_border_radius;
  if (radius !== undefined) {
    const px = radius === 'pill' ? 999 : numberIn(radius, 0, 28);
    if (px === undefined) bad('button_border_radius');
    else set('--radius-button', `${px}px`);
  }
  if (custom.bottom_inset !== undefined) {
    const px = numberIn(custom.bottom_inset, 0, 96);
    if (px === undefined) bad('bottom_inset');
    else set('--bottom-inset', `${px}px`);
  }

  for (const key of ['dialog_background_color_light', 'dialog_background_color_dark'] as const) {
    const value = custom[key];
    if (value === undefined) continue;
    const background = typeof value === 'string' ? parseBackground(value, resolve) : undefined;
    if (!background) bad(key);
    else if (!plain && key === `dialog_background_color_${appearance}`) {
      set('--dialog-background', background.css);
      theme.textOnBackground = background.grounds.every((ground) =>
        [base.text, base.muted, base.bad, links].every((color) => contrast(color, ground) >= kText) && contrast(base.control, ground) >= kControl);
    }
  }
  if (custom.overlay_color !== undefined && !parseColor(String(custom.overlay_color), resolve)) bad('overlay_color');
  if (custom.dialog_mode !== undefined && custom.dialog_mode !== 'contained' && !theme.uncontained) bad('dialog_mode');
  if (custom.force_appearance !== undefined && !/^(light|dark)$/.test(custom.force_appearance)) bad('force_appearance');
  return theme;
}
