import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Amphora } from '../../../../lib/models/objects/amphora.ts';
import { commitNewAmphora, newAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { settle } from '../../../../lib/repositories/locks/settlements.ts';
import { logger } from '../../../../lib/tools/logger.ts';
import { type ConfigParts, updateAgentConfigs } from '../../../../lib/upkeep/agent-configs.ts';
import { operationHandle } from '../../../../lib/worker/operation-handle.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { flowOf } from '../repositories/support/stored.ts';

/** What is due, and what is known of heartbeats: the table has the amphorae of other tests, too. */
const known = vi.hoisted(() => ({
  due: [] as readonly Amphora[],
  mark: '',
  /** Milliseconds UTC of the latest heartbeat, by amphora; null: none has come yet. */
  heard: new Map<string, number | null>(),
  formerKey: [] as readonly string[],
}));
vi.mock('../../../../lib/repositories/fleet/amphora-lists.ts', () => ({
  listAgentConfigsDue: async (mark: string) => {
    known.mark = mark;
    return known.due;
  },
}));
vi.mock('../../../../lib/repositories/health/heartbeats.ts', () => ({
  findHeartbeat: async (id: string) => {
    const at = known.heard.get(id);
    if (at === undefined) return null;
    return { amphora_id: id, heard_at: at === null ? null : new Date(at).toISOString() };
  },
  listWithFormerKey: async () => known.formerKey.map((amphora_id) => ({ amphora_id })),
}));

beforeAll(async () => {
  vi.stubEnv('STATE_MACHINE_ARN_PREFIX', 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy-worker-');
  await useTable();
  return () => vi.unstubAllEnvs();
});
beforeEach(() => {
  known.heard.clear();
  known.formerKey = [];
  const silenced = [vi.spyOn(logger, 'error'), vi.spyOn(logger, 'warn')];
  for (const spy of silenced) spy.mockImplementation(() => undefined);
  return () => {
    for (const spy of silenced) spy.mockRestore();
  };
});

const INTERVAL = 10_000;
let created = 0;
const amphorae = (count: number, changes: Partial<Amphora> = {}) =>
  Array.from({ length: count }, (): Amphora => {
    created += 1;
    const created_at = new Date(created * 1000).toISOString();
    return { ...newAmphora(crypto.randomUUID(), 'lb'), created_at, ...changes };
  });

/** A round over these amphorae; after its update an agent sends heartbeats, or is silent. */
const update = async (
  due: readonly Amphora[],
  {
    silent = false,
    outcome = 'SUCCEEDED',
    ...changes
  }: Partial<ConfigParts> & {
    readonly silent?: boolean;
    readonly outcome?: 'SUCCEEDED' | 'FAILED';
  } = {},
) => {
  known.due = due;
  const updated: string[] = [];
  const updateAmphoraAgentConfig = async (id: string) => {
    updated.push(id);
    const operation = await commitNewAmphora(id, { flow: 'create-amphora', requester });
    await settle(flowOf(operation), { changes: {}, outcome });
    if (!silent) known.heard.set(id, Date.now() + INTERVAL + 60_000);
    return { ...operationHandle(operation), wait: () => Promise.reject(new Error('its record says how it ended')) };
  };
  const parts = { mark: 'mark', atOnce: 5, receivers: 1, intervalMs: INTERVAL, patienceMs: 0 };
  const worker = { updateAmphoraAgentConfig };
  const round = await updateAgentConfigs({ worker, ...parts, until: Date.now() + 60_000, ...changes });
  return { round, updated };
};
const ids = (list: readonly Amphora[]) => list.map(({ id }) => id);
const done = { failed: 0, left: 0, halted: false, without_receivers: false, former_key: [] };

describe('a round of agent configurations', () => {
  it('updates all agents with another mark when no heartbeat is received: a push may be what helps', async () => {
    const due = amphorae(3);
    const { round, updated } = await update(due, { silent: true });
    expect(known.mark).toBe('mark');
    expect(new Set(updated)).toEqual(new Set(ids(due)));
    expect(round).toEqual({ ...done, due: 3, updated: 3 });
  });

  it('begins with what was tried longest ago, then with the oldest', async () => {
    const tried = { last_config_update: { operation_id: 'op', at: '2026-01-01T00:00:00.000Z' } };
    const [first, second] = amphorae(2);
    const [late] = amphorae(1, tried);
    if (!first || !second || !late) throw new Error('none were made');
    const { updated } = await update([late, second, first], { atOnce: 1 });
    expect(updated).toEqual(ids([first, second, late]));
  });

  it('updates one with a recent heartbeat first, and the others once it is heard again', async () => {
    const due = amphorae(4);
    const third = String(due[2]?.id);
    known.heard.set(third, Date.now() - 3 * INTERVAL);
    const { round, updated } = await update(due);
    expect(updated[0]).toBe(third);
    expect(updated.toSorted()).toEqual(ids(due).toSorted());
    expect(round).toEqual({ ...done, due: 4, updated: 4 });
  });

  it('is halted when that one is not heard any more', async () => {
    const due = amphorae(3);
    const second = String(due[1]?.id);
    // What comes within an interval may still have been sent the old way.
    known.heard.set(second, Date.now() + INTERVAL - 1);
    const { round, updated } = await update(due, { silent: true });
    expect(updated).toEqual([second]);
    expect(round).toEqual({ ...done, due: 3, updated: 1, left: 2, halted: true });
    expect(logger.error).toHaveBeenCalledWith(expect.any(String), { amphora_id: second });
  });

  it.each([
    ['is too old', Date.now() - 3 * INTERVAL - 10_000],
    ['has never come', null],
  ])('goes by no heartbeat that %s', async (_what, at) => {
    const due = amphorae(2);
    known.heard.set(String(due[1]?.id), at);
    expect((await update(due, { silent: true })).round).toMatchObject({ updated: 2, halted: false });
  });

  it.each([
    [20, { updated: 1, halted: true }],
    [21, { updated: 21, halted: false }],
  ])('looks for a heartbeat of the first 20 alone: of %i the last one has one', async (count, outcome) => {
    const due = amphorae(count);
    known.heard.set(String(due.at(-1)?.id), Date.now());
    expect((await update(due, { silent: true })).round).toMatchObject(outcome);
  });

  it('updates nothing without receivers, and warns only when heartbeats are sent', async () => {
    const due = amphorae(2);
    expect((await update(due, { receivers: 0 })).round).toEqual({ ...done, due: 2, updated: 0, left: 2 });
    expect(logger.warn).not.toHaveBeenCalled();
    known.heard.set(String(due[0]?.id), Date.now());
    const { round, updated } = await update(due, { receivers: 0 });
    expect([round.without_receivers, round.left, updated]).toEqual([true, 2, []]);
    expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('CONTROLLER_IP_PORT_LIST'), { due: 2 });
  });

  it('looks for no heartbeat while none may run', async () => {
    const due = amphorae(1);
    known.heard.set(String(due[0]?.id), Date.now());
    expect((await update(due, { receivers: 0, atOnce: 0 })).round).toMatchObject({ without_receivers: false, left: 1 });
  });

  it('counts what failed', async () => {
    expect((await update(amphorae(1), { outcome: 'FAILED' })).round).toMatchObject({ updated: 0, failed: 1, left: 0 });
  });

  it('names up to 100 amphorae that sign with the former key', async () => {
    known.formerKey = Array.from({ length: 101 }, (_, index) => `amphora-${index}`);
    expect((await update([])).round.former_key).toEqual(known.formerKey.slice(0, 100));
  });
});
