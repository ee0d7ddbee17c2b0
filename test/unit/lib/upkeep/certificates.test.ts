import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ImmutableObjectError } from '../../../../lib/errors/flow.ts';
import { AmphoraNotFound, LBNotFound } from '../../../../lib/errors/not-found.ts';
import type { Amphora } from '../../../../lib/models/objects/amphora.ts';
import { commitNewAmphora, newAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { updateAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import { beginRollback, settle } from '../../../../lib/repositories/locks/settlements.ts';
import { logger } from '../../../../lib/tools/logger.ts';
import { CERTIFICATE_ALARM, type RotationParts, rotateCertificates } from '../../../../lib/upkeep/certificates.ts';
import { type OperationHandle, operationHandle } from '../../../../lib/worker/operation-handle.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { flowOf } from '../repositories/support/stored.ts';

/** What is due: the table has the amphorae of other tests, too. */
const due = vi.hoisted((): { list: readonly Amphora[]; asked: unknown[] } => ({ list: [], asked: [] }));
vi.mock('../../../../lib/repositories/fleet/amphora-lists.ts', () => ({
  listCertificatesDue: async (...terms: readonly unknown[]) => {
    due.asked = [...terms];
    return due.list;
  },
}));

beforeAll(async () => {
  vi.stubEnv('STATE_MACHINE_ARN_PREFIX', 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy-worker-');
  await useTable();
  return () => vi.unstubAllEnvs();
});
beforeEach(() => {
  const silenced = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
  return () => silenced.mockRestore();
});

const BUFFER = 1_000;
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

type Ending = 'SUCCEEDED' | 'FAILED' | 'AmphoraIdentityError' | 'running';

/** The rotation of an amphora, which ends so; an amphora in the table that has the issuer afterwards. */
const rotation = async (id: string, ending: Ending, cert_issuer: string): Promise<OperationHandle> => {
  const operation = await commitNewAmphora(id, { flow: 'create-amphora', requester });
  const flow = flowOf(operation);
  await updateAmphora(flow, id, { cert_issuer });
  if (ending === 'SUCCEEDED') await settle(flow, { changes: {}, outcome: 'SUCCEEDED' });
  else if (ending !== 'running') {
    const errorName = ending === 'FAILED' ? 'AmphoraRequestError' : ending;
    const fence = await beginRollback(flow, { errorName, errorMessage: `why ${id}` });
    await settle(flowOf(operation, fence), { changes: {}, outcome: 'FAILED' });
  }
  return { ...operationHandle(operation), wait: () => Promise.reject(new Error('its record says how it ended')) };
};

/** A round over these amphorae; each rotation ends as `endings` say, by amphora. */
const rotate = async (
  list: readonly Amphora[],
  {
    endings = new Map<string, Ending>(),
    issuer = 'wanted',
    failover = async () => undefined,
    ...changes
  }: Partial<RotationParts> & {
    readonly endings?: ReadonlyMap<string, Ending>;
    /** Of the new certificates. */
    readonly issuer?: string;
    readonly failover?: (id: string) => Promise<unknown>;
  } = {},
) => {
  due.list = list;
  const events: unknown[] = [];
  const rotated: string[] = [];
  const failedOver: string[] = [];
  const worker: RotationParts['worker'] = {
    rotateAmphoraCertificate: async (id) => {
      rotated.push(id);
      return await rotation(id, endings.get(id) ?? 'SUCCEEDED', issuer);
    },
    failoverAmphora: async (id, terms) => {
      expect(terms?.allowed).toContain('ACTIVE');
      failedOver.push(id);
      await failover(id);
      return { operationId: '', executionArn: '', resourceId: id, wait: () => Promise.reject(new Error()) };
    },
  };
  const putEvents: RotationParts['putEvents'] = async (type, details) => {
    for (const detail of details) events.push({ type, ...detail });
  };
  const parts = { worker, putEvents, expiryBuffer: BUFFER, issuer: 'wanted', atOnce: 5, expiredFailover: false };
  const round = await rotateCertificates({ ...parts, until: Date.now() + 60_000, ...changes });
  return { round, events, rotated, failedOver };
};

const ending = (seconds: number | null, changes: Partial<Amphora> = {}): Amphora => ({
  ...newAmphora(crypto.randomUUID(), 'lb'),
  cert_expiration: seconds === null ? null : inSeconds(seconds),
  ...changes,
});
const endings = (amphora: Amphora, how: Ending) => new Map([[amphora.id, how]]);

describe('a round of rotations', () => {
  it('asks for what ends within the buffer or is of another authority, and rotates it', async () => {
    const amphorae = [ending(BUFFER - 100), ending(10)];
    const began = Date.now();
    const { round, events, rotated } = await rotate(amphorae);
    const [before, issuer] = due.asked;
    expect(Date.parse(String(before)) - began - BUFFER * 1000).toBeLessThan(60_000);
    expect(Date.parse(String(before)) - began).toBeGreaterThanOrEqual(BUFFER * 1000);
    expect(issuer).toBe('wanted');
    expect(rotated.toSorted()).toEqual(amphorae.map(({ id }) => id).toSorted());
    expect(round).toEqual({ due: 2, rotated: 2, failed: 0, left: 0, halted: false, alarms: [], failed_over: [] });
    expect(events).toEqual([]);
  });

  it('rotates first what was tried longest ago, then what ends first', async () => {
    const tried = (at: string) => ({ last_rotation: { operation_id: 'op', at } });
    const [never, soon, long, late] = [
      ending(90),
      ending(30),
      ending(10, tried('2026-01-01T00:00:00.000Z')),
      ending(5, tried('2026-02-01T00:00:00.000Z')),
    ];
    const { rotated } = await rotate([late, long, never, soon], { atOnce: 1 });
    expect(rotated).toEqual([soon, never, long, late].map(({ id }) => id));
  });

  it('counts what failed, what runs, and what had no turn', async () => {
    const [failing, running] = [ending(900), ending(900)];
    const how = new Map<string, Ending>([
      [failing.id, 'FAILED'],
      [running.id, 'running'],
    ]);
    expect((await rotate([failing, running], { endings: how })).round).toMatchObject({
      rotated: 0,
      failed: 1,
      left: 1,
    });
    expect((await rotate([failing], { until: 0 })).round).toMatchObject({ due: 1, rotated: 0, failed: 0, left: 1 });
  });

  it('counts an amphora that is no more as nothing', async () => {
    const gone = ending(10);
    const worker: RotationParts['worker'] = {
      rotateAmphoraCertificate: (id) => Promise.reject(new AmphoraNotFound(id)),
      failoverAmphora: () => Promise.reject(new Error()),
    };
    expect((await rotate([gone], { worker })).round).toEqual({
      due: 1,
      rotated: 0,
      failed: 0,
      left: 0,
      halted: false,
      alarms: [],
      failed_over: [],
    });
  });
});

describe('certificates of another authority', () => {
  const others = () => [1, 2, 3].map(() => ending(BUFFER * 10));

  it('are all rotated once the first new one is of the wanted authority', async () => {
    const list = others();
    const { round, rotated } = await rotate(list);
    expect(round).toMatchObject({ rotated: 3, halted: false });
    expect(new Set(rotated)).toEqual(new Set(list.map(({ id }) => id)));
  });

  it('are halted behind the first when its new one is of another authority again; what ends soon is not', async () => {
    const soon = ending(10);
    const { round, rotated } = await rotate([...others(), soon], { issuer: 'another' });
    expect(round).toMatchObject({ due: 4, rotated: 2, left: 2, halted: true });
    expect(rotated[0]).toBe(soon.id);
    expect(logger.error).toHaveBeenCalledWith(expect.stringContaining('SERVER_CA_PRIVATE_KEY'), {
      amphora_id: rotated[1],
    });
  });
});

describe('an alarm about a certificate', () => {
  it('is raised when half of the buffer is left and it was not rotated', async () => {
    const [half, more] = [ending(BUFFER / 2 - 60), ending(BUFFER / 2 + 60)];
    const { round, events } = await rotate([half, more], { until: 0 });
    expect(round.alarms).toEqual([
      {
        amphora_id: half.id,
        loadbalancer_id: 'lb',
        cert_expiration: half.cert_expiration,
        expired: false,
        operation_id: null,
        error_name: null,
        error_message: null,
        advice: expect.stringContaining('tried again'),
      },
    ]);
    expect(events).toEqual([{ type: CERTIFICATE_ALARM, ...round.alarms[0] }]);
  });

  it('carries why the rotation failed in this round, or in the one before', async () => {
    const failing = ending(10);
    const { round } = await rotate([failing], { endings: endings(failing, 'FAILED') });
    const why = { error_name: 'AmphoraRequestError', error_message: `why ${failing.id}` };
    expect(round.alarms).toMatchObject([{ operation_id: expect.any(String), ...why }]);
    const operation_id = String(round.alarms[0]?.operation_id);
    const later = ending(10, { last_rotation: { operation_id, at: '' } });
    expect((await rotate([later], { until: 0 })).round.alarms).toMatchObject([{ operation_id, ...why }]);
  });

  it('names a former rotation whose record has expired', async () => {
    const operation_id = crypto.randomUUID();
    const amphora = ending(10, { last_rotation: { operation_id, at: '' } });
    expect((await rotate([amphora], { until: 0 })).round.alarms).toMatchObject([
      { operation_id, error_name: null, error_message: null },
    ]);
  });

  it.each([
    ['an amphora of a load balancer', 'lb', 'fail its load balancer over'],
    ['a spare', null, 'delete it'],
  ])('of an expired certificate advises what can be done about %s', async (_what, load_balancer_id, advice) => {
    const expired = ending(-10, { load_balancer_id });
    const { round } = await rotate([expired], { until: 0 });
    expect(round.alarms).toMatchObject([{ expired: true, advice: expect.stringContaining(advice) }]);
  });

  it('takes a certificate whose end is not known for expired', async () => {
    expect((await rotate([ending(null)], { until: 0 })).round.alarms).toMatchObject([{ expired: true }]);
  });

  it('is sent before anything is failed over, and its failure fails the round', async () => {
    const expired = ending(-10);
    const round = rotate([expired], {
      endings: endings(expired, 'AmphoraIdentityError'),
      expiredFailover: true,
      putEvents: () => Promise.reject(new Error('no bus')),
      failover: () => Promise.reject(new Error('too early')),
    });
    await expect(round).rejects.toThrow('no bus');
  });
});

describe('the failover of amphorae with an expired certificate', () => {
  const refused = (amphora: Amphora, failover?: (id: string) => Promise<unknown>) =>
    rotate([amphora], {
      endings: endings(amphora, 'AmphoraIdentityError'),
      expiredFailover: true,
      ...(failover && { failover }),
    });

  it('starts where it is asked for, and the agent was refused just now', async () => {
    const expired = ending(-10);
    expect((await refused(expired)).round.failed_over).toEqual([expired.id]);
  });

  it.each<[string, Parameters<typeof rotate>[1], number, Ending]>([
    ['it is not asked for', { expiredFailover: false }, -10, 'AmphoraIdentityError'],
    ['the certificate has not expired', {}, 60, 'AmphoraIdentityError'],
    ['the rotation failed for another reason', {}, -10, 'FAILED'],
    ['the certificate was rotated', {}, -10, 'SUCCEEDED'],
    ['none may run', { atOnce: 0 }, -10, 'AmphoraIdentityError'],
  ])('does not start when %s', async (_why, options, seconds, how) => {
    const amphora = ending(seconds);
    const { failedOver, round } = await rotate([amphora], {
      endings: endings(amphora, how),
      expiredFailover: true,
      ...options,
    });
    expect([failedOver, round.failed_over]).toEqual([[], []]);
  });

  it('starts no more than may run at once', async () => {
    const list = [ending(-10), ending(-10)];
    const how = new Map(list.map(({ id }) => [id, 'AmphoraIdentityError' as const]));
    expect((await rotate(list, { endings: how, expiredFailover: true, atOnce: 1 })).failedOver).toHaveLength(1);
  });

  it.each([
    new ImmutableObjectError('loadbalancer', 'lb', 'PENDING_UPDATE'),
    new AmphoraNotFound('a'),
    new LBNotFound('lb'),
  ])('is left to the next round after $name', async (error) => {
    expect((await refused(ending(-10), () => Promise.reject(error))).round.failed_over).toEqual([]);
  });

  it('fails the round for an unforeseen reason', async () => {
    await expect(refused(ending(-10), () => Promise.reject(new TypeError('unforeseen')))).rejects.toThrow('unforeseen');
  });
});
