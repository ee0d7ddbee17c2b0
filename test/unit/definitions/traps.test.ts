import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = new URL('../../../docs/decisions/0013-traps.md', import.meta.url);

/** The table's rows: the trap, and where or why. */
const rows = [...readFileSync(page, 'utf8').matchAll(/^\| (\d+) \|[^|]*\| (.*) \|$/gm)].map(
  ([, number = '', shown = '']) => ({ number, shown }),
);

/** Files that are named, each with the test's name where it is another than the trap's. */
const filesOf = (shown: string) =>
  [...shown.matchAll(/\[[\w-]+\]\(([^)]+)\)(?:: "([^"]+)")?/g)].map(([, path = '', title]) => ({ path, title }));

const isNamed = (text: string, number: string): boolean =>
  [...text.matchAll(/'traps? ([\d, and]+)[:\s]/g)].some(([, numbers = '']) => numbers.match(/\d+/g)?.includes(number));

describe('the list of traps', () => {
  it('has all 37, each once and in their order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 37 }, (_, index) => String(index + 1)));
  });

  it.each(rows.filter(({ shown }) => filesOf(shown).length > 0))('names tests that are there: $number', (row) => {
    for (const { path, title } of filesOf(row.shown)) {
      const text = readFileSync(new URL(path, page), 'utf8');
      if (title === undefined) expect([path, isNamed(text, row.number)]).toEqual([path, true]);
      else expect(text).toContain(title);
    }
  });

  it.each(rows.filter(({ shown }) => filesOf(shown).length === 0))('gives a reason for having none: $number', (row) => {
    expect(row.shown).toMatch(/^(cannot happen|not shown yet): .{10,}/);
  });
});
