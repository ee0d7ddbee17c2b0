import { beforeAll, describe, expect, it } from 'vitest';
import { DuplicateIdError, ImmutableObjectError, OperationSuperseded } from '../../../../../lib/errors/flow.ts';
import { LBNotFound } from '../../../../../lib/errors/not-found.ts';
import type { FlowInput, Operation } from '../../../../../lib/models/operations/operation.ts';
import { ProvisioningStatus } from '../../../../../lib/models/statuses.ts';
import { commitLoadBalancerOperation, commitNewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { getLoadBalancer, listLoadBalancers } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { beginStep, endStep, getOperation } from '../../../../../lib/repositories/operations/operations.ts';
import { newLoadBalancer, requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';

beforeAll(useTable);

const create = { flow: 'create-load-balancer' as const, requester };
const update = { flow: 'update-load-balancer' as const, requester };
const toUpdate = { allowed: [ProvisioningStatus.ACTIVE], to: ProvisioningStatus.PENDING_UPDATE };

const flowOf = (operation: Operation, fence = operation.fence): FlowInput => ({
  operation_id: operation.id,
  fence,
  target: operation.target,
  loadbalancer_id: operation.loadbalancer_id,
  amphora_id: operation.amphora_id,
});

const activeLoadBalancer = async () => {
  const loadBalancer = newLoadBalancer();
  const operation = await commitNewLoadBalancer(loadBalancer, create);
  await settle(flowOf(operation), { changes: { provisioning_status: 'ACTIVE' }, outcome: 'SUCCEEDED' });
  return loadBalancer;
};

describe('the commit of a new load balancer', () => {
  it('writes the row with its lock and the operation at once', async () => {
    const loadBalancer = newLoadBalancer();
    const operation = await commitNewLoadBalancer(loadBalancer, create);
    const row = await getLoadBalancer(loadBalancer.id);
    expect(row).toMatchObject({
      ...loadBalancer,
      fence: 1,
      generation: 1,
      lock: { operation_id: operation.id, fence: 1 },
    });
    expect(await getOperation(operation.id)).toMatchObject({ status: 'COMMITTED', fence: 1, steps: [] });
  });

  it('refuses an id that exists and leaves no operation behind', async () => {
    const loadBalancer = newLoadBalancer();
    await commitNewLoadBalancer(loadBalancer, create);
    await expect(commitNewLoadBalancer({ ...loadBalancer, name: 'other' }, create)).rejects.toThrow(DuplicateIdError);
    expect((await getLoadBalancer(loadBalancer.id)).name).toBe('web');
  });

  it('is listed for its project until it is deleted', async () => {
    const loadBalancer = newLoadBalancer();
    const operation = await commitNewLoadBalancer(loadBalancer, create);
    expect((await listLoadBalancers(loadBalancer.project_id)).map(({ id }) => id)).toEqual([loadBalancer.id]);
    await settle(flowOf(operation), { changes: { provisioning_status: 'DELETED' }, outcome: 'SUCCEEDED' });
    expect(await listLoadBalancers(loadBalancer.project_id)).toEqual([]);
  });
});

describe('the commit of a change', () => {
  it('is granted to exactly one of many at the same moment', async () => {
    const { id } = await activeLoadBalancer();
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => commitLoadBalancerOperation(id, update, toUpdate)),
    );
    const refused = tries.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(7);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(ImmutableObjectError);
    expect(await getLoadBalancer(id)).toMatchObject({ provisioning_status: 'PENDING_UPDATE', fence: 2 });
  });

  it('is refused in a state that does not allow it, and writes nothing', async () => {
    const loadBalancer = newLoadBalancer();
    await commitNewLoadBalancer(loadBalancer, create);
    const change = { ...toUpdate, changes: { name: 'new' } };
    await expect(commitLoadBalancerOperation(loadBalancer.id, update, change)).rejects.toThrow(
      `Invalid state PENDING_CREATE of loadbalancer resource ${loadBalancer.id}`,
    );
    expect((await getLoadBalancer(loadBalancer.id)).name).toBe('web');
  });

  it('is refused after a failed creation or deletion, where that must not be undone by it', async () => {
    const { id } = await activeLoadBalancer();
    const failed = async (commit: Parameters<typeof commitLoadBalancerOperation>[2]) => {
      const operation = await commitLoadBalancerOperation(id, update, commit);
      await settle(flowOf(operation), { changes: { provisioning_status: 'ERROR' }, outcome: 'FAILED' });
    };
    const failover = { ...toUpdate, allowed: ['ACTIVE', 'ERROR'], unlessIncomplete: true } as const;
    await failed(failover);
    await failed({ allowed: ['ERROR'], to: 'PENDING_DELETE', deletes: true });
    await expect(commitLoadBalancerOperation(id, update, failover)).rejects.toThrow(ImmutableObjectError);
    expect(await getLoadBalancer(id)).toMatchObject({ provisioning_status: 'ERROR', lock: null });
    await failed({ ...failover, unlessIncomplete: false });
  });

  it('does not find what is missing', async () => {
    await expect(commitLoadBalancerOperation(newLoadBalancer().id, update, toUpdate)).rejects.toThrow(LBNotFound);
  });
});

describe('the fence', () => {
  it('lets the holder record steps, with attempts counted', async () => {
    const operation = await commitNewLoadBalancer(newLoadBalancer(), create);
    const flow = flowOf(operation);
    await beginStep(flow, 'ComputeCreate', 'amp-1');
    const step = await beginStep(flow, 'ComputeCreate', 'amp-1');
    if (step.begun) await endStep(flow, 'ComputeCreate', 'amp-1', step.startedAt, { name: 'Oops', message: 'no' });
    expect(await getOperation(operation.id)).toMatchObject({
      status: 'RUNNING',
      steps: [{ name: 'ComputeCreate', subject: 'amp-1', attempts: 2, outcome: 'failed', error_name: 'Oops' }],
    });
  });

  it('refuses every handler with the old number once a rollback began, and the rollback goes on', async () => {
    const operation = await commitNewLoadBalancer(newLoadBalancer(), create);
    const flow = flowOf(operation);
    const fence = await beginRollback(flow, { errorName: 'ComputeBuildError', errorMessage: 'No valid host' });
    expect(fence).toBe(2);
    expect(await beginRollback(flow, { errorName: 'ComputeBuildError', errorMessage: 'No valid host' })).toBe(2);
    await expect(beginStep(flow, 'ComputeCreate', null)).rejects.toThrow(OperationSuperseded);
    await expect(settle(flow, { changes: { provisioning_status: 'ACTIVE' }, outcome: 'SUCCEEDED' })).rejects.toThrow(
      OperationSuperseded,
    );
    await settle(flowOf(operation, fence), { changes: { provisioning_status: 'ERROR' }, outcome: 'FAILED' });
    expect(await getOperation(operation.id)).toMatchObject({ status: 'FAILED', error_name: 'ComputeBuildError' });
    expect(await getLoadBalancer(String(operation.loadbalancer_id))).toMatchObject({
      provisioning_status: 'ERROR',
      lock: null,
    });
  });

  it('makes settling twice a success, and settling after another handler a refusal', async () => {
    const { id } = await activeLoadBalancer();
    const operation = await commitLoadBalancerOperation(id, update, toUpdate);
    const end = { changes: { provisioning_status: 'ACTIVE' }, outcome: 'SUCCEEDED' as const };
    await settle(flowOf(operation), end);
    await settle(flowOf(operation), end);
    expect(await beginStep(flowOf(operation), 'MarkLBActiveInDB', null)).toMatchObject({ begun: false });
    await commitLoadBalancerOperation(id, update, toUpdate);
    await expect(settle(flowOf(operation, 99), end)).rejects.toThrow(OperationSuperseded);
    expect((await getLoadBalancer(id)).provisioning_status).toBe('PENDING_UPDATE');
  });
});
