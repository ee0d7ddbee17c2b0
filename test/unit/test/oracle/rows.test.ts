import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ROWS as API_ROWS } from '../../../oracle/api/differences.ts';
import { ROWS } from '../../../oracle/render/differences.ts';
import { STATUS_ROWS } from '../../../oracle/statuses/differences.ts';

const ID = /^\| ([a-z0-9-]+) \|(?: [^|]+ \|){4}$/gm;
const page = await readFile(new URL('../../../../docs/differences.md', import.meta.url), 'utf8');
const [compared = '', beyond = ''] = page
  .split('## Beyond the comparison')
  .map((part) => [...part.matchAll(ID)].map(([, id]) => id ?? ''))
  .map((ids) => ids.filter((id) => id !== 'id'));
const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(({ id }) => id);

describe('a deliberate difference', () => {
  it('has a row of docs/differences.md, with what differs, both behaviors and the reason, and a condition', () => {
    const conditions = [...Object.values(ROWS).flatMap(idsOf), ...idsOf(STATUS_ROWS), ...idsOf(API_ROWS)];
    expect([...new Set(conditions)].toSorted()).toEqual([...compared].toSorted());
  });

  it('is documented once', () => {
    const ids = [...compared, ...beyond];
    expect(ids).toEqual([...new Set(ids)]);
    expect(beyond.length).toBeGreaterThan(0);
  });

  it('of the API has one condition', () => {
    expect(idsOf(API_ROWS)).toEqual([...new Set(idsOf(API_ROWS))]);
  });
});
