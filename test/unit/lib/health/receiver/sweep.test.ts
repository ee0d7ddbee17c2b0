import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AlarmDetail } from '../../../../../lib/health/alarm.ts';
import { createReceiverHealth } from '../../../../../lib/health/receiver/receiver-health.ts';
import { createSweep, type SweepOptions } from '../../../../../lib/health/receiver/sweep.ts';
import {
  expectHeartbeat,
  findHeartbeat,
  listSilent,
  recordHeartbeat,
} from '../../../../../lib/repositories/health/heartbeats.ts';
import { putReceiver, readGovernor } from '../../../../../lib/repositories/health/receivers.ts';
import { forgetHealth } from '../../../../../lib/repositories/health/reports.ts';
import { transact } from '../../../../../lib/repositories/table/transact.ts';
import { useTable } from '../../../../helpers/table.ts';
import { watched } from './support.ts';

beforeAll(useTable);

/** The whole index belongs to a test: what earlier ones left is taken away. */
beforeEach(async () => {
  for (const { amphora_id } of await listSilent('9999')) await forgetHealth(amphora_id);
});

const START = Date.parse('2030-01-01T00:00:00.000Z');
let era = 0;

/** A clock of its own, later than every earlier test's, so that no lease is left; and what was raised. */
const sweeping = (options: Partial<SweepOptions> = {}) => {
  era += 1;
  let clock = START + era * 86_400_000;
  const now = () => clock;
  const raised: AlarmDetail[] = [];
  const receiverHealth = createReceiverHealth(now);
  const heard = new Map<string | null, number>();
  const sweep = createSweep({
    receiverId: `receiver-${era}`,
    now,
    receiverHealth,
    known: { heardSince: () => heard },
    intervalMs: 10_000,
    missedHeartbeats: 2,
    timeoutMs: 60_000,
    checkMs: 3_000,
    thresholds: { atLeast: 10, percent: 20 },
    receivers: 1,
    raise: async (alarms) => void raised.push(...alarms),
    ...options,
  });
  /** Time goes by, a look every three seconds. */
  const pass = async (seconds: number) => {
    let result = null;
    for (let passed = 0; passed < seconds; passed += 3) {
      clock += Math.min(3, seconds - passed) * 1000;
      result = await sweep();
    }
    return result;
  };
  const heartbeat = async (id: string, zone = 'nova') => {
    const at = new Date(clock).toISOString();
    await recordHeartbeat({ amphora_id: id, loadbalancer_id: null, zone, sequence: 1, at, listeners: null }, null);
  };
  return {
    now,
    raised,
    receiverHealth,
    heard,
    sweep,
    pass,
    heartbeat,
    skip: (seconds: number) => {
      clock += seconds * 1000;
    },
    silent: async (count: number, zone = 'nova') => {
      const ids = Array.from({ length: count }, () => crypto.randomUUID());
      for (const id of ids) await heartbeat(id, zone);
      return ids;
    },
  };
};

describe('the sweep for stale amphorae', () => {
  it('raises an alarm after two missing heartbeats, and again while nothing is done', async () => {
    const { silent, heard, pass, raised } = sweeping();
    heard.set('nova', 9);
    const [id] = await silent(1);
    await pass(21);
    expect(raised).toEqual([]);
    await pass(3);
    expect(raised).toMatchObject([{ amphora_id: id, reason: 'SILENT', stale: false }]);
    await pass(12);
    expect(raised).toHaveLength(2);
    await pass(36);
    expect(raised.at(-1)).toMatchObject({ amphora_id: id, stale: true });
  });

  it('raises one for an amphora that was never heard from, and for one that lacks listeners', async () => {
    const { heard, pass, raised, now } = sweeping();
    heard.set('nova', 9);
    const [never, lacking] = [crypto.randomUUID(), crypto.randomUUID()];
    const since = new Date(now()).toISOString();
    await transact([expectHeartbeat({ amphora_id: never, loadbalancer_id: null, zone: 'nova' }, since)]);
    const heartbeat = {
      amphora_id: lacking,
      loadbalancer_id: null,
      zone: 'nova',
      sequence: 1,
      at: since,
      listeners: null,
    };
    await recordHeartbeat(heartbeat, null);
    await pass(21);
    const at = new Date(now()).toISOString();
    await recordHeartbeat({ ...heartbeat, sequence: 2, at, listeners: { reported: 0, expected: 1 } }, 1);
    await pass(6);
    const reasons = Object.fromEntries(raised.map(({ amphora_id, reason }) => [amphora_id, reason]));
    expect(reasons).toEqual({ [never]: 'NEVER_HEARD', [lacking]: 'LISTENERS_MISSING' });
  });

  it('does not count the time in which it could not receive', async () => {
    const { silent, heard, receiverHealth, pass, raised } = sweeping();
    heard.set('nova', 9);
    await silent(1);
    await pass(20);
    receiverHealth.failed('table');
    await pass(60);
    expect(raised).toEqual([]);
    receiverHealth.works('table');
    await pass(21);
    expect(raised).toEqual([]);
    await pass(3);
    expect(raised).toHaveLength(1);
  });

  it('does not count the time in which it stood still itself', async () => {
    const { silent, heard, pass, skip, raised } = sweeping();
    heard.set('nova', 9);
    await silent(1);
    skip(600);
    await pass(24);
    expect(raised).toEqual([]);
    await pass(3);
    expect(raised).toHaveLength(1);
  });

  it('raises again what could not be raised, and goes on', async () => {
    let away = true;
    const told: AlarmDetail[] = [];
    const raise = async (alarms: readonly AlarmDetail[]) => {
      if (away && alarms.length > 0) throw new Error('EventBridge is away');
      told.push(...alarms);
    };
    const { silent, heard, pass } = sweeping({ raise });
    heard.set('nova', 9);
    await silent(1);
    expect(await pass(24)).toMatchObject({ silent: 1, raised: 0, refusal: 'Error: EventBridge is away' });
    away = false;
    expect(await pass(3)).toMatchObject({ raised: 1, refusal: null });
    expect(told).toHaveLength(1);
  });

  it('is done by one receiver, and by another as soon as that one is dead', async () => {
    const { silent, heard, pass, now } = sweeping();
    heard.set('nova', 9);
    await silent(1);
    expect(await pass(27)).toMatchObject({ silent: 1 });
    const other = createSweep({
      receiverId: 'another',
      now,
      receiverHealth: createReceiverHealth(() => now() - 3_600_000),
      known: { heardSince: () => new Map() },
      intervalMs: 10_000,
      missedHeartbeats: 2,
      timeoutMs: 60_000,
      checkMs: 3_000,
      thresholds: { atLeast: 10, percent: 20 },
      receivers: 2,
      raise: async () => undefined,
    });
    expect(await other()).toBeNull();
  });

  it('allows for a receiver that is not there, since it takes every second heartbeat with it', async () => {
    const alone = sweeping({ receivers: 2 });
    alone.heard.set('nova', 9);
    const [first] = await alone.silent(1);
    await alone.pass(30);
    expect(alone.raised).toEqual([]);
    await alone.pass(3);
    expect(alone.raised).toHaveLength(1);
    await forgetHealth(String(first));
    const both = sweeping({ receivers: 2 });
    both.heard.set('nova', 9);
    await both.silent(1);
    const word = { started_at: '2026-01-01T00:00:00.000Z', healthy_since: null, amphorae: 0, datagrams: {} };
    const seen_at = new Date(both.now()).toISOString();
    for (const id of ['one', 'two']) await putReceiver({ ...word, id, seen_at });
    await both.pass(27);
    expect(both.raised).toHaveLength(1);
  });
});

describe('trap 18: a storm', () => {
  it('suspends failovers in its zone alone, is visible, and ends by itself', async () => {
    const { silent, heard, pass, raised, now, heartbeat } = sweeping();
    heard.set('west', 100).set('east', 30);
    const [calm] = await silent(1, 'west');
    const stormy = (await watched(Array.from({ length: 12 }, () => ({ cached_zone: 'east' })))).amphoraIds;
    for (const id of stormy) await heartbeat(id, 'east');
    await pass(27);
    expect(raised.map(({ amphora_id }) => amphora_id)).toEqual([calm]);
    expect((await readGovernor(new Date(now()).toISOString())).storms).toMatchObject([
      { zone: 'east', silent: 12, known: 42 },
    ]);
    for (const id of stormy.slice(1)) await forgetHealth(id);
    for (const id of stormy.slice(1)) await heartbeat(id, 'east');
    await pass(12);
    expect(new Set(raised.map(({ amphora_id }) => amphora_id))).toEqual(new Set([calm, stormy[0]]));
    expect((await readGovernor(new Date(now()).toISOString())).storms).toEqual([]);
  });

  it('is measured by all that are well, also those that only other receivers hear', async () => {
    const { heard, silent, pass, raised, now, heartbeat } = sweeping({ receivers: 2 });
    heard.set('nova', 5);
    const word = { started_at: '2026-01-01T00:00:00.000Z', healthy_since: null, amphorae: 0, datagrams: {} };
    const say = async () => {
      const seen_at = new Date(now()).toISOString();
      for (const id of ['one', 'two']) await putReceiver({ ...word, id, seen_at });
    };
    await say();
    await silent(10);
    await pass(15);
    // Ten of sixty are fewer than a fifth, and ten of fifteen are not.
    for (let well = 0; well < 50; well += 1) await heartbeat(crypto.randomUUID());
    await say();
    expect(await pass(9)).toMatchObject({ silent: 10, storms: [], doubtsObserver: false });
    expect(raised).toHaveLength(10);
  });

  it('of all amphorae at once is blamed on the receiver until they are stale', async () => {
    const { silent, pass, raised } = sweeping();
    await silent(3);
    expect(await pass(57)).toMatchObject({ silent: 3, raised: 0, doubtsObserver: true });
    await pass(6);
    expect(raised).toHaveLength(3);
  });

  it('is not made of amphorae that are no more', async () => {
    const { heard, pass, raised, heartbeat } = sweeping();
    heard.set('nova', 20);
    const site = await watched([{ status: 'DELETED' }]);
    const missing = [...site.amphoraIds, ...Array.from({ length: 11 }, () => crypto.randomUUID())];
    for (const id of missing) await heartbeat(id);
    expect(await pass(24)).toMatchObject({ silent: 12, raised: 0 });
    for (const id of missing) expect(await findHeartbeat(id)).toBeNull();
    expect(await pass(3)).toMatchObject({ silent: 0, storms: [] });
    expect(raised).toEqual([]);
  });
});
