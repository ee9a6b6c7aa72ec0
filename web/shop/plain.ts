// Work on text that is not the page's own: amounts as typed, bodies and paths as sent.
import {foldDigits} from '../shared/format.js';

/** An amount as typed, as the backend reads it: digits 0–9, a point, no grouping. Nothing for what could be read in two ways. */
export function readAmount(typed: string): string | undefined {
  const text = foldDigits(typed).replace(/[\s\u200e\u200f]/g, '').replace(/٬/g, ',').replace('٫', '.');
  // A comma groups thousands or is none: "50,25" is not five thousand.
  const plain = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replace(/,/g, '') : text;
  return /^\d+(\.\d+)?$/.test(plain) ? plain : undefined;
}

/** A path or name with ids in it, each by its last eight characters: the first ones are time, and look alike. */
export function shortIds(text: string): string {
  return text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}([0-9a-f]{8})/g, '…$1');
}

/** JSON with line breaks and nothing else changed: numbers stay as they were written. Other text survives too. */
export function indented(json: string): string {
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  return json.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g, (token, offset: number) => {
    if (token === '{' || token === '[') {
      if (/^\s*[}\]]/.test(json.slice(offset + 1, offset + 20))) return token;
      ++depth;
      return token + line();
    }
    if (token === '}' || token === ']') {
      if (/[{[]\s*$/.test(json.slice(Math.max(0, offset - 20), offset))) return token;
      depth = Math.max(0, depth - 1);
      return line() + token;
    }
    if (token === ',') return token + line();
    return token === ':' ? ': ' : token;
  });
}
