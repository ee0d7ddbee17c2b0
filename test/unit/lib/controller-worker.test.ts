import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../../lib/repositories/locks/settlements.ts';
import { getLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { getTree } from '../../../lib/repositories/objects/trees.ts';
import { getOperation } from '../../../lib/repositories/operations/operations.ts';
import { newListener, newMember, newPool, smallTree } from '../../fixtures/children.ts';
import { newLoadBalancer } from '../../fixtures/load-balancer.ts';
import { aMonitor, aPolicy, aRule } from '../../fixtures/render/tree.ts';
import { useTable } from '../../helpers/table.ts';
import { fakeStepFunctions } from './executions/support.ts';
import { ended, flowOf, storedLoadBalancer, storedPool } from './repositories/support/stored.ts';

let stepFunctions: Awaited<ReturnType<typeof fakeStepFunctions>>;
let library: typeof import('../../../lib/controller-worker.ts');

beforeAll(async () => {
  await useTable();
  stepFunctions = await fakeStepFunctions();
  library = await import('../../../lib/controller-worker.ts');
});
afterAll(() => stepFunctions.stop());
beforeEach(() => {
  stepFunctions.asked.length = 0;
  stepFunctions.state.failure = null;
});

const worker = () => new library.ControllerWorker();
const settleNow = async (operationId: string) => settle(flowOf(await getOperation(operationId)), ended);

describe('the controller worker', () => {
  it('creates a load balancer with what is below it, and starts its flow', async () => {
    const loadBalancer = newLoadBalancer();
    const handle = await worker().createLoadBalancer(loadBalancer, smallTree(loadBalancer, {}));
    expect(handle).toMatchObject({ resourceId: loadBalancer.id });
    expect(stepFunctions.asked).toMatchObject([{ name: handle.operationId }]);
    expect(handle.executionArn).toContain(`execution:deploy-worker-create-load-balancer:${handle.operationId}`);
    expect((await getTree(loadBalancer.id)).members).toHaveLength(1);
    await expect(worker().createLoadBalancer(loadBalancer)).rejects.toMatchObject({ name: 'DuplicateIdError' });
  });

  it('commits also when the flow cannot be started now: the dispatcher will', async () => {
    const { id } = await storedLoadBalancer();
    stepFunctions.state.failure = 'ExecutionLimitExceeded';
    const handle = await worker().updateLoadBalancer(id, { name: 'new' });
    expect(await getOperation(handle.operationId)).toMatchObject({ status: 'COMMITTED' });
    expect(await getLoadBalancer(id)).toMatchObject({ name: 'new', provisioning_status: 'PENDING_UPDATE' });
  });

  it('lets one change start the flow and the others join it', async () => {
    const { pool } = await storedPool();
    const handles = await Promise.all(
      [1, 2, 3].map((number) => worker().createMember(newMember(pool, { ip_address: `10.0.0.${number}` }))),
    );
    expect(new Set(handles.map(({ operationId }) => operationId)).size).toBe(3);
    expect(stepFunctions.asked).toHaveLength(1);
  });

  it('refuses the second of two members with one address, without waiting', async () => {
    const { pool } = await storedPool();
    const started = Date.now();
    const two = [1, 2].map(() => worker().createMember(newMember(pool, { ip_address: '10.0.0.7' })));
    const results = await Promise.allSettled(two);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'DuplicateMemberError' },
    });
    expect(Date.now() - started).toBeLessThan(4_000);
  });

  it('changes a member of a batch by its address, and answers one operation', async () => {
    const { id, pool } = await storedPool();
    const wanted = (weight: number) =>
      ['10.0.0.1', '10.0.0.2'].map((ip_address) => ({
        member: newMember(pool, { ip_address, weight }),
        updates: { weight },
      }));
    await worker().batchUpdateMembers(pool.id, wanted(1));
    await worker().batchUpdateMembers(pool.id, wanted(5).slice(0, 1), { additiveOnly: true });
    expect((await getTree(id)).members.map(({ weight }) => weight)).toEqual([5, 1]);
  });

  it.each([
    ['NoSuitableLB', () => worker().createListener(newListener(newLoadBalancer()))],
    ['NoSuitableLB', () => worker().createPool(newPool(newLoadBalancer()))],
    ['NoSuitablePool', () => worker().createMember(newMember(newPool(newLoadBalancer())))],
    ['ListenerNotFound', () => worker().updateListener(crypto.randomUUID(), {})],
    ['PoolNotFound', () => worker().deletePool(crypto.randomUUID())],
    ['MemberNotFound', () => worker().deleteMember(crypto.randomUUID())],
    ['HMNotFound', () => worker().updateHealthMonitor(crypto.randomUUID(), {})],
    ['L7PolicyNotFoundError', () => worker().deleteL7Policy(crypto.randomUUID())],
    ['L7RuleNotFoundError', () => worker().deleteL7Rule(crypto.randomUUID())],
    ['LBNotFound', () => worker().deleteLoadBalancer(crypto.randomUUID())],
    ['AmphoraNotFound', () => worker().deleteAmphora(crypto.randomUUID())],
    ['AmphoraNotFound', () => worker().failoverAmphora(crypto.randomUUID())],
    ['InvalidArgumentError', () => worker().deleteLoadBalancer('web')],
  ])('throws %s for what is not there', async (name, call) => {
    await expect(call()).rejects.toMatchObject({ name });
    expect(stepFunctions.asked).toEqual([]);
  });

  it('names the pool that is missing below a load balancer that is there', async () => {
    const { id, pool } = await storedPool();
    const elsewhere = newPool({ id, project_id: pool.project_id });
    await expect(worker().createMember(newMember(elsewhere))).rejects.toMatchObject({
      name: 'NoSuitablePool',
      resourceId: elsewhere.id,
    });
  });

  it('changes every kind of object below a load balancer', async () => {
    const { id, pool, listener } = await storedPool();
    const of = { load_balancer_id: id, project_id: pool.project_id, provisioning_status: 'PENDING_CREATE' as const };
    const monitor = aMonitor(1, { ...of, id: crypto.randomUUID(), pool_id: pool.id });
    const policy = aPolicy(1, { ...of, id: crypto.randomUUID(), listener_id: listener.id });
    const rule = aRule(1, { ...of, id: crypto.randomUUID(), l7policy_id: policy.id });
    await worker().createHealthMonitor(monitor);
    await worker().createL7Policy(policy);
    await worker().createL7Rule(rule);
    await worker().updateL7Rule(rule.id, { value: '/new' });
    await worker().updateL7Policy(policy.id, { name: 'new' });
    await worker().updateHealthMonitor(monitor.id, { delay: 9 });
    await worker().updatePool(pool.id, { lb_algorithm: 'SOURCE_IP' });
    await worker().updateListener(listener.id, { connection_limit: 5 });
    const tree = await getTree(id);
    expect(tree.l7_rules).toMatchObject([{ value: '/new' }]);
    expect(tree.l7_policies).toMatchObject([{ name: 'new', position: 1 }]);
    expect(tree.health_monitors).toMatchObject([{ delay: 9 }]);
    expect(tree.pools).toMatchObject([{ lb_algorithm: 'SOURCE_IP' }]);
    expect(tree.listeners).toMatchObject([{ connection_limit: 5 }]);
    await worker().deleteL7Rule(rule.id);
    await worker().deleteL7Policy(policy.id);
    await worker().deleteHealthMonitor(monitor.id);
    await worker().deleteListener(listener.id);
    await worker().deletePool(pool.id);
    const leaving = await getTree(id);
    const all = [leaving.l7_rules, leaving.l7_policies, leaving.health_monitors, leaving.listeners, leaving.pools];
    expect(all.flat().map(({ provisioning_status }) => provisioning_status)).toEqual(Array(5).fill('PENDING_DELETE'));
  });

  it('builds and deletes a spare', async () => {
    const built = await worker().createAmphora();
    await settle(flowOf(await getOperation(built.operationId)), { changes: { status: 'READY' }, outcome: 'SUCCEEDED' });
    const deleted = await worker().deleteAmphora(built.resourceId);
    expect(deleted.resourceId).toBe(built.resourceId);
    expect(stepFunctions.asked.map(({ name }) => name)).toEqual([built.operationId, deleted.operationId]);
  });
});

describe('a handle', () => {
  it('resolves with the record of a success', async () => {
    const { id } = await storedLoadBalancer();
    const handle = await worker().updateLoadBalancer(id, { name: 'new' });
    const [record] = await Promise.all([handle.wait(), settleNow(handle.operationId)]);
    expect(record).toMatchObject({ id: handle.operationId, status: 'SUCCEEDED' });
  });

  it('rejects with what the record of a failure says', async () => {
    const { id } = await storedLoadBalancer();
    const handle = await worker().updateLoadBalancer(id, { name: 'new' });
    await settle(flowOf(await getOperation(handle.operationId)), { ...ended, outcome: 'FAILED' });
    await expect(handle.wait()).rejects.toMatchObject({ name: 'OperationFailedError' });
  });

  it('rejects at the end of its time', async () => {
    const { id } = await storedLoadBalancer();
    const handle = await worker().updateLoadBalancer(id, { name: 'new' });
    await expect(handle.wait(10)).rejects.toMatchObject({ errorName: 'StillRunning' });
  });
});
