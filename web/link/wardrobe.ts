// Puts a merchant's theme on the page, and again when the device turns dark or wants more contrast.
import type {Customization} from '../shared/protocol.js';
import {type Base, type Color, appearanceOf, deriveTheme, parseColor} from './theme.js';

const kNoColors = new Set(['inherit', 'initial', 'unset', 'revert', 'currentcolor']);

/** Result: the keys whose values are none. */
export function wearTheme(customization: Customization): string[] {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  let worn: string[] = [];

  const wear = (): string[] => {
    worn.forEach((name) => root.style.removeProperty(name));
    const appearance = appearanceOf(customization, dark.matches ? 'dark' : 'light');
    root.dataset['appearance'] = appearance;
    const theme = deriveTheme(customization, appearance, tokensOf(root), resolveName, contrast.matches);
    worn = Object.keys(theme.properties);
    for (const [name, value] of Object.entries(theme.properties)) root.style.setProperty(name, value);
    root.dataset['mode'] = theme.uncontained ? 'uncontained' : 'contained';
    root.toggleAttribute('data-open-background', theme.textOnBackground);
    return theme.problems;
  };
  dark.addEventListener('change', wear);
  contrast.addEventListener('change', wear);
  return wear();
}

function tokensOf(root: HTMLElement): Base {
  const style = getComputedStyle(root);
  const token = (name: string): Color => parseColor(style.getPropertyValue(name))!;
  return {
    surface: token('--surface'),
    surface2: token('--surface-2'),
    text: token('--text'),
    muted: token('--muted'),
    bad: token('--bad'),
    control: token('--control'),
    accent: token('--accent'),
    link: token('--link'),
  };
}

function resolveName(name: string): string | undefined {
  if (kNoColors.has(name)) return undefined;
  const probe = document.createElement('span');
  probe.style.color = name;
  if (probe.style.color === '') return undefined;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}
