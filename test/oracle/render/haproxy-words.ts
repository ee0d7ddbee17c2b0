/** How haproxy cuts a line into words: a word is a text of bytes, one character each. */

const CONTROL: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const ESCAPED = new Set([' ', '\\', '#', '"', "'", '$']);

interface Cut {
  readonly text: string;
  /** Characters of the source. */
  readonly length: number;
}

/** What a backslash and what follows it stand for. Within double quotes it protects only a few characters. */
const escapeAt = (line: string, at: number, isQuoted: boolean): Cut => {
  const next = line.charAt(at + 1);
  if (isQuoted && !['\\', '"', '$'].includes(next)) return { text: '\\', length: 1 };
  const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1))?.[1];
  if (hex !== undefined) return { text: String.fromCharCode(Number.parseInt(hex, 16)), length: 4 };
  const meant = CONTROL[next] ?? (ESCAPED.has(next) ? next : `\\${next}`);
  return { text: meant, length: 2 };
};

/** The words of a line; null when a quote is not closed, which haproxy refuses. */
export const wordsOf = (source: string): readonly string[] | null => {
  const line = Buffer.from(source, 'utf8').toString('latin1');
  const found: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < line.length; ) {
    const character = line.charAt(at);
    if (character === '\\' && quote !== "'") {
      const { text, length } = escapeAt(line, at, quote === '"');
      word = (word ?? '') + text;
      at += length;
      continue;
    }
    at += 1;
    if (quote === '' && character === '#') break;
    if (quote === '' && /[ \t]/.test(character)) {
      if (word !== null) found.push(word);
      word = null;
    } else if (character === quote) quote = '';
    else if (quote === '' && /["']/.test(character)) {
      quote = character;
      word ??= '';
    } else word = (word ?? '') + character;
  }
  if (quote !== '') return null;
  return word === null ? found : [...found, word];
};

/** The argument of a sample fetch, which haproxy reads once more from version 2.2 on: `req.hdr(x)`. */
export const unquotedFetch = (word: string): string => {
  const parts = /^([a-z_.]+\()(.*)\)$/s.exec(word);
  if (parts === null) return word;
  const [, start = '', inner = ''] = parts;
  let out = '';
  let quote = '';
  for (let at = 0; at < inner.length; at += 1) {
    const character = inner.charAt(at);
    if (character === '\\' && quote !== "'" && at + 1 < inner.length) {
      at += 1;
      out += inner.charAt(at);
    } else if (character === quote) quote = '';
    else if (quote === '' && /["']/.test(character)) quote = character;
    else out += character;
  }
  return `${start}${out}${quote === '' ? '' : ' with an open quote'})`;
};
