import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '../../../../../lib/errors/conflict.ts';
import { QuotaExceededError } from '../../../../../lib/errors/quota.ts';
import { WorkerError } from '../../../../../lib/errors/worker-error.ts';
import type { Child } from '../../../../../lib/models/objects/child.ts';
import { QUOTA_RESOURCES, type QuotaResource } from '../../../../../lib/models/objects/quota.ts';
import { childrenOf } from '../../../../../lib/models/objects/tree-children.ts';
import type { FlowInput } from '../../../../../lib/models/operations/operation.ts';
import { closeForSettling, settleRows } from '../../../../../lib/repositories/locks/change-settlements.ts';
import { commitLoadBalancerOperation, commitNewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { settleFailed } from '../../../../../lib/repositories/locks/failed-settlement.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { removeChildren } from '../../../../../lib/repositories/locks/tree-removal.ts';
import { findLoadBalancer, getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { unstageRows } from '../../../../../lib/repositories/objects/staged-rows.ts';
import { getTree, readTree } from '../../../../../lib/repositories/objects/trees.ts';
import { countObjects } from '../../../../../lib/repositories/quotas/count-objects.ts';
import { changeQuota } from '../../../../../lib/repositories/quotas/quotas.ts';
import { readUsage } from '../../../../../lib/repositories/quotas/usage.ts';
import { newListener, newMember, newMonitor, newPolicy, newPool, newRule } from '../../../../fixtures/children.ts';
import { newLoadBalancer, requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { committingChanges } from '../../../functions/api/support/committing-changes.ts';

beforeAll(useTable);

const ACTIONS = [
  ...['load balancer', 'graph', 'listener', 'pool', 'member', 'member', 'monitor', 'policy', 'rule'],
  ...['batch', 'larger batch', 'take one away', 'take one away', 'delete', 'settle', 'settle', 'settle', 'fail'],
  ...['quota', 'quota'],
] as const;
interface Action {
  readonly kind: (typeof ACTIONS)[number];
  readonly pick: number;
}

/** The highest that any limit ever is. */
const CEILING: Readonly<Record<QuotaResource, number>> = {
  load_balancer: 4,
  listener: 4,
  pool: 4,
  member: 8,
  health_monitor: 3,
  l7policy: 2,
  l7rule: 2,
};

const picked = <T>(from: readonly T[], pick: number): T | undefined => from[pick % Math.max(1, from.length)];

/** What is expected where many act at once. */
const isExpected = (error: unknown): boolean =>
  error instanceof ConflictError ||
  (error instanceof WorkerError &&
    /NotFound|Superseded|Immutable|Duplicate|QuotaExceeded|ProjectBusy|RowMissing|NoSuitable/.test(error.name)) ||
  (error instanceof Error && error.message.includes('is not there'));

/** A project, and everything that actors do with it at once. */
const stage = async () => {
  const projectId = randomUUID();
  const loadBalancers = new Set<string>();
  const failures = { count: 0 };
  const worker = committingChanges(requester);
  await changeQuota(projectId, CEILING);

  const flowOf = async (id: string): Promise<FlowInput | null> => {
    const { lock } = await getLoadBalancer(id);
    if (lock === null) return null;
    return {
      ...{ operation_id: lock.operation_id, fence: lock.fence, target: 'load_balancer' },
      ...{ loadbalancer_id: id, amphora_id: null },
    };
  };

  /** As the last steps of flows do; delivered twice, at the same time. */
  const twice = async (step: () => Promise<unknown>): Promise<void> => {
    const outcomes = await Promise.allSettled([step(), step()]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected' && !isExpected(outcome.reason)) throw outcome.reason;
    }
  };

  const remove = async (flow: FlowInput, id: string) => {
    await removeChildren(flow, await getTree(id));
    await settle(flow, {
      changes: { provisioning_status: 'DELETED' },
      outcome: 'SUCCEEDED',
      gives: { projectId, amounts: { load_balancer: 1 } },
    });
  };

  const finish = async (id: string, outcome: 'settle' | 'fail'): Promise<void> => {
    const flow = await flowOf(id);
    const found = await findLoadBalancer(id);
    if (flow === null || found === null) return;
    if (found.provisioning_status === 'PENDING_DELETE') return await twice(() => remove(flow, id));
    if (outcome === 'fail') {
      failures.count += 1;
      const fence = await beginRollback(flow, { errorName: 'Error', errorMessage: 'as wanted' });
      return await twice(() =>
        settleFailed({ ...flow, fence }, found.lock?.flow === 'apply-changes' ? 'ACTIVE' : 'ERROR'),
      );
    }
    await unstageRows(flow);
    const { generation } = await getLoadBalancer(id);
    if (found.lock?.flow === 'apply-changes' && !(await closeForSettling(flow, generation))) return;
    await twice(async () => {
      await settleRows(flow, await readTree(id));
      await settle(flow, { changes: { provisioning_status: 'ACTIVE' }, outcome: 'SUCCEEDED' });
    });
  };

  const create = async (children: (owner: ReturnType<typeof newLoadBalancer>) => readonly Child[]): Promise<void> => {
    const loadBalancer = newLoadBalancer({ project_id: projectId });
    await commitNewLoadBalancer(loadBalancer, { flow: 'create-load-balancer', requester }, children(loadBalancer));
    loadBalancers.add(loadBalancer.id);
  };

  const members = (pool: ReturnType<typeof newPool>, count: number, pick: number) =>
    Array.from({ length: count }, (_, index) =>
      newMember(pool, { id: randomUUID(), protocol_port: 1 + ((pick + index * 7) % 60_000) }),
    );

  const act = async ({ kind, pick }: Action): Promise<void> => {
    if (kind === 'load balancer') return await create(() => []);
    if (kind === 'graph') {
      return await create((owner) => {
        const pool = newPool(owner);
        return [
          { kind: 'pool', object: pool },
          ...members(pool, 1 + (pick % 3), pick).map((object): Child => ({ kind: 'member', object })),
        ];
      });
    }
    if (kind === 'quota') {
      const resource = picked(QUOTA_RESOURCES, pick);
      if (resource !== undefined) await changeQuota(projectId, { [resource]: 1 + (pick % CEILING[resource]) });
      return;
    }
    const id = picked([...loadBalancers], pick);
    if (id === undefined) return;
    if (kind === 'settle' || kind === 'fail') return await finish(id, kind);
    if (kind === 'delete') {
      const deletion = { flow: 'delete-load-balancer' as const, requester };
      await commitLoadBalancerOperation(id, deletion, { allowed: ['ACTIVE', 'ERROR'], to: 'PENDING_DELETE' });
      return;
    }
    const tree = await getTree(id);
    const [listener, pool, policy] = [
      picked(tree.listeners, pick),
      picked(tree.pools, pick),
      picked(tree.l7_policies, pick),
    ];
    const of = { id, project_id: projectId };
    if (kind === 'listener') await worker.createListener(newListener(of, { protocol_port: 1 + (pick % 60_000) }));
    else if (kind === 'pool') await worker.createPool(newPool(of));
    else if (kind === 'take one away') {
      const child = picked(childrenOf(tree), pick);
      if (child?.kind === 'listener') await worker.deleteListener(child.object.id);
      else if (child?.kind === 'pool') await worker.deletePool(child.object.id);
      else if (child?.kind === 'member') await worker.deleteMember(child.object.id);
      else if (child?.kind === 'health_monitor') await worker.deleteHealthMonitor(child.object.id);
      else if (child?.kind === 'l7_policy') await worker.deleteL7Policy(child.object.id);
      else if (child?.kind === 'l7_rule') await worker.deleteL7Rule(child.object.id);
    } else if (kind === 'policy' && listener !== undefined) await worker.createL7Policy(newPolicy(listener));
    else if (kind === 'rule' && policy !== undefined) await worker.createL7Rule(newRule(policy));
    else if (pool === undefined) return;
    else if (kind === 'monitor') await worker.createHealthMonitor(newMonitor(pool));
    else if (kind === 'member') await worker.createMember(newMember(pool, { protocol_port: 1 + (pick % 60_000) }));
    else if (kind === 'batch' || kind === 'larger batch') {
      const wanted = members(pool, kind === 'batch' ? 1 + (pick % 3) : 4, pick);
      await worker.batchUpdateMembers(
        pool.id,
        wanted.map((member) => ({ member, updates: {} })),
      );
    }
  };

  /** Members that are to stay. */
  const stayingMembers = async (): Promise<number> => {
    const trees = await Promise.all([...loadBalancers].map((id) => getTree(id)));
    return trees
      .flatMap((tree) => tree.members)
      .filter(({ provisioning_status: status }) => status !== 'PENDING_DELETE').length;
  };

  const furnished = (owner: ReturnType<typeof newLoadBalancer>): readonly Child[] => {
    const [listener, pool] = [newListener(owner), newPool(owner)];
    const policy = newPolicy(listener);
    return [
      { kind: 'listener', object: listener },
      { kind: 'pool', object: pool },
      { kind: 'health_monitor', object: newMonitor(pool) },
      { kind: 'l7_policy', object: policy },
      { kind: 'l7_rule', object: newRule(policy) },
      ...members(pool, 2, 100).map((object): Child => ({ kind: 'member', object })),
    ];
  };
  await create(furnished);
  await create(furnished);
  for (const id of loadBalancers) await finish(id, 'settle');

  return { projectId, loadBalancers, act, finish, failures, stayingMembers };
};

const action = fc.record({ kind: fc.constantFrom(...ACTIONS), pick: fc.nat(59_999) });
/** An actor that does each once: while the others have not used up the room, most of it succeeds. */
const each = [...new Set(ACTIONS)].map((kind, index): Action => ({ kind, pick: 7 * index }));
const actors = fc.array(fc.array(action, { minLength: 6, maxLength: 12 }), { minLength: 6, maxLength: 10 });

describe('the quota of a project that many use at once', () => {
  const seen = { refused: 0, done: new Map<Action['kind'], number>() };

  it('is never exceeded, and what is counted is what is there', async () => {
    await fc.assert(
      fc.asyncProperty(actors, async (schedule) => {
        const { projectId, loadBalancers, act, finish, failures, stayingMembers } = await stage();
        const perform = async (actions: readonly Action[]): Promise<void> => {
          for (const one of actions) {
            try {
              await act(one);
              seen.done.set(one.kind, (seen.done.get(one.kind) ?? 0) + 1);
            } catch (error) {
              if (!isExpected(error)) throw error;
              if (error instanceof QuotaExceededError) seen.refused += 1;
            }
            const { inUse } = await readUsage(projectId);
            // A batch that replaces members has both for a while.
            for (const resource of QUOTA_RESOURCES.filter((name) => name !== 'member')) {
              expect(inUse?.[resource], resource).toBeLessThanOrEqual(CEILING[resource]);
            }
          }
        };
        await Promise.all([each, ...schedule].map(perform));
        const { inUse } = await readUsage(projectId);
        const { counts, settled } = await countObjects(projectId);
        expect([settled, inUse ?? counts]).toEqual([true, counts]);
        for (const id of loadBalancers) await finish(id, 'settle');
        // A replacement that failed leaves both.
        if (failures.count === 0) expect(await stayingMembers()).toBeLessThanOrEqual(CEILING.member);
        const atRest = (await readUsage(projectId)).inUse;
        expect(atRest ?? counts).toEqual((await countObjects(projectId)).counts);
      }),
      { seed: 20_261_125, numRuns: 6, endOnFailure: true },
    );
    expect(seen.refused).toBeGreaterThan(20);
    for (const kind of ACTIONS) expect(seen.done.get(kind) ?? 0, kind).toBeGreaterThan(0);
  });
});
