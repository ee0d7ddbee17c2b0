import { OperationSuperseded } from '../../errors/flow.ts';
import { type ChangeState, isBeingDeleted, movesAlong } from '../../models/objects/change.ts';
import { type Child, type ChildName, nameOfChild } from '../../models/objects/child.ts';
import { KINDS } from '../../models/objects/kinds.ts';
import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { childrenOf, doomedIds } from '../../models/objects/tree-children.ts';
import { type FlowInput, MOST_ERROR_OBJECTS } from '../../models/operations/operation.ts';
import { OperatingStatus, ProvisioningStatus } from '../../models/statuses.ts';
import { keyOfChild, statusOf } from '../objects/children.ts';
import { NOTHING_STAGED } from '../objects/staged-rows.ts';
import type { TreeRead } from '../objects/trees.ts';
import { updateUnderLock, writeFenced } from '../operations/fence.ts';
import { loadBalancerRow } from '../rows/load-balancer.ts';
import { setExpression } from '../table/expressions.ts';
import { operationKey } from '../table/keys.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';
import { removeCounted } from './child-removal.ts';

const CLOSE = {
  UpdateExpression: 'SET #lock.#closing = :yes',
  ExpressionAttributeNames: { '#closing': 'closing' },
  ExpressionAttributeValues: { ':yes': true },
};

/**
 * Closes the lock for joins, if nothing was committed since the given generation. From then on the rows are the
 * flow's alone.
 * @returns false when something came in: do another round
 * @throws OperationSuperseded
 */
export const closeForSettling = async (flow: FlowInput, generation: number): Promise<boolean> => {
  const values = { ...CLOSE.ExpressionAttributeValues, ':generation': generation, ':none': null };
  const refusal = await transact([
    updateUnderLock(
      flow,
      { ...CLOSE, ExpressionAttributeValues: values },
      { also: `generation = :generation AND ${NOTHING_STAGED}` },
    ),
  ]);
  if (refusal === null) return true;
  const { lock } = loadBalancerRow.parse(refusal.found);
  if (lock?.operation_id === flow.operation_id && lock.fence === flow.fence) return false;
  throw new OperationSuperseded(flow.operation_id);
};

/**
 * Closes the lock for joins before a round, whatever has come in: that round settles all of it.
 * @throws OperationSuperseded
 */
export const closeForLastRound = async (flow: FlowInput): Promise<void> => {
  const refusal = await transact([updateUnderLock(flow, CLOSE)]);
  if (refusal !== null) throw new OperationSuperseded(flow.operation_id);
};

/** What heartbeats never report serves as soon as it is applied. */
const operatingStatus = (child: Child, { health_monitors }: LoadBalancerTree, doomed: ReadonlySet<string>) => {
  if (!KINDS[child.kind].observed) {
    return { operating_status: child.object.enabled ? OperatingStatus.ONLINE : OperatingStatus.OFFLINE };
  }
  if (child.kind !== 'member') return {};
  const { operating_status: now, pool_id } = child.object;
  const monitored = health_monitors.some((monitor) => monitor.pool_id === pool_id && !doomed.has(monitor.id));
  if (!monitored) return { operating_status: OperatingStatus.NO_MONITOR };
  return now === OperatingStatus.NO_MONITOR ? { operating_status: OperatingStatus.OFFLINE } : {};
};

const changed = (child: Child, attributes: Readonly<Record<string, unknown>>): TransactItem => ({
  Update: {
    ...inTable(),
    Key: keyOfChild(child),
    ...setExpression({ ...attributes, updated_at: new Date().toISOString() }),
    ConditionExpression: 'attribute_exists(pk)',
  },
});

const settled = (
  child: Child,
  state: ChangeState | undefined,
  tree: LoadBalancerTree,
  doomed: ReadonlySet<string>,
  operationId: string,
): readonly TransactItem[] => {
  const { provisioning_status: now, operating_status } = child.object;
  if (state?.rejected) {
    const error = { provisioning_status: ProvisioningStatus.ERROR, operating_status: OperatingStatus.ERROR };
    return now === ProvisioningStatus.ERROR ? [] : [changed(child, error)];
  }
  const status = operatingStatus(child, tree, doomed);
  if (now !== ProvisioningStatus.ACTIVE) {
    const applied = { provisioning_status: ProvisioningStatus.ACTIVE, applied: null, was_applied: true };
    return [changed(child, { ...status, ...applied })];
  }
  const moves = 'operating_status' in status && status.operating_status !== operating_status;
  return moves ? [changed(child, { ...status, ...statusOf(operationId) })] : [];
};

/**
 * Gives every row below the load balancer its terminal state: applied ones ACTIVE, refused ones ERROR, those whose
 * deletion is wanted gone with all that hung on them. The lock must be closed.
 * @throws OperationSuperseded
 */
export const settleRows = async (flow: FlowInput, { tree, changes }: TreeRead): Promise<void> => {
  const doomed = doomedIds(tree, changes);
  const children = childrenOf(tree);
  const isDoomed = ({ object }: Child) => doomed.has(object.id);
  await removeCounted(flow, tree.load_balancer.project_id, children.filter(isDoomed));
  const writes = children
    .filter((child) => !isDoomed(child))
    .flatMap((child) => settled(child, changes.get(child.object.id), tree, doomed, flow.operation_id));
  await writeFenced(flow, writes);
};

/** Names on each operation what it could not change; after a death in between also what carries its ERROR already. */
const namedErrors = (flow: FlowInput, failed: readonly Child[], { tree, changes }: TreeRead) => {
  const operationOf = ({ object }: Child) => changes.get(object.id)?.operation_id;
  const byOperation = new Map<string, ChildName[]>();
  for (const child of failed) {
    const id = operationOf(child);
    if (id) byOperation.set(id, []);
  }
  const isSettled = ({ object }: Child) => object.provisioning_status === ProvisioningStatus.ERROR;
  for (const child of [...failed, ...childrenOf(tree).filter(isSettled)]) {
    byOperation.get(operationOf(child) ?? '')?.push(nameOfChild(child));
  }
  return [...byOperation].map(
    ([id, objects]): TransactItem => ({
      Update: {
        ...inTable(),
        Key: operationKey({ ...flow, id }),
        ...setExpression({ error_objects: objects.slice(0, MOST_ERROR_OBJECTS) }),
        ConditionExpression: 'attribute_exists(pk)',
      },
    }),
  );
};

/**
 * Gives what could not be applied its ERROR, and parents that only moved along their ACTIVE. A row that was being
 * deleted stays in ERROR, and says that its deletion failed. Each operation names what of it failed.
 * @throws OperationSuperseded
 */
export const failRows = async (flow: FlowInput, read: TreeRead): Promise<void> => {
  const { ACTIVE, ERROR } = ProvisioningStatus;
  const { tree, changes } = read;
  const unsettled = childrenOf(tree).filter(
    ({ object: { provisioning_status: now } }) => now !== ACTIVE && now !== ERROR,
  );
  const following = unsettled.filter(({ object }) => movesAlong(object.provisioning_status, changes.get(object.id)));
  const failed = unsettled.filter(
    (child) => !movesAlong(child.object.provisioning_status, changes.get(child.object.id)),
  );
  await writeFenced(flow, [
    ...namedErrors(flow, failed, read),
    ...following.map((child) => changed(child, { provisioning_status: ACTIVE })),
    ...failed.map((child) =>
      changed(child, {
        provisioning_status: ERROR,
        ...(isBeingDeleted(child.object) && { deletion_failed: true }),
      }),
    ),
  ]);
};
