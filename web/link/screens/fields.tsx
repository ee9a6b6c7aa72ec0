// What the screens with fields share: values that live as long as the screen, and mistakes that are told after sending.
import type {ComponentChildren} from 'preact';
import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {ErrorText, type ScreenProps} from '../parts.js';
import {useWords} from '../words.js';

export function useForm({step, session}: ScreenProps, check: (values: Record<string, string>) => Record<string, ComponentChildren>) {
  const form = useRef<HTMLFormElement>(null);
  const [mistakes, setMistakes] = useState<Record<string, ComponentChildren>>({});

  // Nothing that was typed outlives the screen or the page.
  useLayoutEffect(() => {
    const empty = () => form.current?.querySelectorAll<HTMLInputElement>('input:not([type=radio])').forEach((input) => (input.value = ''));
    addEventListener('pagehide', empty);
    return () => {
      removeEventListener('pagehide', empty);
      empty();
    };
  }, []);

  const send = (event: Event) => {
    event.preventDefault();
    const inputs = [...(form.current?.querySelectorAll<HTMLInputElement>('input[name]') ?? [])];
    const values = Object.fromEntries(inputs.filter(({type, checked}) => type !== 'radio' || checked).map(({name, value}) => [name, value]));
    const found = check(values);
    setMistakes(found);
    const first = inputs.find(({name}) => found[name] !== undefined);
    if (first) first.focus();
    else {
      session.username = values['username'] ?? '';
      void session.act(step.kind === 'ACCOUNT' ? 'select' : 'submit', values);
    }
  };
  return {form, mistakes, send};
}

interface FieldProps {
  name: string;
  label?: ComponentChildren;
  mistake?: ComponentChildren;
  describedBy?: string;
  children: (attributes: {id: string; name: string; 'aria-invalid'?: 'true'; 'aria-describedby'?: string}) => ComponentChildren;
}

/** A label, what is wrong, and the field. Without a label, the heading is the label. */
export function Field({name, label, mistake, describedBy, children}: FieldProps) {
  const id = `field-${name}`;
  const described = [mistake ? `${id}-error` : '', describedBy ?? ''].filter((part) => part !== '').join(' ');
  return (
    <div class="field">
      {label && <label for={id}>{label}</label>}
      {mistake && <ErrorText id={`${id}-error`}>{mistake}</ErrorText>}
      {children({id, name, ...(mistake && {'aria-invalid': 'true' as const}), ...(described && {'aria-describedby': described})})}
    </div>
  );
}

/** What the server said about the last answer, if it was not the right one. */
export function useTriesLeft({step}: Pick<ScreenProps, 'step'>): ComponentChildren {
  const {say} = useWords();
  return step.tries_left !== undefined && <> {say('tries_left', {n: <bdi dir="ltr">{step.tries_left}</bdi>})}</>;
}
