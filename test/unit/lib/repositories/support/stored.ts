import type { Amphora } from '../../../../../lib/models/objects/amphora.ts';
import type { Child } from '../../../../../lib/models/objects/child.ts';
import type { Member } from '../../../../../lib/models/objects/pool.ts';
import type { TreeChange } from '../../../../../lib/models/objects/tree-change.ts';
import type { FlowInput, Operation } from '../../../../../lib/models/operations/operation.ts';
import { noteResourceId, recordIntent } from '../../../../../lib/repositories/cloud/external-resources.ts';
import { commitNewAmphora, newAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { createAmphora, updateAmphora } from '../../../../../lib/repositories/fleet/amphorae.ts';
import { expectHeartbeat } from '../../../../../lib/repositories/health/heartbeats.ts';
import { type ChangeCommit, commitChange } from '../../../../../lib/repositories/locks/change-commits.ts';
import { settleRows } from '../../../../../lib/repositories/locks/change-settlements.ts';
import { commitNewLoadBalancer, type NewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { readTree, type TreeRead } from '../../../../../lib/repositories/objects/trees.ts';
import { newListener, newMember, newPool } from '../../../../fixtures/children.ts';
import { newLoadBalancer, requester } from '../../../../fixtures/load-balancer.ts';

/** What a flow of that operation carries; another fence makes a stale or a later one of it. */
export const flowOf = (operation: Operation, fence = operation.fence): FlowInput => ({
  operation_id: operation.id,
  fence,
  target: operation.target,
  loadbalancer_id: operation.loadbalancer_id,
  amphora_id: operation.amphora_id,
});

export const changeRequest = { flow: 'apply-changes' as const, requester };
export const createRequest = { flow: 'create-load-balancer' as const, requester };
export const updateRequest = { flow: 'update-load-balancer' as const, requester };

export const ended = { changes: { provisioning_status: 'ACTIVE' }, outcome: 'SUCCEEDED' } as const;

/** An ACTIVE load balancer in the table with these children applied, and with amphorae of these ids. */
export const storedLoadBalancer = async (
  childrenOf: (loadBalancer: NewLoadBalancer) => readonly Child[] = () => [],
  { amphorae = [], ...changes }: Partial<NewLoadBalancer> & { readonly amphorae?: readonly string[] } = {},
): Promise<NewLoadBalancer> => {
  const loadBalancer = newLoadBalancer(changes);
  const flow = flowOf(await commitNewLoadBalancer(loadBalancer, createRequest, childrenOf(loadBalancer)));
  for (const id of amphorae) {
    await createAmphora(flow, newAmphora(id, loadBalancer.id));
    await updateAmphora(flow, id, { status: 'ALLOCATED' });
  }
  await settleRows(flow, await readTree(loadBalancer.id));
  await settle(flow, ended);
  return loadBalancer;
};

/** A settled spare, with a server in the ledger, at 127.0.0.1; heartbeats of it are waited for. */
export const storedSpare = async (changes: Partial<Amphora> = {}): Promise<string> => {
  const id = crypto.randomUUID();
  const flow = flowOf(await commitNewAmphora(id, { flow: 'create-amphora', requester }));
  const server = { kind: 'server' as const, name: `amphora-${id}`, network_id: null };
  const resource = { ...server, loadbalancer_id: null, amphora_id: id };
  await recordIntent(flow, resource);
  const made = { compute_id: `server-${id}`, lb_network_ip: '127.0.0.1', cached_zone: 'nova', compute_flavor: 'small' };
  const heartbeat = expectHeartbeat({ amphora_id: id, loadbalancer_id: null, zone: 'nova' }, new Date().toISOString());
  await updateAmphora(flow, id, { ...made, ...changes }, [noteResourceId(resource, made.compute_id), heartbeat]);
  await settle(flow, { changes: { status: 'READY' }, outcome: 'SUCCEEDED' });
  return id;
};

/** The same with a listener whose default pool has no members yet. */
export const storedPool = async () => {
  const loadBalancer = newLoadBalancer();
  const pool = newPool(loadBalancer);
  const listener = newListener(loadBalancer, { default_pool_id: pool.id });
  await storedLoadBalancer(
    () => [
      { kind: 'pool', object: pool },
      { kind: 'listener', object: listener },
    ],
    loadBalancer,
  );
  return { id: loadBalancer.id, pool, listener };
};

export const asMember = (object: Member): Child => ({ kind: 'member', object });

/** A change that depends on what it was planned from and on its parents only. */
export const shared = (plan: ChangeCommit['plan']): ChangeCommit => ({
  request: changeRequest,
  exclusive: false,
  plan,
});

export const alone = (plan: ChangeCommit['plan']): ChangeCommit => ({ request: changeRequest, exclusive: true, plan });

/** Adds a member of that address to the pool. */
export const addMember = (pool: Parameters<typeof newMember>[0], address: string, changes: Partial<Member> = {}) => {
  const member = newMember(pool, { ip_address: address, ...changes });
  const plan = ({ tree }: TreeRead): TreeChange => ({
    creates: [asMember(member)],
    parents: tree.pools.filter(({ id }) => id === pool.id).map((object): Child => ({ kind: 'pool', object })),
  });
  return { member, commit: () => commitChange(pool.load_balancer_id, shared(plan)) };
};
