// Holds the shop's page still while the dialog is open.

/** Locks the page's scrolling; the function that it returns puts everything back as it was. */
export function lockScroll(): () => void {
  const root = document.documentElement;
  const {body} = document;
  const {scrollX, scrollY} = window;
  const barTakesRoom = window.innerWidth > root.clientWidth;
  // A body's overflow counts for the window as long as the root has none: taken from the body, its scroll position would be lost.
  const bodyScrolls = body && getComputedStyle(root).overflowY === 'visible' && getComputedStyle(body).overflowY !== 'visible';
  const scroller = bodyScrolls ? body : root;
  const undo = [set(scroller, 'overflow-x', 'hidden'), set(scroller, 'overflow-y', 'hidden')];
  // Only where a scroll bar takes room: elsewhere a gutter would itself shift the page.
  if (barTakesRoom) undo.push(set(root, 'scrollbar-gutter', 'stable'));

  return () => {
    for (const step of undo.reverse()) step();
    if (window.scrollX !== scrollX || window.scrollY !== scrollY) {
      window.scrollTo({left: scrollX, top: scrollY, behavior: 'instant'});
    }
  };
}

// By CSSOM, which a Content-Security-Policy without unsafe-inline allows.
function set(element: HTMLElement, property: string, value: string): () => void {
  const {style} = element;
  const had = element.hasAttribute('style');
  const before = style.getPropertyValue(property);
  const priority = style.getPropertyPriority(property);
  style.setProperty(property, value, 'important');
  return () => {
    if (style.getPropertyValue(property) === value) style.setProperty(property, before, priority);
    if (!had && style.length === 0) element.removeAttribute('style');
  };
}
