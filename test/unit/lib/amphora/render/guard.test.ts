import { describe, expect, test } from 'vitest';
import { argument, lookup, whole, word } from '../../../../../lib/amphora/render/guard.ts';
import { concat, safeText, text } from '../../../../../lib/amphora/render/text.ts';
import { UnrenderableValueError } from '../../../../../lib/errors/unrenderable-value.ts';

const subject = { kind: 'member', id: 'm1' };
const anything = () => null;

describe('a gate', () => {
  test('names the object and the field, and never the value', () => {
    const failing = () => argument(subject, 'address', 'hunter2', () => 'is bad');
    expect(failing).toThrow(new UnrenderableValueError('member', 'm1', 'address', 'is bad'));
    expect(failing).toThrow('member m1: address is bad.');
    expect(failing).not.toThrow(/hunter2/);
  });

  test.each([null, undefined, 7, {}])('refuses %j where text belongs', (value) => {
    expect(() => argument(subject, 'name', value, anything)).toThrow(UnrenderableValueError);
  });

  test.each(['', 'two words', 'a\nb', 'quo"te', 'back\\slash', 'é'])('refuses %j as a plain word', (value) => {
    expect(() => word(subject, 'name', value, anything)).toThrow(UnrenderableValueError);
  });

  test.each([Number.NaN, 1.5, 0, 257, '5', null])('refuses %j as a whole number from 1 to 256', (value) => {
    expect(() => whole(subject, 'weight', Number(value) === 5 ? JSON.parse('"5"') : value, 1, 256)).toThrow(
      UnrenderableValueError,
    );
  });

  test.each(['toString', '__proto__', 'C', null])('finds nothing for %j in a table', (value) => {
    expect(() => lookup(subject, 'type', value, { A: 1, B: 2 })).toThrow(UnrenderableValueError);
  });
});

describe('configuration text', () => {
  test('refuses what is not printable ASCII', () => {
    for (const value of ['a\nb', 'a\0', 'é', 'a\tb', 'a\r']) expect(() => safeText(value)).toThrow(RangeError);
  });

  test('takes gated text and whole numbers', () => {
    expect(text`bind ${safeText('192.0.2.1')}:${80}`).toBe('bind 192.0.2.1:80');
    expect(concat(text`a`, text`b`)).toBe('ab');
    expect(() => text`weight ${0.5}`).toThrow(RangeError);
  });
});
