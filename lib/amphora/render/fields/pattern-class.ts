import { type Cursor, PatternSyntaxError } from './pattern-cursor.ts';
import { readNumber } from './pattern-escape.ts';

const NAMES = new Set('alpha lower upper alnum ascii blank cntrl digit graph print punct space word xdigit'.split(' '));
const CONTROLS: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9 };
/** What PCRE2 takes for a class name, an equivalence or a collating element, whether it knows it or not. */
const NAMED = /\[([:.=])((?:(?!\[\1)(?!\1\])[^\]\\]|\\(?![\]\\])|\\[\]\\])*)\1\]/y;
/** Compiled size of a class in bytes. */
const CLASS_SIZE = 34;

/** A single byte, or null for an element that stands for many and so ends no range. */
const readElement = (cursor: Cursor): number | null => {
  const named = cursor.match(NAMED);
  if (named) {
    if (named[1] === ':' && NAMES.has(named[2]?.replace(/^\^/, '') ?? '')) return null;
    throw new PatternSyntaxError('an unknown class name');
  }
  const next = cursor.next();
  if (next !== '\\') return next.charCodeAt(0);
  const number = readNumber(cursor);
  if (number !== null) return number;
  const octal = cursor.match(/[0-7]{1,2}/y);
  if (octal) return Number.parseInt(octal[0], 8);
  const escaped = cursor.next();
  if ('dDsSwWv'.includes(escaped)) return null;
  const control = CONTROLS[escaped];
  if (control !== undefined) return control;
  if (/[A-Za-z0-9]/.test(escaped)) throw new PatternSyntaxError('an unknown escape');
  return escaped.charCodeAt(0);
};

/**
 * Reads a character class behind its opening bracket; answers about how many bytes it compiles to.
 * @throws PatternSyntaxError no end, a range in the wrong order or with an end that is no single byte
 */
export const readClass = (cursor: Cursor): number => {
  // "[:name:]" outside of a class is refused by PCRE2, since it is nearly always a mistake.
  cursor.back(1);
  if (cursor.match(NAMED)) throw new PatternSyntaxError('a class name outside of a class');
  cursor.take('[');
  cursor.take('^');
  for (let first = true; first || cursor.peek() !== ']'; first = false) {
    if (cursor.atEnd()) throw new PatternSyntaxError('a class without end');
    const low = readElement(cursor);
    if (!cursor.startsWith('-') || cursor.startsWith('-]')) continue;
    cursor.take('-');
    if (cursor.atEnd()) throw new PatternSyntaxError('a class without end');
    const high = readElement(cursor);
    if (low === null || high === null) throw new PatternSyntaxError('a range without two ends');
    if (high < low) throw new PatternSyntaxError('a range in the wrong order');
  }
  cursor.take(']');
  return CLASS_SIZE;
};
