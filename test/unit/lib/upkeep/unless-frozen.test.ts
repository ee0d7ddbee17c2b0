import { afterEach, beforeAll, expect, it } from 'vitest';
import { writeFreeze } from '../../../../lib/repositories/fleet/freeze.ts';
import { unlessFrozen } from '../../../../lib/upkeep/unless-frozen.ts';
import { useTable } from '../../../helpers/table.ts';

beforeAll(useTable);
afterEach(() => writeFreeze(null));

it('housekeeping does nothing while the worker is frozen, and answers null', async () => {
  const runs: string[] = [];
  const handler = unlessFrozen(async (event: string) => {
    runs.push(event);
    return 'done';
  });
  await writeFreeze({ reason: 'upgrade', since: '2026-11-30T10:00:00.000Z', user_id: null });
  expect(await handler('frozen')).toBeNull();
  await writeFreeze(null);
  expect(await handler('thawed')).toBe('done');
  expect(runs).toEqual(['thawed']);
});
