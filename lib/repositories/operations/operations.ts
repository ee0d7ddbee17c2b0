import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { v7 as uuidv7 } from 'uuid';
import { OperationSuperseded, RollbackResumedError } from '../../errors/flow.ts';
import { OperationNotFoundError } from '../../errors/not-found.ts';
import { FLOW_FACTS, type Flow } from '../../models/flows.ts';
import { type FlowInput, type Operation, OperationStatus, type Requester } from '../../models/operations/operation.ts';
import { housekeepingConfig } from '../../settings/config.ts';
import { putWaiting } from '../admission/admissions.ts';
import { operationRow } from '../rows/operation.ts';
import { documents, tableName } from '../table/client.ts';
import { setExpression } from '../table/expressions.ts';
import {
  flowOperationKey,
  INDEXES,
  type Key,
  listKeys,
  operationKey,
  pointerKey,
  RowType,
  Work,
} from '../table/keys.ts';
import { findKey } from '../table/pointers.ts';
import { findRow, queryAll, rowsOf, type Walk } from '../table/query.ts';
import { readable, readableOne } from '../table/readable.ts';
import { inTable, type TransactItem } from '../table/transact.ts';

/** What a caller says of a new operation; the commit adds the lock's fence. */
export interface OperationRequest {
  readonly flow: Flow;
  readonly requester: Requester;
  /** Small facts for the execution's input besides the ids. Never a secret. */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** What an operation is about; its flow says which of the two it locks. */
export type OperationTarget = Pick<Operation, 'loadbalancer_id' | 'amphora_id' | 'project_id'>;

/** A fresh operation under the given fence; its id grows with time. */
export const newOperation = (request: OperationRequest, target: OperationTarget, fence: number): Operation => ({
  id: uuidv7(),
  flow: request.flow,
  target: FLOW_FACTS[request.flow].target,
  loadbalancer_id: target.loadbalancer_id,
  amphora_id: target.amphora_id,
  project_id: target.project_id,
  status: OperationStatus.COMMITTED,
  fence,
  joined_to: null,
  recoveries: 0,
  resumes_rollback: false,
  requester: request.requester,
  input: request.input ?? {},
  created_at: new Date().toISOString(),
  started_at: null,
  ended_at: null,
  steps: [],
  failed_step: null,
  error_name: null,
  error_message: null,
  error_objects: [],
});

/** When the record of an operation that ended at that moment (ISO 8601) may go, for the table's time to live. */
export const operationExpiry = (endedAt: string): { readonly expires_at: number } => ({
  expires_at: Math.floor(Date.parse(endedAt) / 1000) + housekeepingConfig().operationExpiryAge,
});

/**
 * The pointer to an operation's record. It is what the lists over load balancers hold: the record itself changes with
 * every step, and each change of a listed row is written to all indexes.
 */
const putOperationPointer = (operation: Operation, expiry: { readonly expires_at?: number }): TransactItem => {
  const { id, project_id, created_at } = operation;
  const { project_key, ...listing } = listKeys(RowType.OPERATION, project_id ?? '', created_at, id);
  const at = operationKey(operation);
  const keys = { ...listing, ...(project_id !== null && { project_key }) };
  return { Put: { ...inTable(), Item: { ...pointerKey(id), type: RowType.OPERATION, at, ...keys, ...expiry } } };
};

/** The pointer expires with its record, once that has ended. */
export const expireOperationPointer = (id: string, at: Key, expiry: { readonly expires_at: number }): TransactItem => ({
  Update: { ...inTable(), Key: pointerKey(id), ...setExpression({ type: RowType.OPERATION, at, ...expiry }) },
});

/** The record, the pointer to it, and its row in the queue, for the transaction that takes the lock. */
export const putOperation = (operation: Operation): readonly TransactItem[] => {
  const { steps: _none, started_at: _notYet, ...row } = operation;
  const key = operationKey(operation);
  // A joined one is not closed alone: its holder ends soon after.
  const expiry = operation.status === OperationStatus.JOINED ? operationExpiry(operation.created_at) : {};
  return [
    {
      Put: {
        ...inTable(),
        Item: {
          ...row,
          ...key,
          steps: {},
          attempts: {},
          ...expiry,
          ...(operation.status === OperationStatus.COMMITTED
            ? { work_key: Work.COMMITTED, work_at: operation.created_at }
            : {}),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    putOperationPointer(operation, expiry),
    ...putWaiting(operation),
  ];
};

/** The record at that key, or null when it is gone. */
const read = async (key: Key): Promise<Operation | null> => {
  const row = await findRow(key);
  return row === null ? null : operationRow.parse(row);
};

/**
 * A joined operation ends with its holder, unless it was rejected before: the change was part of what the holder
 * applied, or failed with it. So does one whose execution was lost, with the one that carried it on.
 */
const withHolder = (operation: Operation, holder: Operation | null): Operation => {
  if (holder === null) return operation;
  const { ended_at, started_at, steps } = holder;
  if (ended_at === null) return { ...operation, status: OperationStatus.RUNNING, ended_at, started_at, steps };
  if (holder.failed_step === null && holder.status !== OperationStatus.SUPERSEDED) {
    return { ...operation, status: OperationStatus.SUCCEEDED, started_at, ended_at, steps };
  }
  const { failed_step, error_name, error_message } = holder;
  const failure = { failed_step, error_name, error_message };
  return { ...operation, status: OperationStatus.FAILED, started_at, ended_at, steps, ...failure };
};

const CARRIED: readonly OperationStatus[] = [OperationStatus.JOINED, OperationStatus.SUPERSEDED];

/** @param known records that need not be read again, by id */
const resolve = async (operation: Operation, known: ReadonlyMap<string, Operation> = new Map()): Promise<Operation> => {
  if (!CARRIED.includes(operation.status) || operation.joined_to === null) return operation;
  const holder =
    known.get(operation.joined_to) ?? (await read(operationKey({ ...operation, id: operation.joined_to })));
  return withHolder(operation, holder === null ? null : await resolve(holder, known));
};

/** The operation, with the outcome of the one that carries it, if another does. @throws OperationNotFoundError */
export const getOperation = async (id: string): Promise<Operation> => await resolve(await getOwnRecord(id));

/** A superseded one says itself what became of it; a joined one has the outcome of its holder. */
const resolveJoined = async (operation: Operation, known?: ReadonlyMap<string, Operation>): Promise<Operation> =>
  operation.status === OperationStatus.JOINED ? await resolve(operation, known) : operation;

/** The operation as its list has it, and a joined one with its holder's steps. @throws OperationNotFoundError */
export const getShownOperation = async (id: string): Promise<Operation> => await resolveJoined(await getOwnRecord(id));

/** The operation's own record, or null when there is none. */
export const findOwnRecord = async (id: string): Promise<Operation | null> => {
  const key = await findKey(RowType.OPERATION, id);
  return key === null ? null : await read(key);
};

/** The operation's own record. @throws OperationNotFoundError */
export const getOwnRecord = async (id: string): Promise<Operation> => {
  const found = await findOwnRecord(id);
  if (found === null) throw new OperationNotFoundError(id);
  return found;
};

/** The record of a running flow. @throws OperationNotFoundError */
export const getFlowOperation = async (flow: FlowInput): Promise<Operation> => {
  const found = await read(flowOperationKey(flow));
  if (found === null) throw new OperationNotFoundError(flow.operation_id);
  return found;
};

/** The own record of an operation on that load balancer, or on that amphora when null; null when it is gone. */
export const findOperation = async (
  operation: Pick<Operation, 'id' | 'loadbalancer_id' | 'amphora_id'>,
): Promise<Operation | null> => await read(operationKey(operation));

/** Where in a load balancer's operations one begins, and how many are wanted, most likely; their ids grow with time. */
export type OperationsWalk = Pick<Walk, 'from' | 'descending' | 'wanted'>;

/** Holders are looked for among so many before they are read. */
export const TOGETHER = 100;

/** The steps of a joined one are its holder's, which is listed too. */
export const asListed = async (operations: readonly Operation[]): Promise<readonly Operation[]> => {
  const known = new Map(operations.map((operation) => [operation.id, operation]));
  return await Promise.all(operations.map(async (one) => ({ ...(await resolveJoined(one, known)), steps: one.steps })));
};

/** Operations of one load balancer in their order, read as far as they are asked for. */
export async function* walkOperations(
  loadBalancerId: string,
  { from, descending, wanted }: OperationsWalk,
): AsyncGenerator<Operation> {
  const beyond = descending ? 'sk < :from' : 'sk > :from';
  const rows = rowsOf({
    KeyConditionExpression: from === null ? 'pk = :pk' : `pk = :pk AND ${beyond}`,
    ExpressionAttributeValues: { ':pk': `LBOPS#${loadBalancerId}`, ...(from !== null && { ':from': from }) },
    ConsistentRead: true,
    ScanIndexForward: !descending,
    ...(wanted !== null && { Limit: wanted }),
  });
  let together: Operation[] = [];
  for await (const row of rows) {
    const operation = readableOne(operationRow, row);
    if (operation !== null) together.push(operation);
    if (together.length < Math.min(wanted ?? TOGETHER, TOGETHER)) continue;
    yield* await asListed(together);
    together = [];
  }
  yield* await asListed(together);
}

/** Operations of one load balancer, newest first, at most `limit`. */
export const listOperations = async (loadBalancerId: string, limit = 50): Promise<readonly Operation[]> => {
  const found: Operation[] = [];
  for await (const operation of walkOperations(loadBalancerId, { from: null, descending: true, wanted: limit })) {
    found.push(operation);
    if (found.length === limit) break;
  }
  return found;
};

/** The operation that made the load balancer, or null when its record is gone. */
export const findFirstOperationId = async (loadBalancerId: string): Promise<string | null> => {
  const { Items } = await documents().send(
    new QueryCommand({
      TableName: tableName(),
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `LBOPS#${loadBalancerId}` },
      ConsistentRead: true,
      Limit: 1,
    }),
  );
  return Items?.[0] === undefined ? null : operationRow.parse(Items[0]).id;
};

/** Operations committed before that moment (ISO 8601) that are not known to have started, oldest first. */
export const listUnstartedOperations = async (committedBefore: string): Promise<readonly Operation[]> => {
  const found = await queryAll({
    IndexName: INDEXES.BY_WORK,
    KeyConditionExpression: 'work_key = :work AND work_at < :before',
    ExpressionAttributeValues: { ':work': Work.COMMITTED, ':before': committedBefore },
  });
  return readable(operationRow, found);
};

const stepKey = (name: string, subject: string | null): string => (subject === null ? name : `${name}/${subject}`);

/** What `beginStep` found. */
export type StepBegun =
  | { readonly begun: true; readonly startedAt: string }
  /** The operation ended under this very fence: the caller is a repetition of its last step. */
  | { readonly begun: false; readonly operation: Operation };

const IS_RUNNING = '#fence = :fence AND #status IN (:committed, :running)';
const GOES_FORWARD = '(attribute_not_exists(resumes_rollback) OR resumes_rollback = :no)';

/**
 * Records that a step begins, and checks the fence with the same write: a lock taken over has closed this operation.
 * @param beginsRollback true for the step that begins to undo, which is the only one an operation that carries on a
 *   rollback begins with
 * @throws OperationSuperseded
 * @throws RollbackResumedError
 */
export const beginStep = async (
  flow: FlowInput,
  name: string,
  subject: string | null,
  beginsRollback = false,
): Promise<StepBegun> => {
  const startedAt = new Date().toISOString();
  const step = {
    name,
    subject,
    started_at: startedAt,
    ended_at: null,
    duration_ms: null,
    outcome: 'running',
    error_name: null,
    error_message: null,
  };
  try {
    await documents().send(
      new UpdateCommand({
        TableName: tableName(),
        Key: flowOperationKey(flow),
        UpdateExpression:
          'SET #status = :running, started_at = if_not_exists(started_at, :now), steps.#step = :step, ' +
          'attempts.#step = if_not_exists(attempts.#step, :zero) + :one REMOVE work_key',
        ConditionExpression: beginsRollback ? IS_RUNNING : `${IS_RUNNING} AND ${GOES_FORWARD}`,
        ExpressionAttributeNames: { '#status': 'status', '#fence': 'fence', '#step': stepKey(name, subject) },
        ExpressionAttributeValues: {
          ':committed': OperationStatus.COMMITTED,
          ':running': OperationStatus.RUNNING,
          ':fence': flow.fence,
          ':now': startedAt,
          ':step': step,
          ':zero': 0,
          ':one': 1,
          ...(beginsRollback ? {} : { ':no': false }),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { begun: true, startedAt };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const found = error.Item === undefined ? null : operationRow.parse(unmarshall(error.Item));
    if (found !== null && found.fence === flow.fence && found.ended_at !== null) {
      return { begun: false, operation: found };
    }
    if (found?.fence === flow.fence && found.resumes_rollback) throw new RollbackResumedError(flow.operation_id);
    throw new OperationSuperseded(flow.operation_id, error);
  }
};

/** Records how a step ended. The record is for people: it never decides anything, so it needs no fence. */
export const endStep = async (
  flow: FlowInput,
  name: string,
  subject: string | null,
  startedAt: string,
  failure: { readonly name: string; readonly message: string } | null,
): Promise<void> => {
  const endedAt = new Date();
  await documents().send(
    new UpdateCommand({
      TableName: tableName(),
      Key: flowOperationKey(flow),
      UpdateExpression: 'SET steps.#step = :step',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#step': stepKey(name, subject) },
      ExpressionAttributeValues: {
        ':step': {
          name,
          subject,
          started_at: startedAt,
          ended_at: endedAt.toISOString(),
          duration_ms: endedAt.getTime() - Date.parse(startedAt),
          outcome: failure === null ? 'succeeded' : 'failed',
          error_name: failure?.name ?? null,
          error_message: failure?.message.slice(0, 2000) ?? null,
        },
      },
    }),
  );
};
