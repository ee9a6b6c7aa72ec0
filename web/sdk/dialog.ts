// What stands over the shop's page: a modal dialog with the frame of the hosted page, and our own words if that does not come.
import type {Customization} from '../shared/protocol.js';
import {overlayOf} from './color.js';
import css from './dialog.css?inline';
import {lockScroll} from './scroll.js';
import {kTexts} from './texts.js';

export interface DialogEvents {
  /** Escape, Back, or a press beside the card. */
  leave(): void;
  /** The frame has loaded something, if only the browser's own page about a refusal. */
  loaded(): void;
  /** The buttons of the panel. */
  tryAgain(): void;
  close(): void;
  /** The shop's page has taken the dialog away, as pages do that replace their whole content. */
  removed(): void;
}

export interface Dialog {
  /** Loads `address` into a new frame under a skeleton. */
  load(address: string): void;
  /** Uncovers the frame and gives it the focus. */
  reveal(): void;
  focusFrame(): void;
  /** The frame's window. */
  frame(): Window | null | undefined;
  /** Says that the hosted page did not come. The frame goes on loading below. */
  showPanel(): void;
  /** Takes everything away and puts the shop's page back as it was. */
  remove(): void;
}

function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name: string, ...children: (Node | string)[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.className = name;
  element.append(...children);
  return element;
}

const prefers = (query: string) => matchMedia(`(prefers-${query})`).matches;

/** Opens it empty. */
export function openDialog(language: 'en' | 'ar', customization: Customization, events: DialogEvents): Dialog {
  const texts = kTexts[language];
  const opener = document.activeElement;
  const scrim = make('div', 'scrim');
  const hole = make('div', 'hole');
  const stage = make('div', 'stage', make('div', 'card', make('div', 'grab'), hole));
  const dialog = make('dialog', '', scrim, stage);
  const host = make('div', '');
  let frame: HTMLIFrameElement | undefined;
  let cover: HTMLElement | undefined;

  dialog.lang = language;
  dialog.dir = language === 'ar' ? 'rtl' : 'ltr';
  dialog.autofocus = true; // Rather than whatever is in it first.
  dialog.setAttribute('aria-label', texts.title);
  const dark = customization.force_appearance ? customization.force_appearance === 'dark' : prefers('color-scheme: dark');
  dialog.classList.toggle('dark', dark);
  dialog.classList.toggle('contained', customization.dialog_mode !== 'uncontained');
  const overlay = overlayOf(prefers('contrast: more') ? undefined : customization.overlay_color);
  scrim.style.setProperty('background-color', overlay.opaque);
  scrim.style.setProperty('opacity', `${overlay.opacity}`);

  scrim.addEventListener('mousedown', (event) => event.preventDefault()); // The frame keeps the focus.
  scrim.addEventListener('click', events.leave);
  dialog.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation(); // What the shop closes with Escape stays open.
    events.leave();
  });
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    events.leave();
  });
  // A browser may close a dialog without asking, at a second Escape or Back; this one closes when the flow is over.
  const reopen = () => {
    if (!host.isConnected) return;
    dialog.showModal();
    events.leave();
  };
  dialog.addEventListener('close', reopen);

  const root = host.attachShadow({mode: 'open'});
  addStyle(root);
  root.append(dialog);
  (document.body ?? document.documentElement).append(host);
  const unlockScroll = lockScroll();
  dialog.showModal();

  // Above the keyboard on the screen; but a page that somebody enlarged with two fingers stays as it is.
  const view = window.visualViewport;
  const fit = () => {
    const whole = !view || Math.abs(view.scale - 1) > 0.01;
    stage.style.setProperty('inset-block-start', whole ? '0' : `${view.offsetTop}px`);
    stage.style.setProperty('block-size', whole ? '100%' : `${view.height}px`);
  };
  fit();
  for (const change of ['resize', 'scroll']) view?.addEventListener(change, fit);

  // An element that is taken away shrinks to nothing: the one way to hear of it without watching the whole page.
  const watch = new ResizeObserver(() => {
    if (!host.isConnected) events.removed();
  });
  watch.observe(dialog);

  // What lies over the frame hides it from keyboard and screen reader too, but lets it load.
  const setCover = (next?: HTMLElement) => {
    cover?.remove();
    cover = next;
    if (next) hole.append(next);
    if (frame) frame.inert = !!next;
  };
  const button = (name: string, text: string, press: () => void) => {
    const element = make('button', name, text);
    element.addEventListener('click', press);
    return element;
  };

  return {
    load(address) {
      frame?.remove();
      frame = make('iframe', '');
      frame.title = texts.title;
      frame.allow = 'clipboard-write';
      frame.referrerPolicy = 'no-referrer';
      frame.src = address;
      frame.addEventListener('load', events.loaded);
      hole.append(frame);
      setCover(make('div', 'cover', ...Array.from({length: 5}, () => make('div', 'bar'))));
      dialog.setAttribute('aria-busy', 'true');
      dialog.focus();
    },
    reveal() {
      setCover();
      dialog.removeAttribute('aria-busy');
      frame?.focus();
    },
    focusFrame: () => frame?.focus(),
    frame: () => frame?.contentWindow,
    showPanel() {
      const tryAgain = button('primary', texts.try_again, events.tryAgain);
      const panel = make('div', 'cover panel', make('h1', '', texts.not_opened), make('p', '', texts.not_moved), tryAgain,
        button('', texts.close, events.close));
      panel.setAttribute('role', 'alert');
      setCover(panel);
      dialog.removeAttribute('aria-busy');
      tryAgain.focus();
    },
    remove() {
      watch.disconnect();
      for (const change of ['resize', 'scroll']) view?.removeEventListener(change, fit);
      dialog.removeEventListener('close', reopen);
      dialog.close();
      host.remove();
      unlockScroll();
      // The browser gives the focus back to where it was, if it knew.
      if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus({preventScroll: true});
    },
  };
}

// A constructed sheet is not inline style, so a strict Content-Security-Policy of the shop's lets it pass.
function addStyle(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(make('style', '', css));
  }
}
