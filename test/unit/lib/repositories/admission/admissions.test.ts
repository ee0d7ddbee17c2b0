import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';

/** Settings are read once per module. */
const importLibrary = async () => {
  const [plan, turns, admissions, commits, locks, stored, settlements, line] = await Promise.all([
    import('../../../../../lib/repositories/admission/admission-plan.ts'),
    import('../../../../../lib/repositories/admission/admission-turns.ts'),
    import('../../../../../lib/repositories/admission/admissions.ts'),
    import('../../../../../lib/repositories/locks/commits.ts'),
    import('../../../../../lib/repositories/locks/lost-locks.ts'),
    import('../support/stored.ts'),
    import('../../../../../lib/repositories/locks/settlements.ts'),
    import('../support/admission-queue.ts'),
  ]);
  return { ...plan, ...turns, ...admissions, ...commits, ...locks, ...stored, ...settlements, ...line };
};
let lib: Awaited<ReturnType<typeof importLibrary>>;

beforeAll(async () => {
  await useTable();
  vi.stubEnv('BUILD_RATE_LIMIT', '1');
  vi.resetModules();
  lib = await importLibrary();
});
beforeEach(async () => await lib.emptyQueue());
afterAll(async () => {
  await lib.emptyQueue();
  vi.unstubAllEnvs();
  vi.resetModules();
});

const create = async () => await lib.commitNewLoadBalancer(newLoadBalancer(), lib.createRequest);

const admit = async (): Promise<readonly string[] | null> => {
  const turn = Number(await lib.takeTurn());
  const admitted = await lib.writeAdmission(turn, await lib.planAdmission(await lib.readAdmissions()));
  await lib.endTurn(turn);
  return admitted?.map(({ operation_id }) => operation_id) ?? null;
};

const queuedIds = async () => (await lib.listWaiting()).map(({ operation_id }) => operation_id);

describe('an operation that a limit concerns', () => {
  it('is queued from its commit on, and is admitted when there is room', async () => {
    const first = await create();
    const second = await create();
    expect(await queuedIds()).toEqual([first.id, second.id]);
    expect(await admit()).toEqual([first.id]);
    expect(await queuedIds()).toEqual([second.id]);
    expect(await lib.findQueuePosition(first)).toBeNull();
    expect(await lib.findQueuePosition(second)).toEqual({ limit: 'builds', position: 1 });
  });

  it('frees its slot only when the operation ends', async () => {
    const first = await create();
    const second = await create();
    await admit();
    expect(await admit()).toEqual([]);
    await lib.settle(lib.flowOf(first), lib.ended);
    expect(await admit()).toEqual([second.id]);
    const { holders } = await lib.readAdmissions();
    expect(holders.map(({ operation_id }) => operation_id)).toEqual([second.id]);
  });

  it('gives its slot to the one that carries it on, whatever is queued before', async () => {
    const first = await create();
    const second = await create();
    await admit();
    const { pk, sk } = lib.loadBalancerKey(first.loadbalancer_id ?? '');
    const successor = await lib.takeOverLock({ key: { pk, sk }, operationId: first.id, fence: first.fence }, first, {
      errorName: 'ExecutionLost',
      errorMessage: '',
    });
    expect(await lib.findQueuePosition(second)).toEqual({ limit: 'builds', position: 1 });
    expect(await admit()).toEqual([successor?.id]);
    expect(await admit()).toEqual([]);
    await lib.settle(lib.flowOf(successor ?? first), lib.ended);
    expect(await admit()).toEqual([second.id]);
  });

  it('is not admitted by a process whose lease expired and went to another', async () => {
    await create();
    const overdue = Number(await lib.takeTurn());
    expect(await lib.takeTurn()).toBeNull();
    const seen = await lib.planAdmission(await lib.readAdmissions());
    const { id } = await lib.storedLoadBalancer();
    const failover = await lib.commitLoadBalancerOperation(
      id,
      { ...lib.createRequest, flow: 'failover-load-balancer' },
      { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' },
    );
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11_000 });
    try {
      expect(await admit()).toEqual([failover.id]);
    } finally {
      vi.useRealTimers();
    }
    expect(seen.admitted).toHaveLength(1);
    expect(await lib.writeAdmission(overdue, seen)).toBeNull();
    expect(await admit()).toEqual([]);
  });
});

describe('an operation that no limit concerns', () => {
  it('is not queued', async () => {
    const { id } = await lib.storedLoadBalancer();
    await lib.emptyQueue();
    const update = await lib.commitLoadBalancerOperation(id, lib.updateRequest, {
      allowed: ['ACTIVE'],
      to: 'PENDING_UPDATE',
    });
    expect(lib.isLimited(update)).toBe(false);
    expect(await queuedIds()).toEqual([]);
  });
});
