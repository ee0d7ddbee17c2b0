import { v4 as uuidv4 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { commitNewAmphora, getAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { settle } from '../../../../lib/repositories/locks/settlements.ts';
import { getOwnRecord } from '../../../../lib/repositories/operations/operations.ts';
import { type RoundOptions, round } from '../../../../lib/upkeep/round.ts';
import { operationHandle } from '../../../../lib/worker/operation-handle.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { flowOf } from '../repositories/support/stored.ts';

beforeAll(async () => {
  vi.stubEnv('STATE_MACHINE_ARN_PREFIX', 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy-worker-');
  await useTable();
});

afterAll(() => {
  vi.unstubAllEnvs();
});

/** So many amphorae, and an operation of each by its id. */
const fleet = async (size: number) => {
  const operations = new Map<string, Awaited<ReturnType<typeof commitNewAmphora>>>();
  for (let made = 0; made < size; made += 1) {
    const id = uuidv4();
    operations.set(id, await commitNewAmphora(id, { flow: 'create-amphora', requester }));
  }
  const operationOf = (id: string) => {
    const operation = operations.get(id);
    if (operation === undefined) throw new Error(`no operation for ${id}`);
    return operation;
  };
  return { amphorae: await Promise.all([...operations.keys()].map(getAmphora)), operationOf };
};

const end = async (id: string, { operationOf }: Awaited<ReturnType<typeof fleet>>) =>
  settle(flowOf(operationOf(id)), { changes: {}, outcome: 'SUCCEEDED' });

const options = (start: RoundOptions['start'], changes: Partial<RoundOptions> = {}): RoundOptions => ({
  atOnce: 2,
  until: Date.now() + 10_000,
  patienceMs: 5_000,
  start,
  ...changes,
});

describe('a round of upkeep', () => {
  it('has no more in flight than it may, and comes to all', async () => {
    const all = await fleet(5);
    const inFlight = { now: 0, most: 0 };
    const turns = await round(
      all.amphorae,
      options(async (id) => {
        inFlight.now += 1;
        inFlight.most = Math.max(inFlight.most, inFlight.now);
        setTimeout(() => {
          inFlight.now -= 1;
          void end(id, all);
        }, 30);
        return operationHandle(all.operationOf(id));
      }),
    );
    expect(inFlight.most).toBe(2);
    expect(turns.map(({ amphora }) => amphora.id).toSorted()).toEqual(all.amphorae.map(({ id }) => id).toSorted());
    expect(turns.every(({ outcome }) => outcome === 'done')).toBe(true);
  });

  it('gives the place of one that takes too long to the next', async () => {
    const all = await fleet(2);
    const [slow] = all.amphorae;
    const turns = await round(
      all.amphorae,
      options(
        async (id) => {
          if (id !== slow?.id) await end(id, all);
          return operationHandle(all.operationOf(id));
        },
        { atOnce: 1, patienceMs: 100 },
      ),
    );
    expect(turns.map(({ outcome }) => outcome)).toEqual(['running', 'done']);
    expect(await getOwnRecord(String(turns[0]?.operation_id))).toMatchObject({ ended_at: null });
  });

  it('begins with none when its time is over', async () => {
    const all = await fleet(2);
    const never = () => Promise.reject(new Error('must not begin'));
    expect(await round(all.amphorae, options(never, { until: Date.now() - 1 }))).toEqual([]);
  });

  it('goes on when one cannot be started, and says why', async () => {
    const all = await fleet(2);
    const [broken] = all.amphorae;
    const turns = await round(
      all.amphorae,
      options(
        async (id) => {
          if (id === broken?.id) throw new TypeError('no way');
          await end(id, all);
          return operationHandle(all.operationOf(id));
        },
        { atOnce: 1 },
      ),
    );
    expect(turns.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['unstarted', { error_name: 'TypeError', error_message: 'TypeError: no way' }],
      ['done', null],
    ]);
  });
});
