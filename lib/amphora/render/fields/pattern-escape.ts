import { type Cursor, PatternSyntaxError } from './pattern-cursor.ts';

/** What follows a backslash: an anchor, something that matches one byte, or a reference to a group by number. */
export type Escape =
  | { readonly kind: 'anchor' }
  | { readonly kind: 'character' }
  | { readonly kind: 'reference'; readonly group: number };

const ANCHORS = 'AbBZ';
/** \d and its like, and the control characters both syntaxes know. */
const CHARACTERS = 'dDsSwWafnrtv';

/** Octal or hexadecimal after a backslash: its value, or null when neither is here. At most 0xff, as bytes are. */
export const readNumber = (cursor: Cursor): number | null => {
  const hexadecimal = cursor.match(/x([0-9A-Fa-f]{2})/y);
  if (hexadecimal) return Number.parseInt(hexadecimal[1] ?? '', 16);
  const octal = cursor.match(/0[0-7]{0,2}|[1-7][0-7]{2}/y);
  if (octal === null) return null;
  const value = Number.parseInt(octal[0], 8);
  if (value > 0xff) throw new PatternSyntaxError('an octal number that is no byte');
  return value;
};

/** Reads what follows a backslash outside a class. */
export const readEscape = (cursor: Cursor): Escape => {
  if (readNumber(cursor) !== null) return { kind: 'character' };
  const reference = cursor.match(/[1-9][0-9]?/y);
  if (reference) return { kind: 'reference', group: Number(reference[0]) };
  const next = cursor.next();
  if (ANCHORS.includes(next)) return { kind: 'anchor' };
  if (CHARACTERS.includes(next) || !/[A-Za-z0-9]/.test(next)) return { kind: 'character' };
  throw new PatternSyntaxError('an unknown escape');
};
