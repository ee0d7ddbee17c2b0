import { unquotedFetch, wordsOf } from './haproxy-words.ts';

/**
 * What a configuration means, one statement for each name: `frontend F > timeout client 50000`, `backend B > server S
 * weight`. Lists whose order counts are one statement each; comments and names of ACLs mean nothing.
 */
export type Meaning = ReadonlyMap<string, string>;

type Words = readonly string[];

const SECTIONS = new Set(['global', 'defaults', 'peers', 'frontend', 'backend', 'listen']);
/** Their order counts. */
const ORDERED = new Set([
  'http-request',
  'http-response',
  'redirect',
  'use_backend',
  'tcp-request',
  'http-check',
  'stick',
]);
/** Words of a bind or server line that stand alone; every other word has an argument. */
const ALONE = /^(?:ssl|backup|disabled|check|check-ssl|send-proxy|send-proxy-v2|send-proxy-v2-ssl-cn|no-.*)$/;

interface Section {
  readonly name: string;
  readonly lines: Words[];
}

const sectionsOf = (text: string): readonly Section[] => {
  const sections: Section[] = [];
  for (const line of text.split('\n')) {
    const words = wordsOf(line) ?? ['a quote is not closed', line.trim()];
    const [first] = words;
    if (first === undefined) continue;
    if (SECTIONS.has(first) && !/^\s/.test(line)) sections.push({ name: words.slice(0, 2).join(' '), lines: [] });
    else sections.at(-1)?.lines.push(words);
  }
  return sections;
};

/** Options by name; of two with one name the last counts. */
const optionsOf = (words: Words): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const name = words[at] ?? '';
    if (ALONE.test(name)) found.set(name, '');
    else {
      at += 1;
      found.set(name, words[at] ?? '');
    }
  }
  return found;
};

/** haproxy's default, where only one side writes it out. */
const withDefaults = (options: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  options.has('ca-file') && !options.has('verify') ? new Map([...options, ['verify', 'required']]) : options;

const readerOf = (lines: readonly Words[], isModern: boolean) => {
  const fetch = (word: string): string => (isModern ? unquotedFetch(word) : word);
  const tests = new Map<string, string>();
  for (const [keyword, name = '', first = '', ...rest] of lines) {
    if (keyword !== 'acl') continue;
    // The flag that ends flags means nothing by itself.
    const dashes = rest.at(-2) === '--' ? rest.toSpliced(-2, 1) : rest;
    tests.set(name, JSON.stringify([fetch(first), ...dashes]));
  }
  /** The line with its conditions put in. */
  const rule = (words: Words): string => {
    const at = words.lastIndexOf('if');
    const [action, conditions] = at < 0 ? [words, []] : [words.slice(0, at), words.slice(at + 1)];
    const meant = conditions.map((condition) => {
      const name = condition.replace(/^!/, '');
      return `${condition === name ? '' : 'not '}${tests.get(name) ?? name}`;
    });
    const read = action[0] === 'stick' ? action.map(fetch) : action;
    return `${JSON.stringify(read)}${meant.length === 0 ? '' : ` if ${meant.join(' and ')}`}`;
  };
  return { rule };
};

const put = (meaning: Map<string, string>, name: string, value: string): void => {
  const before = meaning.get(name);
  meaning.set(name, before === undefined ? value : `${before}\n${value}`);
};

const readSection = (meaning: Map<string, string>, { name, lines }: Section, isModern: boolean): void => {
  const { rule } = readerOf(lines, isModern);
  meaning.set(name, '');
  for (const words of lines) {
    const [keyword = '', subject = '', ...rest] = words;
    if (keyword === 'acl') continue;
    if (words.slice(0, 3).join(' ') === 'http-check expect rstatus') {
      put(meaning, `${name} > expected codes`, (words[3] ?? '').split('|').sort().join(' '));
    } else if (ORDERED.has(keyword)) put(meaning, `${name} > ${keyword}`, rule(words));
    else if (keyword === 'bind' || keyword === 'server') {
      // The order of servers decides which is next, that of addresses nothing.
      const [own, options] = keyword === 'bind' ? ['', rest] : [rest[0] ?? '', rest.slice(1)];
      if (keyword === 'bind') meaning.set(`${name} > bind ${subject}`, '');
      else put(meaning, `${name} > servers`, `${subject} ${own}`);
      for (const [option, value] of withDefaults(optionsOf(options))) {
        meaning.set(`${name} > ${keyword} ${subject} ${option}`, value);
      }
    } else put(meaning, `${name} > ${words.join(' ')}`, '');
  }
};

/** @param isModern haproxy 2.2 or newer */
export const haproxyMeaning = (text: string, isModern: boolean): Meaning => {
  const meaning = new Map<string, string>();
  for (const section of sectionsOf(text)) readSection(meaning, section, isModern);
  return meaning;
};
