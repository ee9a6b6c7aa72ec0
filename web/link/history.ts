// The Back button. One entry of our own stands between the payer and whatever was there before, so that Back can be asked
// about; it is gone again before the frame is.

const kGuard = {qantara: 'guard'};
const kPatienceMs = 150;

export interface Guard {
  /** Takes the entry away. */
  release(): Promise<void>;
}

export function guardHistory(onBack: () => void): Guard {
  let released: (() => void) | undefined;
  const isGuard = () => (history.state as {qantara?: string} | null)?.qantara === kGuard.qantara;
  const put = () => {
    if (!isGuard()) history.pushState(kGuard, '');
  };
  addEventListener('popstate', () => {
    if (released) return released();
    if (isGuard()) return;  // Forward again.
    put();
    onBack();
  });
  put();
  return {
    release: () => new Promise((resolve) => {
      released = resolve;
      if (!isGuard()) return resolve();
      history.back();
      setTimeout(resolve, kPatienceMs);
    }),
  };
}
