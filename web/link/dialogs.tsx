// The two questions that may come at any step: leave? still there?
import type {ComponentChildren} from 'preact';
import {useLayoutEffect, useRef} from 'preact/hooks';

import {Button, MoneySentence, type ScreenProps, slotsOf} from './parts.js';
import {isPaying} from './screens/ends.js';
import {useWords} from './words.js';

/** What leaving means depends on how far the order may have come. */
export function LeaveQuestion({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const slots = slotsOf({step});
  const [title, text] = step.order_sent
    ? [plain('leave_sent_title'), <p>{say('leave_sent_text', slots)}</p>]
    : step.money !== 'not_moved' || session.view.paying
      ? [say('leave_waiting_title', slots), <p>{say('leave_waiting_text', slots)}</p>]
      : [isPaying(step) ? plain('leave_paying_title') : plain('leave_connecting_title'), <MoneySentence step={step} />];
  return (
    <Question title={title} onStay={() => session.stay()}>
      {text}
      <div class="actions">
        <Button onPress={() => session.stay()}>{plain('stay')}</Button>
        <Button kind="secondary" onPress={() => void session.leave()}>{plain('leave')}</Button>
      </div>
    </Question>
  );
}

export function StillThere({session}: Pick<ScreenProps, 'session'>) {
  const {plain} = useWords();
  const stay = () => void session.open();
  return (
    <Question title={plain('still_there_title')} onStay={stay}>
      <p>{plain('still_there_text')}</p>
      <div class="actions">
        <Button onPress={stay}>{plain('stay')}</Button>
      </div>
    </Question>
  );
}

// The browser's own dialog keeps the focus inside and the rest out of reach. Escape stays.
function Question({title, onStay, children}: {title: ComponentChildren; onStay: () => void; children: ComponentChildren}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current!;
    const opener = document.activeElement;
    element.showModal();
    element.querySelector('button')?.focus();
    return () => {
      element.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    onStay();
  };
  return (
    <dialog ref={dialog} role="alertdialog" aria-labelledby="question-title" aria-describedby="question-text" onCancel={cancel}>
      <h2 id="question-title">{title}</h2>
      <div id="question-text">{children}</div>
    </dialog>
  );
}
