import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ROWS as API_ROWS } from '../../../oracle/api/differences.ts';
import { ROWS } from '../../../oracle/render/differences.ts';
import { STATUS_ROWS } from '../../../oracle/statuses/differences.ts';

const documented = async (): Promise<readonly string[]> => {
  const page = await readFile(new URL('../../../../docs/differences.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^\| ([a-z0-9-]+) \|(?: [^|]+ \|){4}$/gm)].flatMap(([, id]) => id ?? []);
};

describe('a deliberate difference', () => {
  it.each([...Object.entries(ROWS), ['statuses', STATUS_ROWS] as const, ['the API', API_ROWS] as const])(
    'of %s is a row of docs/differences.md, with what differs, both behaviors and the reason',
    async (_part, rows) => {
      expect(await documented()).toEqual(expect.arrayContaining(rows.map(({ id }) => id)));
    },
  );

  it('is documented once', async () => {
    const ids = await documented();
    expect(ids).toEqual([...new Set(ids)]);
  });
});
