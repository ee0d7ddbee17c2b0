import { readClass } from './pattern-class.ts';
import { type Cursor, openCursor, PatternSyntaxError } from './pattern-cursor.ts';
import { readEscape } from './pattern-escape.ts';

/**
 * What is known of a part of a pattern: the number of bytes it matches, null when that varies, and about how many
 * bytes PCRE2 compiles it to (64 KiB is the most it accepts).
 */
interface Part {
  readonly length: number | null;
  readonly size: number;
}

interface Atom extends Part {
  /** Anchors and option settings take no quantifier. */
  readonly repeatable: boolean;
  /** Groups are compiled once for each repetition. */
  readonly copied: boolean;
}

const MOST_REPETITIONS = 65_535;
const MOST_COMPILED = 60_000;
const MOST_NESTED = 240;
const GROUP_OVERHEAD = 8;

const character: Atom = { length: 1, size: 2, repeatable: true, copied: false };
const anchor: Atom = { length: 0, size: 1, repeatable: false, copied: false };

/** Where the reading of one pattern stands. */
interface Reader {
  readonly cursor: Cursor;
  /** Lengths of the named groups. */
  readonly groups: Map<string, number | null>;
  /** Numbers of groups referred to; PCRE2 numbers the named groups only, since plain ones do not capture. */
  highestReference: number;
  extended: boolean;
  depth: number;
}

/** Branches up to a closing parenthesis or the end. `own` allows branches of different lengths (lookbehind). */
const alternatives = (reader: Reader, own = false): Part & { readonly branches: number } => {
  let result = { ...branch(reader), branches: 1 };
  while (reader.cursor.take('|')) {
    const next = branch(reader);
    const fixed = result.length !== null && next.length !== null && (own || result.length === next.length);
    result = {
      length: fixed ? result.length : null,
      size: result.size + next.size + 3,
      branches: result.branches + 1,
    };
  }
  return result;
};

const branch = (reader: Reader): Part => {
  let length: number | null = 0;
  let size = 0;
  for (;;) {
    skipExtended(reader);
    if (reader.cursor.atEnd() || reader.cursor.peek() === '|' || reader.cursor.peek() === ')') break;
    const part = quantified(reader, atom(reader));
    length = length === null || part.length === null ? null : length + part.length;
    size += part.size;
  }
  return { length, size };
};

const quantified = (reader: Reader, atom: Atom): Part => {
  while (reader.cursor.startsWith('(?#')) comment(reader);
  skipExtended(reader);
  const range = quantifier(reader);
  if (range === null) return atom;
  if (!atom.repeatable) throw new PatternSyntaxError('nothing to repeat');
  if (!reader.cursor.take('?')) reader.cursor.take('+');
  skipExtended(reader);
  if (quantifier(reader) !== null) throw new PatternSyntaxError('multiple repeat');
  const [least, most] = range;
  const copies = atom.copied ? Math.max(1, most === null ? least : most) : 1;
  return {
    length: atom.length !== null && least === most ? atom.length * least : null,
    size: (atom.size + 4) * copies + 4,
  };
};

/** Least and most repetitions; most null: without end. Null: there is no quantifier here. */
const quantifier = (reader: Reader): readonly [number, number | null] | null => {
  if (reader.cursor.take('*')) return [0, null];
  if (reader.cursor.take('+')) return [1, null];
  if (reader.cursor.take('?')) return [0, 1];
  const braces = reader.cursor.match(/\{(\d+)(,?)(\d*)\}/y);
  if (braces === null) return null;
  const [least = '', comma = '', most = ''] = braces.slice(1);
  const low = Number(least);
  const high = comma === '' ? low : most === '' ? null : Number(most);
  if (low > MOST_REPETITIONS || (high ?? 0) > MOST_REPETITIONS) throw new PatternSyntaxError('too many repetitions');
  if (high !== null && high < low) throw new PatternSyntaxError('repetition bounds in the wrong order');
  return [low, high];
};

const atom = (reader: Reader): Atom => {
  const next = reader.cursor.next();
  if (next === '(') return group(reader);
  if (next === '[') return { ...character, size: readClass(reader.cursor) };
  if (next === '^' || next === '$') return anchor;
  if (next === '*' || next === '+' || next === '?') throw new PatternSyntaxError('nothing to repeat');
  if (next === '{') {
    reader.cursor.back(1);
    if (quantifier(reader) !== null) throw new PatternSyntaxError('nothing to repeat');
    reader.cursor.next();
    return character;
  }
  if (next !== '\\') return character;
  const escaped = readEscape(reader.cursor);
  if (escaped.kind === 'anchor') return anchor;
  if (escaped.kind === 'character') return character;
  reader.highestReference = Math.max(reader.highestReference, escaped.group);
  return { length: null, size: 3, repeatable: true, copied: true };
};

const group = (reader: Reader): Atom => {
  reader.depth += 1;
  if (reader.depth > MOST_NESTED) throw new PatternSyntaxError('nested too deeply');
  const outer = reader.extended;
  const atom = groupBody(reader);
  if (atom.repeatable) reader.extended = outer;
  reader.depth -= 1;
  return atom;
};

const groupBody = (reader: Reader): Atom => {
  const { cursor } = reader;
  if (cursor.peek() === '*') throw new PatternSyntaxError('nothing to repeat');
  if (!cursor.take('?')) return closed(reader, alternatives(reader));
  if (cursor.take('#')) {
    cursor.back(3);
    comment(reader);
    return { ...anchor, size: 0 };
  }
  if (cursor.take(':') || cursor.take('>')) return closed(reader, alternatives(reader));
  if (cursor.take('=') || cursor.take('!')) return { ...closed(reader, alternatives(reader)), length: 0 };
  if (cursor.take('<=') || cursor.take('<!')) {
    const behind = alternatives(reader, true);
    if (behind.length === null) throw new PatternSyntaxError('a lookbehind of varying length');
    return { ...closed(reader, behind), length: 0 };
  }
  if (cursor.take('P<')) return named(reader);
  if (cursor.take('P=')) return namedReference(reader);
  if (cursor.take('(')) return condition(reader);
  return options(reader);
};

const closed = (reader: Reader, part: Part): Atom => {
  if (!reader.cursor.take(')')) throw new PatternSyntaxError('missing closing parenthesis');
  return { length: part.length, size: part.size + GROUP_OVERHEAD, repeatable: true, copied: true };
};

const groupName = (reader: Reader, end: string): string => {
  const name = reader.cursor.match(/[A-Za-z_]\w{0,31}/y)?.[0];
  if (name === undefined || !reader.cursor.take(end)) throw new PatternSyntaxError('a group without a proper name');
  return name;
};

const known = (reader: Reader, name: string): number | null => {
  const length = reader.groups.get(name);
  if (length === undefined) throw new PatternSyntaxError('reference to an unknown group');
  return length;
};

const named = (reader: Reader): Atom => {
  const name = groupName(reader, '>');
  if (reader.groups.has(name)) throw new PatternSyntaxError('two groups of one name');
  reader.groups.set(name, null);
  const atom = closed(reader, alternatives(reader));
  reader.groups.set(name, atom.length);
  return atom;
};

const namedReference = (reader: Reader): Atom => ({
  length: known(reader, groupName(reader, ')')),
  size: 3,
  repeatable: true,
  copied: true,
});

const condition = (reader: Reader): Atom => {
  known(reader, groupName(reader, ')'));
  const part = alternatives(reader);
  if (part.branches > 2) throw new PatternSyntaxError('a condition with more than two branches');
  // A missing second branch matches nothing at all.
  const fixed = part.branches === 2 || part.length === 0;
  return closed(reader, { length: fixed ? part.length : null, size: part.size });
};

/** "(?i)" for the rest of the group around it, or "(?i:...)" for a group of its own. */
const options = (reader: Reader): Atom => {
  const found = reader.cursor.match(/([imsx]*)(-[imsx]+)?([:)])/y);
  if (found === null) throw new PatternSyntaxError('an unknown kind of group');
  const [, on = '', off = '', end = ''] = found;
  if (on === '' && off === '') throw new PatternSyntaxError('an unknown kind of group');
  if (on.includes('x')) reader.extended = true;
  if (off.includes('x')) reader.extended = false;
  return end === ':' ? closed(reader, alternatives(reader)) : { ...anchor, size: 0 };
};

const comment = (reader: Reader): void => {
  if (reader.cursor.match(/\(\?#[^)]*\)/y) === null) throw new PatternSyntaxError('a comment without end');
};

/** With the option x, white space and comments up to a newline mean nothing; a value has no newline. */
const skipExtended = (reader: Reader): void => {
  if (reader.extended) reader.cursor.match(/[ \t]+/y);
  if (reader.extended && reader.cursor.peek() === '#') reader.cursor.toEnd();
};

/** Reads a pattern of one character for each byte. @throws PatternSyntaxError it breaks a rule */
export const readPattern = (pattern: string): void => {
  const reader: Reader = {
    cursor: openCursor(pattern),
    groups: new Map(),
    highestReference: 0,
    extended: false,
    depth: 0,
  };
  const whole = alternatives(reader);
  if (!reader.cursor.atEnd()) throw new PatternSyntaxError('unmatched closing parenthesis');
  if (reader.highestReference > reader.groups.size) throw new PatternSyntaxError('reference to an unnamed group');
  if (whole.size > MOST_COMPILED) throw new PatternSyntaxError('too large');
};
