import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ExternalResourceKind, ResourceOwner } from '../../models/external-resource.ts';
import { portNameOf } from '../../models/names.ts';
import { AmphoraStatus, ProvisioningStatus } from '../../models/statuses.ts';
import { documents, tableName } from '../table/client.ts';
import { INDEXES, loadBalancerKey, orphanKey, RowType } from '../table/keys.ts';
import { findKey } from '../table/pointers.ts';
import { findRow, queryAll } from '../table/query.ts';

/**
 * A resource's owner: an object, or an operation that may just be making it; none any more; or this table never had it.
 */
export type Ownership = 'owned' | 'orphan' | 'unknown';

export interface Named {
  readonly kind: ExternalResourceKind;
  readonly name: string;
}

const text = z.string().nullable();
const ledgerRow = z.object({
  pk: z.string(),
  sk: z.string(),
  kind: z.string(),
  name: z.string(),
  resource_id: text,
  loadbalancer_id: text,
});
type LedgerRow = z.infer<typeof ledgerRow>;

/**
 * The ledger as the index has it: one look for a whole sweep. A row that cannot be read ends the sweep: without it, what it owns would
 * look like an orphan, and be deleted. A member port's entry also names its network.
 */
const readLedger = async (): Promise<ReadonlyMap<string, readonly LedgerRow[]>> => {
  const rows = await queryAll({
    IndexName: INDEXES.BY_TYPE,
    KeyConditionExpression: 'type_key = :type',
    ExpressionAttributeValues: { ':type': RowType.EXTERNAL_RESOURCE },
  });
  const byName = new Map<string, LedgerRow[]>();
  for (const row of rows.map((one) => ledgerRow.parse(one))) {
    const name = `${row.kind}#${portNameOf(row.name)}`;
    byName.set(name, [...(byName.get(name) ?? []), row]);
  }
  return byName;
};

const lockable = z.object({
  lock: z.unknown().nullish(),
  provisioning_status: z.string().optional(),
  status: z.string().optional(),
  load_balancer_id: text.optional(),
});

/** A row that is gone, or DELETED and held by no operation. */
const isGone = (row: Readonly<Record<string, unknown>> | undefined): boolean => {
  if (row === undefined) return true;
  const { lock, provisioning_status, status } = lockable.parse(row);
  if (lock !== null && lock !== undefined) return false;
  return provisioning_status === ProvisioningStatus.DELETED || status === AmphoraStatus.DELETED;
};

const loadBalancerRow = async (id: string) => await findRow(loadBalancerKey(id));

/** True while an operation on the load balancer runs: it may be making, or moving, anything of it. */
const isBusy = async (loadBalancerId: string | null): Promise<boolean> => {
  if (loadBalancerId === null) return false;
  const row = await loadBalancerRow(loadBalancerId);
  const lock = row === null ? null : lockable.parse(row).lock;
  return lock !== null && lock !== undefined;
};

/** What this table knows of owners, strongly consistent; the ledger is read once, and only when a row is missing. */
export const ownership = () => {
  let ledger: ReturnType<typeof readLedger> | null = null;
  const entriesOf = async ({ kind, name }: Named): Promise<readonly LedgerRow[]> => {
    ledger ??= readLedger();
    return (await ledger).get(`${kind}#${name}`) ?? [];
  };

  const ofLoadBalancer = async (id: string, named: Named): Promise<Ownership> => {
    const row = await loadBalancerRow(id);
    if (row !== null) return isGone(row) ? 'orphan' : 'owned';
    return (await entriesOf(named)).length === 0 ? 'unknown' : 'orphan';
  };

  const ofAmphora = async (id: string, named: Named): Promise<Ownership> => {
    const key = await findKey(RowType.AMPHORA, id);
    const row = key === null ? null : await findRow(key);
    if (row !== null) {
      if (!isGone(row)) return 'owned';
      return (await isBusy(lockable.parse(row).load_balancer_id ?? null)) ? 'owned' : 'orphan';
    }
    const [entry] = await entriesOf(named);
    if (entry === undefined) return 'unknown';
    return (await isBusy(entry.loadbalancer_id)) ? 'owned' : 'orphan';
  };

  return {
    of: async (owner: ResourceOwner, named: Named): Promise<Ownership> => {
      if (owner.loadbalancer_id !== null) return await ofLoadBalancer(owner.loadbalancer_id, named);
      return owner.amphora_id === null ? 'unknown' : await ofAmphora(owner.amphora_id, named);
    },
    /** It is gone from the cloud: nothing of it is remembered. */
    forget: async ({ id, ...named }: Named & { readonly id: string }): Promise<void> => {
      const entries = (await entriesOf(named)).filter(({ resource_id }) => resource_id === null || resource_id === id);
      const keys = [orphanKey(named.kind, id), ...entries.map(({ pk, sk }) => ({ pk, sk }))];
      for (const Key of keys) await documents().send(new DeleteCommand({ TableName: tableName(), Key }));
    },
  };
};

/** A sighting is forgotten when nothing was seen for so long: what got an owner, or is gone. */
const SIGHTING_SECONDS = 604_800;
const sighting = z.object({ first_seen: z.string() });

/** Notes that it was seen without an owner. @returns when it was for the first time, ISO 8601, UTC */
export const recordSighting = async (kind: string, id: string, name: string): Promise<string> => {
  const now = new Date();
  const { Attributes } = await documents().send(
    new UpdateCommand({
      TableName: tableName(),
      Key: orphanKey(kind, id),
      UpdateExpression: 'SET first_seen = if_not_exists(first_seen, :now), #name = :name, expires_at = :expires',
      ExpressionAttributeNames: { '#name': 'name' },
      ExpressionAttributeValues: {
        ':now': now.toISOString(),
        ':name': name,
        ':expires': Math.floor(now.getTime() / 1000) + SIGHTING_SECONDS,
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return sighting.parse(Attributes).first_seen;
};
