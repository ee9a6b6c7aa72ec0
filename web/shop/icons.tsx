// Our own drawings: 24 units square, one stroke, in the colour of the text beside them. Never without a word.
import type {JSX} from 'preact';

const kPaths = {
  waves: 'M2.5 10c2.4 0 2.4-2 4.75-2s2.4 2 4.75 2 2.4-2 4.75-2 2.4 2 4.75 2M2.5 15.5c2.4 0 2.4-2 4.75-2s2.4 2 4.75 2 2.4-2 4.75-2 2.4 2 4.75 2',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  question: 'M9 9.2a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1-1.3 2.1M12 17.5v.2',
  cross: 'M7 7l10 10M17 7L7 17',
  dash: 'M6 12h12',
  sent: 'M4 12h15M13 6l6 6-6 6',
} as const;

export type IconName = keyof typeof kPaths;

export function Icon({name}: {name: IconName}): JSX.Element {
  return (
    <svg class={name === 'sent' ? 'icon mirrored' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={kPaths[name]} />
    </svg>
  );
}
