// From one screen to the next, without a bank: as if the gateway moved on by itself.
import type {Window} from './browser.js';
import type {Language} from './browser_copy.js';
import type {Flow} from './browser_flow.js';
import {settle} from './browser_looks.js';
import {callFor, play, type Screen, screens} from './browser_steps.js';
import type {World} from './browser_world.js';

/** Draws one screen after another in one tab. */
export async function walk(world: World, window: Window, language: Language, each: (screen: Screen, flow: Flow) => Promise<void>, of = screens): Promise<void> {
  let step: Record<string, unknown> = {};
  // The operator's name, at the foot of every screen, tells which one is drawn.
  const operator = (index: number) => `Operator ${index}.`;
  const show = (index: number) => {
    const screen = of[index]!.step;
    step = {...screen, number: index, ask_again_in_ms: 50, operator: {...(screen['operator'] as object), name: operator(index)}};
  };
  show(0);
  await play(window.context, () => step);
  const flow = await world.visit(window, {language});
  const {method, config} = callFor(step);
  await flow.open(method, {app_token: world.shop.appToken, ...config});
  for (const [index, screen] of of.entries()) {
    show(index);
    await flow.readsText(operator(index));
    await titled(flow, screen);
    await settle(await flow.hosted());
    await each(screen, flow);
  }
}

/** The heading of the cool-off holds a time, which this machine's zone words: only its beginning is compared. */
export async function titled(flow: Flow, {title, slots}: Screen): Promise<void> {
  const beginning = flow.say(title, {when: '\u0000', ...slots}).split('\u0000')[0]!.trim();
  await flow.begins(beginning);
}
