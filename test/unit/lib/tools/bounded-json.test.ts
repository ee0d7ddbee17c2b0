import { describe, expect, it } from 'vitest';
import { isBoundedJson } from '../../../../lib/tools/bounded-json.ts';

const BOUNDS = { levels: 32, values: 20_000, lists: true };
const bounded = (text: string, bounds = BOUNDS) => isBoundedJson(Buffer.from(text), bounds);
const nested = (levels: number, inside = '') => `${'['.repeat(levels)}${inside}${']'.repeat(levels)}`;

describe('isBoundedJson', () => {
  it('allows what a request may need', () => {
    expect(bounded(nested(32))).toBe(true);
    expect(bounded(`[${'1,'.repeat(19_999)}1]`)).toBe(true);
    expect(bounded('')).toBe(true);
  });

  it('refuses more levels and more values', () => {
    expect(bounded(nested(33))).toBe(false);
    expect(bounded('{"a":'.repeat(33))).toBe(false);
    expect(bounded(`[${'1,'.repeat(20_000)}1]`)).toBe(false);
  });

  it('refuses lists where there may be none', () => {
    const without = { ...BOUNDS, lists: false };
    expect(bounded('{"a":{"b":"[]"}}', without)).toBe(true);
    expect(bounded('{"a":[]}', without)).toBe(false);
  });

  it('counts nothing within texts', () => {
    expect(bounded(`["${'['.repeat(100)}", "\\"${'{'.repeat(100)}", "${','.repeat(30_000)}"]`)).toBe(true);
    expect(bounded(`["\\\\"${'['.repeat(40)}`)).toBe(false);
  });
});
