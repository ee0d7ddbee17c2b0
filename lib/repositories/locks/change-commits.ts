import { setTimeout as pause } from 'node:timers/promises';
import { ChangeRefusedError, ImmutableObjectError } from '../../errors/flow.ts';
import { LBNotFound } from '../../errors/not-found.ts';
import { ProjectBusyError } from '../../errors/quota.ts';
import { FLOW_FACTS } from '../../models/flows.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import { amountsOf } from '../../models/objects/quota.ts';
import type { TreeChange } from '../../models/objects/tree-change.ts';
import { type Operation, OperationStatus } from '../../models/operations/operation.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';
import { workerConfig } from '../../settings/config.ts';
import { getLoadBalancer } from '../objects/load-balancers.ts';
import { NOTHING_STAGED } from '../objects/staged-rows.ts';
import { readTree, type TreeRead } from '../objects/trees.ts';
import { newOperation, type OperationRequest, putOperation } from '../operations/operations.ts';
import type { QuotaDemand } from '../quotas/counter-items.ts';
import { transactTaking } from '../quotas/quota-counts.ts';
import { setExpression } from '../table/expressions.ts';
import { loadBalancerKey } from '../table/keys.ts';
import { inTable, type Refusal, type TransactItem, writtenBy } from '../table/transact.ts';
import { prepareRows, writeOut } from './change-rows.ts';
import { lockOf, targetOf } from './commits.ts';
import { doubtAll, isToBeRestored, restoration } from './restorations.ts';

/*
 * A change below a load balancer, over time:
 *
 *   load balancer ACTIVE, no lock         the change takes the lock, and its own execution applies it
 *   in ERROR, no lock                     the same with restore-load-balancer, where that can restore it; otherwise 409
 *   one of these two runs                 the change joins it: generation grows, so the runner's settling is refused
 *                                         and it does another round with the change
 *   it settles, or is undone              (`closing`) the change waits a moment, and then takes the lock itself
 *   anything else runs                    409
 *
 * A join and a settling are conditional writes on the same row: one of them comes first.
 */

export interface ChangeCommit {
  readonly request: OperationRequest;
  /**
   * Decides on what was read. Called again after every write that came in between.
   * @throws whatever makes the change impossible; nothing is written then
   */
  readonly plan: (read: TreeRead) => TreeChange | Promise<TreeChange>;
  /** True when the plan depends on other objects than its own rows and parents: it must be the only one at its time. */
  readonly exclusive: boolean;
  /** Further rows of the same transaction; a change with some restores nothing. */
  readonly rows?: readonly TransactItem[];
}

/** How long a change waits for a settling load balancer, and how long it tries against others that change it too. */
const PATIENCE_MS = { wait: 8_000, race: 20_000 } as const;
const PAUSE_MS = 20;
const MAX_PAUSE_MS = 300;

const acquire = (loadBalancer: LoadBalancer, operation: Operation, stagedId: string | null): TransactItem => {
  const update = setExpression({
    ...lockOf(operation),
    provisioning_status: ProvisioningStatus.PENDING_UPDATE,
    updated_at: operation.created_at,
    generation: loadBalancer.generation + 1,
    staged_operation_id: stagedId,
  });
  return {
    Update: {
      ...inTable(),
      Key: loadBalancerKey(loadBalancer.id),
      UpdateExpression: update.UpdateExpression,
      ConditionExpression:
        '#fence = :fence AND provisioning_status = :read_status AND (attribute_not_exists(#lock) OR #lock = :none)',
      ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#fence': 'fence', '#lock': 'lock' },
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ':fence': loadBalancer.fence,
        ':read_status': loadBalancer.provisioning_status,
        ':none': null,
      },
    },
  };
};

const join = (loadBalancer: LoadBalancer, exclusive: boolean, stagedId: string | null): TransactItem => {
  const conditions = ['#lock.operation_id = :holder', '#lock.closing = :open', NOTHING_STAGED];
  if (exclusive) conditions.push('generation = :read_generation');
  return {
    Update: {
      ...inTable(),
      Key: loadBalancerKey(loadBalancer.id),
      UpdateExpression: 'SET generation = generation + :one, staged_operation_id = :staged',
      ConditionExpression: conditions.join(' AND '),
      ExpressionAttributeNames: { '#lock': 'lock' },
      ExpressionAttributeValues: {
        ':one': 1,
        ':holder': loadBalancer.lock?.operation_id,
        ':open': false,
        ':staged': stagedId,
        ':none': null,
        ...(exclusive ? { ':read_generation': loadBalancer.generation } : {}),
      },
    },
  };
};

/** Equal refusals in a row after which a change is given up: what was read is what refuses it. */
const EQUAL_REFUSALS = 3;

/** Counts refusals by one row that is as it was, while the load balancer is as it was. */
const refusalCounter = () => {
  let last = '';
  let count = 0;
  return ({ fence, generation, lock }: LoadBalancer, { index, found }: Refusal): number => {
    const refusal = JSON.stringify([fence, generation, lock, index, found]);
    count = refusal === last ? count + 1 : 1;
    last = refusal;
    return count;
  };
};

type Way = 'acquire' | 'restore' | 'join' | 'wait' | 'refuse';

const wayIn = (loadBalancer: LoadBalancer, { rows }: ChangeCommit): Way => {
  const { lock, provisioning_status, staged_operation_id } = loadBalancer;
  if (lock === null) {
    if (provisioning_status === ProvisioningStatus.ACTIVE) return 'acquire';
    // What restores sends everything again anyway.
    return isToBeRestored(loadBalancer) && rows === undefined ? 'restore' : 'refuse';
  }
  if (!FLOW_FACTS[lock.flow].joinable || workerConfig().strictImmutable) return 'refuse';
  return lock.closing || staged_operation_id !== null ? 'wait' : 'join';
};

/**
 * Commits a change below a load balancer, with its operation: under a fresh lock, or joined to the running holder.
 * @returns the operation; by its status it must be started (COMMITTED) or is carried by another (JOINED)
 * @throws LBNotFound
 * @throws ImmutableObjectError the load balancer is in a state that takes no change
 * @throws UnrestorableError it is in ERROR, and a change cannot bring it back
 * @throws QuotaExceededError @throws ProjectBusyError others came first until its patience ended; nothing is written
 * @throws ChangeRefusedError a row refuses what was planned, though nothing has changed meanwhile
 */
export const commitChange = async (loadBalancerId: string, commit: ChangeCommit): Promise<Operation> => {
  const begun = performance.now();
  const countRefusal = refusalCounter();
  for (let attempt = 0; ; attempt += 1) {
    // Read before everything else: while it is unchanged, what was read after it is what the plan may be made from.
    const loadBalancer = await getLoadBalancer(loadBalancerId);
    if (loadBalancer.provisioning_status === ProvisioningStatus.DELETED) throw new LBNotFound(loadBalancerId);
    const way = wayIn(loadBalancer, commit);
    if (way === 'acquire' || way === 'restore' || way === 'join') {
      const read = await readTree(loadBalancerId, { withMembers: false });
      const doubts = way === 'restore' ? doubtAll(read) : [];
      const change = await commit.plan(read);
      const operation = operationFor(loadBalancer, commit.request, way);
      const { items, staged, exclusive } = await prepareRows(change, operation.id);
      const stagedId = staged ? operation.id : null;
      const lock =
        way === 'join'
          ? join(loadBalancer, commit.exclusive || exclusive, stagedId)
          : acquire(loadBalancer, operation, stagedId);
      const rows = [lock, ...items, ...(commit.rows ?? []), ...doubts, ...putOperation(operation)];
      const refusal = await transactTaking(demandOf(loadBalancer, change), rows);
      if (refusal === null) {
        if (staged) await writeOut(operation);
        return operation;
      }
      if (countRefusal(loadBalancer, refusal) >= EQUAL_REFUSALS) {
        const { pk, sk } = writtenBy(rows[refusal.index] ?? lock).row;
        throw new ChangeRefusedError(loadBalancerId, `${pk} ${sk}`);
      }
    }
    const waited = performance.now() - begun;
    if (way === 'refuse' || (way === 'wait' && waited > PATIENCE_MS.wait)) {
      throw new ImmutableObjectError('loadbalancer', loadBalancerId, loadBalancer.provisioning_status);
    }
    // It takes changes, and others came first each time.
    if (waited > PATIENCE_MS.race) throw new ProjectBusyError(loadBalancer.project_id);
    await pause(Math.random() * Math.min(MAX_PAUSE_MS, PAUSE_MS * (attempt + 1)));
  }
};

/** What is marked for deletion by others still counts; what this change itself replaces makes room for it. */
const demandOf = ({ project_id }: LoadBalancer, { creates = [], deletes = [] }: TreeChange): QuotaDemand => ({
  projectId: project_id,
  takes: amountsOf(creates),
  replaces: amountsOf(deletes.map(({ child }) => child)),
});

const operationFor = (
  loadBalancer: LoadBalancer,
  request: OperationRequest,
  way: 'acquire' | 'restore' | 'join',
): Operation => {
  const target = targetOf(loadBalancer);
  if (way === 'acquire') return newOperation(request, target, loadBalancer.fence + 1);
  if (way === 'restore') return newOperation(restoration(request), target, loadBalancer.fence + 1);
  return {
    ...newOperation(request, target, loadBalancer.fence),
    status: OperationStatus.JOINED,
    joined_to: loadBalancer.lock?.operation_id ?? null,
  };
};
