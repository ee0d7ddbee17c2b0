import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../../oracle/render/compare.ts';
import { haproxyMeaning } from '../../../oracle/render/haproxy-meaning.ts';
import { unquotedFetch, wordsOf } from '../../../oracle/render/haproxy-words.ts';
import { keepalivedMeaning } from '../../../oracle/render/keepalived-meaning.ts';

describe('a line of haproxy', () => {
  it.each([
    ['a  b\tc', ['a', 'b', 'c']],
    ['a\\ b \\x41 # comment', ['a b', 'A']],
    [`"a b" 'c\\d' "e\\$f\\g" ""`, ['a b', 'c\\d', 'e$f\\g', '']],
    ['é', ['\u00c3\u00a9']],
  ])('%s is cut as haproxy cuts it', (line, words) => {
    expect(wordsOf(line)).toEqual(words);
  });

  it('has no words when a quote is not closed', () => {
    expect(wordsOf('a "b')).toBeNull();
  });

  it('has arguments of fetches that are read once more', () => {
    expect(unquotedFetch(String.raw`req.hdr(x\'y)`)).toBe("req.hdr(x'y)");
    expect(unquotedFetch('path')).toBe('path');
  });
});

describe('what a configuration means', () => {
  const base = 'backend b\n    server one 10.0.0.1:80 weight 1 check inter 5s\n    server two 10.0.0.2:80 weight 2\n';
  const differs = (other: string): readonly string[] => {
    const [mine, theirs] = [haproxyMeaning(base, true), haproxyMeaning(other, true)];
    return [...new Set([...mine.keys(), ...theirs.keys()])].filter((name) => mine.get(name) !== theirs.get(name));
  };

  it.each([
    ['a value', base.replace('5s', '6s'), ['backend b > server one inter']],
    ['a flag', base.replace(' check', ''), ['backend b > server one check']],
    [
      'the order of servers',
      `backend b\n${base.split('\n').slice(1, 3).reverse().join('\n')}`,
      ['backend b > servers'],
    ],
    ['a line', `${base}    option allbackups\n`, ['backend b > option allbackups']],
    ['a section', `${base}backend c\n`, ['backend c']],
  ])('differs by %s', (_what, other, found) => {
    expect(differs(other)).toEqual(found);
  });

  it('does not depend on spaces, comments, the names of conditions and the order of options', () => {
    const one = haproxyMeaning('frontend f\n  acl a path /x\n  use_backend b if !a\n  bind :80 ssl alpn h2', true);
    const other = haproxyMeaning(
      'frontend f # text\n  bind :80 alpn h2 ssl\n  acl z path /x\n  use_backend b if !z',
      true,
    );
    expect(one).toEqual(other);
  });

  it('depends on the order of rules', () => {
    const rules = ['http-request deny if { a }', 'http-request deny if { b }'];
    const [one, other] = [rules, rules.toReversed()].map((lines) =>
      haproxyMeaning(`frontend f\n ${lines.join('\n ')}`, true),
    );
    expect(one).not.toEqual(other);
  });

  it('of keepalived is the path of each line, and how often it is there', () => {
    expect([...keepalivedMeaning('a {\n  b {\n    c 1\n    c 1\n  }\n  d {\n  }\n}')]).toEqual([['a > b > c 1', '2']]);
  });
});

it('a difference names both sides', () => {
  expect(differencesOf({ kind: 'lvs', haproxyVersion: '2.6' }, 'a 1', 'a 2')).toEqual([
    { statement: 'a 1', ours: '1', upstream: null },
    { statement: 'a 2', ours: null, upstream: '1' },
  ]);
});
