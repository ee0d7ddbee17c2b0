import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { isDryRun, noteDryRunRows } from '../../context/dry-run.ts';
import { OperationSuperseded } from '../../errors/flow.ts';
import type { FlowInput } from '../../models/operations/operation.ts';
import { fenceCondition } from '../operations/fence.ts';
import { documents, tableName } from '../table/client.ts';
import { lockKey } from '../table/keys.ts';
import { queryAll } from '../table/query.ts';
import { refuseTooLarge, refusingTooLarge } from '../table/too-large.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';
import { getLoadBalancer } from './load-balancers.ts';

/*
 * A change with more rows than one transaction takes is written in two steps: its rows are laid aside first, where no
 * reader looks; the commit then names them on the load balancer, and from that moment the change counts. The API or the
 * flow, whichever comes first, writes the rows out, as often as it takes; nothing else is accepted until that is done.
 * Rows that were laid aside and never committed expire.
 */

/** One transaction, beside the item that checks the fence. */
const TRANSACTION = { rows: 95, bytes: 3_000_000 };
/** One part: an item may have 400 KB. A row that is larger is refused with its part, before anything counts. */
const PART = { rows: 150, bytes: 300_000 };
const EXPIRES_SECONDS = 86_400;

/** A row written before there were staged changes has no such attribute. */
export const NOTHING_STAGED = '(attribute_not_exists(staged_operation_id) OR staged_operation_id = :none)';

export type StagedRow = Readonly<Record<string, unknown>>;

/** Bytes of a value as JSON; DynamoDB counts fewer. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The rows in their order, so many and so many bytes at a time; a row that is larger stands alone. */
const inChunks = (
  rows: readonly StagedRow[],
  most: { readonly rows: number; readonly bytes: number },
): readonly (readonly StagedRow[])[] => {
  const chunks: StagedRow[][] = [];
  let room = { rows: 0, bytes: 0 };
  for (const row of rows) {
    const bytes = jsonBytes(row);
    if (room.rows === 0 || room.bytes < bytes) {
      chunks.push([]);
      room = most;
    }
    chunks.at(-1)?.push(row);
    room = { rows: room.rows - 1, bytes: room.bytes - bytes };
  }
  return chunks;
};

const partition = (operationId: string): string => `STAGED#${operationId}`;

const partRow = z.object({ rows: z.string() });
const storedRows = z.array(z.record(z.string(), z.unknown()));

/** Lays the rows of an operation aside, before its commit. @throws ObjectTooLargeError */
export const stageRows = async (operationId: string, rows: readonly StagedRow[]): Promise<void> => {
  if (isDryRun()) {
    for (const row of rows) refuseTooLarge(row, jsonBytes(row));
    noteDryRunRows(rows);
    return;
  }
  const expiresAt = Math.floor(Date.now() / 1000) + EXPIRES_SECONDS;
  const put = (part: readonly StagedRow[], index: number) => {
    const Item = {
      pk: partition(operationId),
      sk: String(index).padStart(8, '0'),
      rows: JSON.stringify(part),
      expires_at: expiresAt,
    };
    const written = part.map((row) => ({ row, with: row }));
    return refusingTooLarge(written, () => documents().send(new PutCommand({ TableName: tableName(), Item })));
  };
  await Promise.all(inChunks(rows, PART).map(put));
};

const readStaged = async (operationId: string): Promise<readonly StagedRow[]> => {
  const parts = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': partition(operationId) },
    ConsistentRead: true,
  });
  return parts.flatMap((item) => storedRows.parse(JSON.parse(partRow.parse(item).rows)));
};

/**
 * The load balancer's row: still this flow's, and these rows still to be written; the last one says that it is done.
 * The generation grows with it, so that a round that began before the rows were there does not count as theirs.
 */
const whileStaged = (flow: FlowInput, operationId: string, last: boolean): TransactItem => {
  const fence = fenceCondition(flow);
  const condition = {
    ...inTable(),
    Key: lockKey(flow),
    ConditionExpression: `${fence.condition} AND staged_operation_id = :staged`,
    ExpressionAttributeNames: fence.names,
  };
  const values = { ...fence.values, ':staged': operationId };
  if (!last) return { ConditionCheck: { ...condition, ExpressionAttributeValues: values } };
  return {
    Update: {
      ...condition,
      UpdateExpression: 'SET staged_operation_id = :none, generation = generation + :one',
      ExpressionAttributeValues: { ...values, ':none': null, ':one': 1 },
    },
  };
};

/**
 * Writes out what is laid aside for the flow's load balancer, if anything is. Two processes doing the same at the same
 * time do no harm: the rows are the same.
 * @throws OperationSuperseded
 */
export const unstageRows = async (flow: FlowInput): Promise<void> => {
  const { staged_operation_id: operationId } = await getLoadBalancer(String(flow.loadbalancer_id));
  if (operationId === null) return;
  const rows = await readStaged(operationId);
  const chunks = inChunks(rows, TRANSACTION);
  for (const [index, chunk] of (chunks.length === 0 ? [[]] : chunks).entries()) {
    const writes = chunk.map((Item) => ({ Put: { ...inTable(), Item } }));
    const last = index >= chunks.length - 1;
    const refusal = await transact([whileStaged(flow, operationId, last), ...writes]);
    if (refusal === null) continue;
    const now = await getLoadBalancer(String(flow.loadbalancer_id));
    if (now.lock?.operation_id !== flow.operation_id || now.lock.fence !== flow.fence) {
      throw new OperationSuperseded(flow.operation_id);
    }
    return;
  }
};
