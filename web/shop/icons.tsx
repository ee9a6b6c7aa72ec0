// Our own drawings: 24 units square, one stroke, in the colour of the text beside them. Never without a word.
import type {JSX} from 'preact';

const kPaths = {
  waves: 'M2.5 10c2.4 0 2.4-2 4.75-2s2.4 2 4.75 2 2.4-2 4.75-2 2.4 2 4.75 2M2.5 15.5c2.4 0 2.4-2 4.75-2s2.4 2 4.75 2 2.4-2 4.75-2 2.4 2 4.75 2',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  question: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.6 9.8a2.4 2.4 0 1 1 3.5 2.2c-.7.4-1.1.8-1.1 1.7M12 16.5v.1',
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
