// Our own drawings: 24 units square, one stroke, in the colour of the text beside them. Never without a word.
import type {JSX} from 'preact';

const kPaths = {
  arch: 'M4 21V11a8 8 0 0 1 16 0v10M9 21V11.5a3 3 0 0 1 6 0V21M2.5 21h19',
  back: 'M15 5l-7 7 7 7',
  forward: 'M9 5l7 7-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  question: 'M9 9.2a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1-1.3 2.1M12 17.5v.2',
  bang: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.5v5.5M12 16.3v.2',
  cross: 'M7 7l10 10M17 7L7 17',
  handoff: 'M13 5h6v6M19 5l-9 9M11 5H5v14h14v-6',
  windows: 'M8 8V4h12v12h-4M4 8h12v12H4z',
} as const;

export type IconName = keyof typeof kPaths;

/** What points into the reading direction is turned around in Arabic. */
const kMirrored: ReadonlySet<IconName> = new Set(['back', 'forward', 'handoff']);

export function Icon({name}: {name: IconName}): JSX.Element {
  return (
    <svg class={kMirrored.has(name) ? 'icon mirrored' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={kPaths[name]} />
    </svg>
  );
}
