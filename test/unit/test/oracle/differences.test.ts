import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROWS } from '../../../oracle/api/differences.ts';

const page = readFileSync(new URL('../../../../docs/differences.md', import.meta.url), 'utf8');
const documented = [...page.matchAll(/^\| ([a-z0-9-]+) \|/gm)].map(([, id]) => id).filter((id) => id !== 'id');

describe('deliberate differences from upstream', () => {
  it('are in the page, each of those the suite excuses', () => {
    expect(ROWS.map(({ id }) => id).filter((id) => !documented.includes(id))).toEqual([]);
  });

  it('have one row each', () => {
    expect(documented).toEqual([...new Set(documented)]);
    expect(ROWS.map(({ id }) => id)).toEqual([...new Set(ROWS.map(({ id }) => id))]);
  });
});
