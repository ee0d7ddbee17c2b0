import { beforeAll, describe, expect, it } from 'vitest';
import {
  expectHeartbeat,
  findHeartbeat,
  listSilent,
  recordHeartbeat,
} from '../../../../../lib/repositories/health/heartbeats.ts';
import { forgetHealth } from '../../../../../lib/repositories/health/reports.ts';
import { transact } from '../../../../../lib/repositories/table/transact.ts';
import { useTable } from '../../../../helpers/table.ts';

beforeAll(useTable);

const at = (second: number): string => `2020-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;

const scene = () => {
  const id = crypto.randomUUID();
  const identity = { amphora_id: id, loadbalancer_id: 'lb', zone: 'nova' };
  const record = (
    sequence: number,
    over: number | null,
    second: number,
    listeners: { reported: number; expected: number } | null = null,
  ) => recordHeartbeat({ ...identity, sequence, at: at(second), listeners }, over);
  return { id, identity, record };
};

describe('a heartbeat that is recorded', () => {
  it('counts once, also if another receiver remembers the one before it', async () => {
    const { id, record } = scene();
    expect(await record(5, null, 0)).toBeNull();
    const both = await Promise.all([record(6, 5, 10), record(6, 5, 10)]);
    expect(both.filter((refused) => refused === null)).toHaveLength(1);
    expect(both.find((refused) => refused !== null)).toMatchObject({ sequence: 6, heard_at: at(10) });
    expect(await record(6, null, 20)).toMatchObject({ sequence: 6 });
    expect(await findHeartbeat(id)).toMatchObject({ sequence: 6, well_at: at(10) });
  });

  it('begins again over the one that was recorded, and over no other', async () => {
    const { id, record } = scene();
    await record(90, null, 0);
    expect(await record(0, 89, 10)).toMatchObject({ sequence: 90 });
    expect(await record(0, 90, 10)).toBeNull();
    expect(await findHeartbeat(id)).toMatchObject({ sequence: 0 });
  });

  it('brings nothing back that was forgotten', async () => {
    const { id, record } = scene();
    await record(5, null, 0);
    await forgetHealth(id);
    expect(await record(6, 5, 10)).toBe('missing');
    expect(await findHeartbeat(id)).toBeNull();
  });

  it('is refused for the load balancer of a former time, once a spare was taken', async () => {
    const { id, identity } = scene();
    const heartbeat = { ...identity, listeners: null };
    expect(await recordHeartbeat({ ...heartbeat, loadbalancer_id: null, sequence: 5, at: at(0) }, null)).toBeNull();
    await transact([expectHeartbeat(identity, at(5))]);
    const stale = await recordHeartbeat({ ...heartbeat, loadbalancer_id: null, sequence: 6, at: at(10) }, 5);
    expect(stale).toMatchObject({ loadbalancer_id: 'lb', sequence: 5, heard_at: at(0) });
    expect(await recordHeartbeat({ ...heartbeat, sequence: 6, at: at(10) }, 5)).toBeNull();
    expect(await findHeartbeat(id)).toMatchObject({ loadbalancer_id: 'lb', sequence: 6 });
  });

  it('is no sign of life when it lacks listeners', async () => {
    const { id, record } = scene();
    await record(1, null, 0, { reported: 0, expected: 1 });
    await record(2, 1, 10, { reported: 0, expected: 1 });
    expect(await findHeartbeat(id)).toMatchObject({ heard_at: at(10), well_at: at(0) });
    await record(3, 2, 20);
    expect(await findHeartbeat(id)).toMatchObject({ heard_at: at(20), well_at: at(20), listeners: null });
  });
});

describe('stale amphorae', () => {
  it('are those that were not well since, waited for or heard, in every part of the index', async () => {
    const scenes = Array.from({ length: 20 }, scene);
    for (const [index, { identity, record }] of scenes.entries()) {
      if (index % 2 === 0) await record(1, null, index);
      else await transact([expectHeartbeat(identity, at(index))]);
    }
    const ids = new Set<string>(scenes.map(({ id }) => id));
    const silent = (await listSilent(at(7))).filter(({ amphora_id }) => ids.has(amphora_id));
    expect(silent.map(({ amphora_id }) => amphora_id).sort()).toEqual(
      scenes
        .slice(0, 7)
        .map(({ id }) => id)
        .sort(),
    );
    for (const { id } of scenes) await forgetHealth(id);
  });
});
