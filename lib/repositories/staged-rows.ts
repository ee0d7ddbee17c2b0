import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { OperationSuperseded } from '../errors/flow.ts';
import type { FlowInput } from '../models/operation.ts';
import { fenceCondition } from './fence.ts';
import { getLoadBalancer } from './load-balancers.ts';
import { documents, tableName } from './table/client.ts';
import { lockKey } from './table/keys.ts';
import { queryAll } from './table/query.ts';
import { inTable, type TransactItem, transact } from './table/transact.ts';

/*
 * A change with more rows than one transaction takes is written in two strokes: its rows are laid aside first, where
 * nobody looks; the commit then names them on the load balancer, and from that moment the change counts. Whoever comes
 * first, the API or the flow, writes the rows out, as often as it takes; nothing else is accepted until that is done.
 * Rows that were laid aside and never committed expire.
 */

/** Rows of one transaction, beside the one that checks the fence. */
const ROWS_AT_ONCE = 95;
/** Rows of one part: an item may have 400 KB, and the largest row has 2 KB. */
const PART_ROWS = 150;
const EXPIRES_SECONDS = 86_400;

/** A row written before there were staged changes has no such attribute. */
export const NOTHING_STAGED = '(attribute_not_exists(staged_operation_id) OR staged_operation_id = :none)';

export type StagedRow = Readonly<Record<string, unknown>>;

const partition = (operationId: string): string => `STAGED#${operationId}`;

const partRow = z.object({ rows: z.string() });
const storedRows = z.array(z.record(z.string(), z.unknown()));

/** Lays the rows of an operation aside, before its commit. */
export const stageRows = async (operationId: string, rows: readonly StagedRow[]): Promise<void> => {
  const expiresAt = Math.floor(Date.now() / 1000) + EXPIRES_SECONDS;
  const parts: Promise<unknown>[] = [];
  for (let from = 0; from < rows.length; from += PART_ROWS) {
    const Item = {
      pk: partition(operationId),
      sk: String(from).padStart(8, '0'),
      rows: JSON.stringify(rows.slice(from, from + PART_ROWS)),
      expires_at: expiresAt,
    };
    parts.push(documents().send(new PutCommand({ TableName: tableName(), Item })));
  }
  await Promise.all(parts);
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
 * Writes out what is laid aside for the flow's load balancer, if anything is. Somebody else doing the same at the same
 * time does no harm: the rows are the same.
 * @throws OperationSuperseded
 */
export const unstageRows = async (flow: FlowInput): Promise<void> => {
  const { staged_operation_id: operationId } = await getLoadBalancer(String(flow.loadbalancer_id));
  if (operationId === null) return;
  const rows = await readStaged(operationId);
  for (let from = 0; from === 0 || from < rows.length; from += ROWS_AT_ONCE) {
    const writes = rows.slice(from, from + ROWS_AT_ONCE).map((Item) => ({ Put: { ...inTable(), Item } }));
    const last = from + ROWS_AT_ONCE >= rows.length;
    const refusal = await transact([whileStaged(flow, operationId, last), ...writes]);
    if (refusal === null) continue;
    const now = await getLoadBalancer(String(flow.loadbalancer_id));
    if (now.lock?.operation_id !== flow.operation_id || now.lock.fence !== flow.fence) {
      throw new OperationSuperseded(flow.operation_id);
    }
    return;
  }
};
