import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Amphora } from '../../../../../lib/models/objects/amphora.ts';
import { newAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { createAmphora, updateAmphora } from '../../../../../lib/repositories/fleet/amphorae.ts';
import { commitChange } from '../../../../../lib/repositories/locks/change-commits.ts';
import { commitLoadBalancerOperation, type NewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { settleFailed } from '../../../../../lib/repositories/locks/failed-settlement.ts';
import { beginPush } from '../../../../../lib/repositories/locks/pushes.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { getTree } from '../../../../../lib/repositories/objects/trees.ts';
import { useTable } from '../../../../helpers/table.ts';
import { changeRequest, ended, flowOf, shared, storedLoadBalancer, updateRequest } from '../support/stored.ts';

beforeAll(useTable);

const toUpdate = { allowed: ['ACTIVE'], to: 'PENDING_UPDATE', restores: true } as const;
const toFailOver = { allowed: ['ACTIVE', 'ERROR'], to: 'PENDING_UPDATE' } as const;
const toDelete = { allowed: ['ACTIVE', 'ERROR'], to: 'PENDING_DELETE', deletes: true } as const;
const nothing = shared(() => ({}));

const PUSHED = { haproxy: 'sum', lvs: { udp: 'sum' }, files: { listeners: {}, pools: {} } };

/** In ERROR, after an operation that has left it these amphorae. */
const failed = async (
  amphorae: Readonly<Record<string, Partial<Amphora>>>,
  { changes = {}, to = toUpdate }: { changes?: Partial<NewLoadBalancer>; to?: typeof toUpdate | typeof toDelete } = {},
) => {
  const { id } = await storedLoadBalancer(undefined, changes);
  const flow = flowOf(await commitLoadBalancerOperation(id, updateRequest, to));
  for (const [amphoraId, change] of Object.entries(amphorae)) {
    await createAmphora(flow, newAmphora(amphoraId, id));
    await updateAmphora(flow, amphoraId, change);
    await beginPush(flow, { amphoraId, generation: 1, sender: 'somebody' }, PUSHED);
  }
  const fence = await beginRollback(flow, { errorName: 'PortPlugError', errorMessage: 'no' });
  await settleFailed({ ...flow, fence }, 'ERROR');
  return id;
};

const STANDALONE = { status: 'ALLOCATED', role: 'STANDALONE' } as const;
const MASTER = { status: 'ALLOCATED', role: 'MASTER' } as const;
const BACKUP = { status: 'ALLOCATED', role: 'BACKUP' } as const;
const changes = { topology: 'ACTIVE_STANDBY' } as const;

/** What each of the two ways to change it answers. */
const refusals = async (id: string): Promise<readonly unknown[]> =>
  await Promise.all([
    commitChange(id, nothing).catch((error: Error) => error.message),
    commitLoadBalancerOperation(id, updateRequest, toUpdate).catch((error: Error) => error.message),
  ]);

const bothSay = (id: string, why: string) =>
  Array(2).fill(`Load Balancer ${id} is in ERROR and ${why}: delete it, or have an operator fail it over.`);

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

describe('a change of a load balancer in ERROR that has all of its amphorae', () => {
  it('restores it, and has everything sent again to those that serve', async () => {
    const id = await failed({ a: MASTER, b: BACKUP, gone: { status: 'DELETED' } }, { changes });
    const operation = await commitChange(id, nothing);
    expect(operation).toMatchObject({ flow: 'restore-load-balancer', status: 'COMMITTED' });
    const { load_balancer, amphorae } = await getTree(id);
    expect(load_balancer).toMatchObject({
      provisioning_status: 'PENDING_UPDATE',
      lock: { operation_id: operation.id, flow: 'restore-load-balancer' },
    });
    const doubted = { ...PUSHED, haproxy: expect.not.stringMatching(/^sum$/), lvs: { udp: expect.any(String) } };
    for (const { pushed, status, member_ports_unconfirmed: unconfirmed } of amphorae) {
      expect(unconfirmed === true).toBe(status !== 'DELETED');
      expect(pushed?.lvs.udp === 'sum').toBe(status === 'DELETED');
      if (status !== 'DELETED') expect(pushed).toMatchObject(doubted);
    }
  });

  it('is joined by the next ones', async () => {
    const id = await failed({ a: STANDALONE });
    const holder = await commitLoadBalancerOperation(id, updateRequest, { ...toUpdate, changes: { name: 'new' } });
    expect(holder.flow).toBe('restore-load-balancer');
    expect(await commitChange(id, nothing)).toMatchObject({ status: 'JOINED', joined_to: holder.id });
  });

  it('is granted to exactly one of many at the same moment', async () => {
    const id = await failed({ a: STANDALONE });
    const updates = Array.from({ length: 5 }, () => commitLoadBalancerOperation(id, updateRequest, toUpdate));
    const outcomes = await Promise.allSettled(updates);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is refused with STRICT_IMMUTABLE, as upstream does', async () => {
    const id = await failed({ a: STANDALONE });
    vi.stubEnv('STRICT_IMMUTABLE', 'true');
    vi.resetModules();
    const strict = await import('../../../../../lib/repositories/locks/change-commits.ts');
    const strictToo = await import('../../../../../lib/repositories/locks/commits.ts');
    const words = `Invalid state ERROR of loadbalancer resource ${id}`;
    await expect(strict.commitChange(id, nothing)).rejects.toThrow(words);
    await expect(strictToo.commitLoadBalancerOperation(id, updateRequest, toUpdate)).rejects.toThrow(words);
  });

  it('is not what the worker sends again for a late sender', async () => {
    const id = await failed({ a: STANDALONE });
    await expect(commitChange(id, { ...nothing, rows: [] })).rejects.toMatchObject({ name: 'ImmutableObjectError' });
  });
});

describe('a change of a load balancer in ERROR is refused, and says what to do,', () => {
  it('when it lacks an amphora, or one that was being built has not taken over', async () => {
    for (const amphorae of [{}, { a: MASTER }, { a: MASTER, b: { ...BACKUP, status: 'ERROR' } } as const]) {
      const id = await failed(amphorae, { changes });
      expect(await refusals(id)).toEqual(bothSay(id, 'lacks an amphora'));
    }
    const id = await failed({ a: { ...STANDALONE, role: null } });
    expect(await refusals(id)).toEqual(bothSay(id, 'lacks an amphora'));
  });

  it('when one that was to leave is still there', async () => {
    const id = await failed({ a: STANDALONE, old: { ...STANDALONE, status: 'PENDING_DELETE' } });
    expect(await refusals(id)).toEqual(bothSay(id, 'has an amphora too many'));
  });

  it('when its deletion failed, also after a failover that failed, until one succeeds', async () => {
    const id = await failed({ a: STANDALONE }, { to: toDelete });
    const incomplete = 'may be there in parts only, since its creation or deletion failed';
    expect(await refusals(id)).toEqual(bothSay(id, incomplete));
    const vain = flowOf(await commitLoadBalancerOperation(id, updateRequest, toFailOver));
    await settle(vain, { changes: { provisioning_status: 'ERROR' }, outcome: 'FAILED' });
    expect(await refusals(id)).toEqual(bothSay(id, incomplete));
    await settle(flowOf(await commitLoadBalancerOperation(id, updateRequest, toFailOver)), ended);
    const later = flowOf(await commitLoadBalancerOperation(id, updateRequest, toUpdate));
    await settle(later, { changes: { provisioning_status: 'ERROR' }, outcome: 'FAILED' });
    expect(await commitChange(id, { ...nothing, request: changeRequest })).toMatchObject({
      flow: 'restore-load-balancer',
    });
  });
});
