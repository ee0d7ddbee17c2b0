import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../../../../functions/api/dry-run/unified-diff.ts';

const HUNK = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/;

/** What comes of the text when the diff is applied; each line that stays or goes must be where the hunk says. */
const applied = (text: readonly string[], diff: string): readonly string[] => {
  const result: string[] = [];
  let at = 0;
  for (const line of diff.split('\n').slice(2, -1)) {
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      const start = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      result.push(...text.slice(at, start));
      at = start;
      expect(result).toHaveLength(Number(hunk[3]) - (hunk[4] === '0' ? 0 : 1));
      continue;
    }
    const [sign, rest] = [line.slice(0, 1), line.slice(1)];
    if (sign !== '+') {
      expect(rest).toBe(text[at]);
      at += 1;
    }
    if (sign !== '-') result.push(rest);
  }
  return [...result, ...text.slice(at)];
};

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '    server', ''), { maxLength: 40 });
const textOf = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

describe('a unified diff', () => {
  it('turns the one text into the other, and is empty for the same', () => {
    fc.assert(
      fc.property(lines, lines, (from, to) => {
        const diff = unifiedDiff('f', textOf(from), textOf(to));
        if (textOf(from) === textOf(to)) expect(diff).toBe('');
        else expect(applied(from, diff)).toEqual(to);
      }),
    );
  });

  it('is as short as can be, with three lines around what changes', () => {
    const from = Array.from({ length: 30 }, (_none, index) => `line ${index + 1}`);
    const to = from.with(9, 'other').toSpliced(20, 1);
    expect(unifiedDiff('haproxy.cfg', textOf(from), textOf(to))).toBe(
      textOf([
        ...['--- a/haproxy.cfg', '+++ b/haproxy.cfg', '@@ -7,7 +7,7 @@', ' line 7', ' line 8', ' line 9', '-line 10'],
        ...['+other', ' line 11', ' line 12', ' line 13', '@@ -18,7 +18,6 @@', ' line 18', ' line 19', ' line 20'],
        ...['-line 21', ' line 22', ' line 23', ' line 24'],
      ]),
    );
  });

  it('shows a file that comes or goes beside /dev/null', () => {
    expect(unifiedDiff('f', null, 'a\nb\n')).toBe('--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n');
    expect(unifiedDiff('f', 'a\n', null)).toBe('--- a/f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n');
    expect(unifiedDiff('f', null, null)).toBe('');
  });

  it('shows as replaced whole what differs in thousands of lines', () => {
    const [from, to] = ['a', 'b'].map((letter) => Array.from({ length: 1_000 }, (_none, at) => `${letter}${at}`));
    const diff = unifiedDiff('f', textOf(from ?? []), textOf(to ?? []));
    expect(applied(from ?? [], diff)).toEqual(to);
  });
});
