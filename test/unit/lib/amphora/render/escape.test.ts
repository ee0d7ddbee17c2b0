import { describe, expect, test } from 'vitest';
import { asStored } from '../../../../../lib/amphora/render/digest.ts';
import {
  fetchArgument,
  haproxyArgument,
  logFormatText,
  percentEncodedPath,
} from '../../../../../lib/amphora/render/escape.ts';

describe('haproxyArgument', () => {
  test.each([
    ['plain', 'plain'],
    ['a b', 'a\\ b'],
    ['a\\b', 'a\\\\b'],
    ['#"\'', '\\#\\"\\\''],
    ['a\tb\nc', 'a\\x09b\\x0ac'],
    ['é€😀', '\\xc3\\xa9\\xe2\\x82\\xac\\xf0\\x9f\\x98\\x80'],
    ['$HOME{}%[x]', '$HOME{}%[x]'],
  ])('writes %j as %j', (value, written) => {
    expect(haproxyArgument(value)).toBe(written);
  });

  test.each(['group', 'groups', 'a group', 'group x', 'x group y'])('leaves no %j for the agent to strip', (value) => {
    const line = `    acl a path -m str ${haproxyArgument(value)}\n    next line`;
    expect(asStored(line)).toBe(line);
  });
});

describe('fetchArgument', () => {
  test('protects quotes and backslashes twice where they are read twice', () => {
    expect(fetchArgument("it's#", true)).toBe("it\\\\\\'s\\#");
    expect(fetchArgument("it's#", false)).toBe("it\\'s\\#");
  });
});

test('logFormatText keeps a percent sign from being a variable', () => {
  expect(logFormatText('a %[src] b')).toBe('a\\ %%[src]\\ b');
});

test('percentEncodedPath leaves an encoded path as it is', () => {
  expect(percentEncodedPath('/a%20b/?c=d&e=(f),*')).toBe('/a%20b/?c=d&e=(f),*');
});
