import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { CHILD_KINDS, KINDS } from '../../models/objects/kinds.ts';
import type { StatusField, StatusMove, TransitionCause } from '../../models/operations/transition.ts';
import { AmphoraStatus, OperatingStatus, ProvisioningStatus } from '../../models/statuses.ts';
import { type Key, loadBalancerKey, RowType } from '../table/keys.ts';
import { findRow } from '../table/query.ts';

const attribute = z.custom<AttributeValue>(
  (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 1,
  'is no attribute',
);
const image = z.record(z.string(), attribute);
const text = z.object({ S: z.string() });
const change = z.object({
  Keys: z.object({ pk: text, sk: text }),
  SequenceNumber: z.string(),
  /** Seconds since 1970. */
  ApproximateCreationDateTime: z.number(),
});

/** A record of the table's stream, with the row as it was and as it is. */
const streamRecord = z.discriminatedUnion('eventName', [
  z.object({ eventID: z.string(), eventName: z.literal('INSERT'), dynamodb: change.extend({ NewImage: image }) }),
  z.object({
    eventID: z.string(),
    eventName: z.literal('MODIFY'),
    dynamodb: change.extend({ OldImage: image, NewImage: image }),
  }),
  z.object({ eventID: z.string(), eventName: z.literal('REMOVE'), dynamodb: change.extend({ OldImage: image }) }),
]);

const lock = z.object({ operation_id: z.string() }).nullish();

/** The parts of a row that make a transition. */
const rowSchema = z.object({
  id: z.string(),
  project_id: z.string().nullish(),
  load_balancer_id: z.string().nullish(),
  provisioning_status: z.enum(ProvisioningStatus).optional(),
  operating_status: z.enum(OperatingStatus).optional(),
  status: z.enum(AmphoraStatus).optional(),
  operation_id: z.string().optional(),
  status_operation_id: z.string().optional(),
  deletion_failed: z.boolean().optional(),
  lock,
});
type Row = z.infer<typeof rowSchema>;

const TYPES: ReadonlyMap<string, StatusMove['object_type']> = new Map([
  [RowType.LOAD_BALANCER, 'load_balancer'],
  ...CHILD_KINDS.map((kind): [string, StatusMove['object_type']] => [KINDS[kind].row, kind]),
  [RowType.AMPHORA, 'amphora'],
]);

/** What kind of object the row is; null for rows without a status. */
const typeOf = ({ pk, sk }: Key): StatusMove['object_type'] | null =>
  pk.startsWith('LB#') || pk.startsWith('AMP#') ? (TYPES.get(sk.split('#')[0] ?? '') ?? null) : null;

const FIELDS = ['provisioning_status', 'operating_status', 'status'] as const satisfies readonly StatusField[];
/** The status that an operation moves; a heartbeat moves the other one alone. */
const LIFE: readonly StatusField[] = ['provisioning_status', 'status'];

/** Gone is what had such a status: its row stays for a while, or goes at once. */
const GONE = ProvisioningStatus.DELETED;

interface Before {
  readonly old: Row | null;
  readonly now: Row | null;
}

const afterOf = (field: StatusField, { old, now }: Before): string | undefined => {
  if (now !== null) return now[field];
  // What does no longer exist does nothing for traffic either; that its life has ended says all.
  return old?.[field] !== undefined && LIFE.includes(field) ? GONE : undefined;
};

/** The operation that wrote the change: it holds the row's lock or gives it back, or the row names it. */
const writerOf = ({ old, now }: Before): string | null =>
  now?.lock?.operation_id ??
  old?.lock?.operation_id ??
  now?.status_operation_id ??
  now?.operation_id ??
  old?.status_operation_id ??
  old?.operation_id ??
  null;

/** An operation that moves an operating status alone names itself with it; heartbeats do not. */
const wroteAlone = ({ old, now }: Before): boolean =>
  now?.status_operation_id !== undefined && now.status_operation_id !== old?.status_operation_id;

const originOf = (
  moved: readonly StatusField[],
  rows: Before,
): { cause: TransitionCause; operation_id: string | null } => {
  const { old, now } = rows;
  const marked = old?.provisioning_status === ProvisioningStatus.PENDING_DELETE || old?.deletion_failed === true;
  if (now === null && old?.provisioning_status !== undefined && !marked) return { cause: 'parent', operation_id: null };
  if (moved.some((field) => LIFE.includes(field)) || wroteAlone(rows)) {
    return { cause: 'operation', operation_id: writerOf(rows) };
  }
  return { cause: 'heartbeat', operation_id: null };
};

const parseRow = (row: Record<string, AttributeValue> | undefined): Row | null =>
  row === undefined ? null : rowSchema.parse(unmarshall(row));

/**
 * The statuses that a record of the table's stream tells to have changed; none for rows without a status, and for a row
 * that goes long after what it stood for.
 * @throws ZodError it is no such record, or the row is not as rows are
 */
export const movesIn = (record: unknown): readonly StatusMove[] => {
  const { eventID, dynamodb } = streamRecord.parse(record);
  const type = typeOf({ pk: dynamodb.Keys.pk.S, sk: dynamodb.Keys.sk.S });
  if (type === null) return [];
  const rows = {
    old: parseRow('OldImage' in dynamodb ? dynamodb.OldImage : undefined),
    now: parseRow('NewImage' in dynamodb ? dynamodb.NewImage : undefined),
  };
  const row = rows.now ?? rows.old;
  if (row === null) return [];
  const moved = FIELDS.flatMap((field) => {
    const before = rows.old?.[field] ?? null;
    const after = afterOf(field, rows);
    return after === undefined || after === before ? [] : [{ field, before, after }];
  });
  const origin = originOf(
    moved.map(({ field }) => field),
    rows,
  );
  return moved.map((move) => ({
    id: `${eventID}/${move.field}`,
    sequence: dynamodb.SequenceNumber,
    object_type: type,
    object_id: row.id,
    loadbalancer_id: type === 'load_balancer' ? row.id : (row.load_balancer_id ?? null),
    project_id: row.project_id ?? null,
    ...move,
    ...origin,
    time: new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString(),
  }));
};

const leaving = z.object({
  provisioning_status: z.enum([ProvisioningStatus.PENDING_DELETE, GONE]),
  status_operation_id: z.string().optional(),
  lock,
});

/** The operation that deletes the load balancer, or has; null when none does. */
export const findDeletion = async (loadBalancerId: string): Promise<string | null> => {
  const row = leaving.safeParse(await findRow(loadBalancerKey(loadBalancerId)));
  return row.success ? (row.data.lock?.operation_id ?? row.data.status_operation_id ?? null) : null;
};
