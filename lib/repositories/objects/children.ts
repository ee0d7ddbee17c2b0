import type { ChangeState } from '../../models/objects/change.ts';
import type { Child } from '../../models/objects/child.ts';
import { KINDS } from '../../models/objects/kinds.ts';
import type { TreeChange } from '../../models/objects/tree-change.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';
import { setExpression } from '../table/expressions.ts';
import { childKey, type Key, listKeys, memberKey, pointerKey } from '../table/keys.ts';
import { inTable, type TransactItem } from '../table/transact.ts';
import type { StagedRow } from './staged-rows.ts';

export const keyOfChild = (child: Child): Key =>
  child.kind === 'member'
    ? memberKey(child.object)
    : childKey(child.object.load_balancer_id, KINDS[child.kind].row, child.object.id);

/** Lists by project hold what is listed by project. */
const listing = ({ kind, object }: Child) => {
  const { listed, row } = KINDS[kind];
  return listed ? listKeys(row, object.project_id, object.created_at, object.id) : {};
};

/** The operation that an object owes its status to: consumers of its transitions learn this too. */
export const statusOf = (operationId: string) => ({ status_operation_id: operationId });

const createdRow = (child: Child, operationId: string) => {
  const change: ChangeState = {
    operation_id: operationId,
    applied: null,
    was_applied: false,
    rejected: false,
    deletion_failed: false,
  };
  return { ...child.object, ...change, ...statusOf(operationId), ...keyOfChild(child), ...listing(child) };
};

const pointerRow = (child: Child) => ({
  ...pointerKey(child.object.id),
  type: KINDS[child.kind].row,
  at: keyOfChild(child),
});

/** A new row and the pointer to it; refused when either is there already. */
export const putChild = (child: Child, operationId: string): readonly TransactItem[] =>
  [createdRow(child, operationId), pointerRow(child)].map((Item) => ({
    Put: { ...inTable(), Item, ConditionExpression: 'attribute_not_exists(pk)' },
  }));

/** What the amphorae still have, for the attributes that change now and have not changed since they were applied. */
const stillApplied = (child: Child, state: ChangeState, changes: Readonly<Record<string, unknown>>) => {
  if (!state.was_applied) return null;
  const former: Record<string, unknown> = {};
  for (const [attribute, value] of Object.entries(child.object)) if (attribute in changes) former[attribute] = value;
  return { ...former, ...state.applied };
};

const changeAsRead = (
  child: Child,
  state: ChangeState,
  attributes: Readonly<Record<string, unknown>>,
): readonly TransactItem[] => {
  const update = setExpression(attributes);
  const unchanged =
    state.operation_id === ''
      ? 'attribute_exists(pk) AND attribute_not_exists(operation_id)'
      : 'operation_id = :read_operation';
  return [
    {
      Update: {
        ...inTable(),
        Key: keyOfChild(child),
        UpdateExpression: update.UpdateExpression,
        ConditionExpression: unchanged,
        ExpressionAttributeNames: update.ExpressionAttributeNames,
        ExpressionAttributeValues: {
          ...update.ExpressionAttributeValues,
          ...(state.operation_id === '' ? {} : { ':read_operation': state.operation_id }),
        },
      },
    },
  ];
};

const updatedAttributes = (
  child: Child,
  state: ChangeState,
  changes: Readonly<Record<string, unknown>>,
  operationId: string,
) => ({
  ...changes,
  provisioning_status: state.was_applied ? ProvisioningStatus.PENDING_UPDATE : ProvisioningStatus.PENDING_CREATE,
  updated_at: new Date().toISOString(),
  operation_id: operationId,
  applied: stillApplied(child, state, changes),
  was_applied: state.was_applied,
  rejected: false,
  deletion_failed: false,
  ...statusOf(operationId),
});

const doomedAttributes = (operationId: string) => ({
  provisioning_status: ProvisioningStatus.PENDING_DELETE,
  updated_at: new Date().toISOString(),
  operation_id: operationId,
  ...statusOf(operationId),
});

/** The rows of a change as transaction items, refused when one is not as it was read. */
export const changeItems = (change: TreeChange, operationId: string): readonly TransactItem[] => [
  ...(change.creates ?? []).flatMap((child) => putChild(child, operationId)),
  ...(change.updates ?? []).flatMap(({ child, state, changes }) =>
    changeAsRead(child, state, updatedAttributes(child, state, changes, operationId)),
  ),
  ...(change.deletes ?? []).flatMap(({ child, state }) => changeAsRead(child, state, doomedAttributes(operationId))),
];

/** The same rows whole, as they will be; for a change that is too large for one transaction. */
export const changeRows = (change: TreeChange, operationId: string): readonly StagedRow[] => {
  const whole = (child: Child, attributes: object) => ({
    ...child.object,
    ...attributes,
    ...keyOfChild(child),
    ...listing(child),
  });
  return [
    ...(change.creates ?? []).flatMap((child) => [createdRow(child, operationId), pointerRow(child)]),
    ...(change.updates ?? []).map(({ child, state, changes }) =>
      whole(child, updatedAttributes(child, state, changes, operationId)),
    ),
    ...(change.deletes ?? []).map(({ child, state }) => whole(child, { ...state, ...doomedAttributes(operationId) })),
  ];
};

/** A parent that moves with a change below it: PENDING_UPDATE when it was ACTIVE, and never one that is being deleted. */
export const touchParent = (parent: Child, operationId: string): TransactItem => {
  const condition = {
    ...inTable(),
    Key: keyOfChild(parent),
    ConditionExpression: 'provisioning_status = :read_status',
  };
  const read = { ':read_status': parent.object.provisioning_status };
  if (parent.object.provisioning_status !== ProvisioningStatus.ACTIVE) {
    return { ConditionCheck: { ...condition, ExpressionAttributeValues: read } };
  }
  return {
    Update: {
      ...condition,
      UpdateExpression: 'SET provisioning_status = :pending, updated_at = :now, status_operation_id = :operation',
      ExpressionAttributeValues: {
        ...read,
        ':pending': ProvisioningStatus.PENDING_UPDATE,
        ':now': new Date().toISOString(),
        ':operation': operationId,
      },
    },
  };
};
