// What every screen has to be, whatever it says: accessible, whole, large enough to press, and readable in its colours. Each
// function gives what it found wrong, so that a test can tell all of it at once.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

import type {Frame} from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  violations: {id: string; impact: string | null; help: string; nodes: {html: string; failureSummary?: string}[]}[];
}

/** Ends every movement that has an end: what is measured is what stays. */
export async function settle(frame: Frame): Promise<void> {
  await frame.evaluate(() => {
    for (const animation of document.getAnimations()) if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
  });
}

/** What axe-core finds serious or critical. */
export async function axeFaults(frame: Frame): Promise<string[]> {
  const isThere = await frame.evaluate(() => 'axe' in globalThis);
  if (!isThere) await frame.evaluate(`${axe};0`);
  const {violations} = await frame.evaluate(async () =>
    (globalThis as unknown as {axe: {run(options: object): Promise<AxeResults>}}).axe.run({resultTypes: ['violations'], iframes: false}));
  return violations
    .filter(({impact}) => impact === 'serious' || impact === 'critical')
    .map(({id, help, nodes}) => `${id}: ${help}: ${nodes.map(({html, failureSummary}) => `${html} ${failureSummary ?? ''}`).join(' | ')}`);
}

/** What scrolls sideways, is cut off, or lies outside. */
export async function cutFaults(frame: Frame): Promise<string[]> {
  return frame.evaluate(() => {
    const found: string[] = [];
    const root = document.scrollingElement ?? document.documentElement;
    const tell = (element: Element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} "${(element.textContent ?? '').slice(0, 40)}"`;
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} wide in ${root.clientWidth}`);
    for (const element of document.body.querySelectorAll('*')) {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const isHidden = style.clipPath !== 'none' || style.visibility === 'hidden' || box.width <= 1 || box.height <= 1;
      if (isHidden || element.closest('svg, [aria-hidden="true"]') || element instanceof HTMLInputElement) continue;
      if (style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1) found.push(`cut: ${tell(element)}`);
      if (box.left < -1 || box.right > root.clientWidth + 1) found.push(`outside: ${tell(element)} ${box.left}…${box.right}`);
    }
    return found;
  });
}

/** What is pressed and is less than 44 px wide or high; links inside a sentence excepted. */
export async function smallTargets(frame: Frame): Promise<string[]> {
  return frame.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll('button, a[href], input, select, summary, [role="button"]')) {
      const isChoice = element instanceof HTMLInputElement && (element.type === 'radio' || element.type === 'checkbox');
      const target = isChoice ? (element.closest('label') ?? element) : element;
      const {display, visibility} = getComputedStyle(target);
      const {width, height} = target.getBoundingClientRect();
      if (width === 0 || visibility === 'hidden' || display === 'inline') continue;
      if (width < 44 || height < 44) found.push(`${target.tagName} "${(target.textContent ?? '').slice(0, 30)}" is ${width}×${height}`);
    }
    return found;
  });
}

/** Text that has less than 4.5 : 1 on what is behind it (3 : 1 if it is large), measured from the computed colours. */
export async function contrastFaults(frame: Frame): Promise<string[]> {
  return frame.evaluate(() => {
    type Rgba = [number, number, number, number];
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true})!;
    const read = (color: string): Rgba => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return [r!, g!, b!, a! / 255];
    };
    const over = (top: Rgba, below: Rgba): Rgba => {
      const mix = (index: 0 | 1 | 2) => top[index] * top[3] + below[index] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const luminance = (color: Rgba) => {
      const [r, g, b] = color.slice(0, 3).map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const ratio = (a: Rgba, b: Rgba) => {
      const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (light! + 0.05) / (dark! + 0.05);
    };
    // A gradient is each of its colours.
    const behind = (element: Element | null): Rgba[] => {
      if (!element) return [[255, 255, 255, 1]];
      const {backgroundColor, backgroundImage} = getComputedStyle(element);
      const stops = backgroundImage.includes('gradient') ? (backgroundImage.match(/(rgba?|hsla?|color|oklch|oklab)\([^()]*\)|#[0-9a-f]{3,8}/gi) ?? []) : [];
      const colors = (stops.length > 0 ? stops : [backgroundColor]).map(read);
      return colors.flatMap((color) => (color[3] === 1 ? [color] : behind(element.parentElement).map((below) => over(color, below))));
    };
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement!;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      if ((node.textContent ?? '').trim() === '' || box.width <= 1 || box.height <= 1 || style.visibility === 'hidden') continue;
      if (element.closest('script, style, noscript, [aria-disabled="true"] [aria-hidden="true"]')) continue;
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600);
      let opacity = 1;
      for (let at: Element | null = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
      const [red, green, blue, alpha] = read(style.color);
      for (const background of behind(element)) {
        const has = ratio(over([red, green, blue, alpha * opacity], background), background);
        if (has >= (isLarge ? 3 : 4.5) - 0.01) continue;
        found.push(`"${(node.textContent ?? '').trim().slice(0, 30)}" has ${has.toFixed(2)}: ${style.color} on ${background.slice(0, 3).map(Math.round).join(',')}`);
      }
    }
    // A button is seen as one by its area or by its outline.
    for (const button of document.querySelectorAll('button:not([aria-disabled="true"])')) {
      const style = getComputedStyle(button);
      const area = read(style.backgroundColor);
      if (area[3] === 0 || button.getBoundingClientRect().width <= 1) continue;
      const outline = parseFloat(style.borderTopWidth) > 0 ? read(style.borderTopColor) : area;
      const stands = behind(button.parentElement).every((around) =>
        Math.max(ratio(over(area, around), around), ratio(over(outline, around), around)) >= 2.99);
      if (!stands) {
        found.push(`the button "${(button.textContent ?? '').slice(0, 30)}" does not stand out: ${style.backgroundColor}, ${style.borderTopColor}`);
      }
    }
    return found;
  });
}
