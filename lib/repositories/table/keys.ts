import type { ChildKind } from '../../models/objects/child.ts';
import { KINDS } from '../../models/objects/kinds.ts';
import type { Member } from '../../models/objects/pool.ts';
import type { FlowInput } from '../../models/operations/operation.ts';
import { canonicalAddress, isIPv6Address } from '../../tools/addresses.ts';

/** What kind of thing a row is; also the first part of the sort key below a load balancer. Those of `KINDS` are more. */
export const RowType = Object.freeze({
  LOAD_BALANCER: 'LB',
  AMPHORA: 'AMPHORA',
  POINTER: 'REF',
  OPERATION: 'OPERATION',
  EXTERNAL_RESOURCE: 'EXT',
  IDEMPOTENCY_KEY: 'IDEM',
  STATISTICS: 'STATS',
  QUOTA: 'QUOTA',
  HEALTH: 'HEALTH',
  FLAVOR: 'FLAVOR',
  FLAVOR_PROFILE: 'FLAVORPROFILE',
  AVAILABILITY_ZONE: 'AZ',
  AVAILABILITY_ZONE_PROFILE: 'AZPROFILE',
  LIMIT: 'LIMIT',
  ORPHAN: 'ORPHAN',
});
export type RowType = (typeof RowType)[keyof typeof RowType] | (typeof KINDS)[ChildKind]['row'];

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export const loadBalancerKey = (id: string): Key => ({ pk: `LB#${id}`, sk: RowType.LOAD_BALANCER });

/** Whose VIP a tenant's own port holds. */
export const portClaimKey = (portId: string): Key => ({ pk: `PORT#${portId}`, sk: 'CLAIM' });

/** A row inside the partition of its load balancer. */
export const childKey = (loadBalancerId: string, type: RowType, id: string): Key => ({
  pk: `LB#${loadBalancerId}`,
  sk: `${type}#${id}`,
});

const keyAddress = (address: string): string => (isIPv6Address(address) ? `[${canonicalAddress(address)}]` : address);

/** A member's address is part of its key: no pool can have the same one twice. */
export const memberKey = (
  member: Pick<Member, 'load_balancer_id' | 'pool_id' | 'ip_address' | 'protocol_port'>,
): Key => ({
  pk: `LB#${member.load_balancer_id}`,
  sk: `${KINDS.member.row}#${member.pool_id}#${keyAddress(member.ip_address)}#${member.protocol_port}`,
});

/** An amphora lives in its load balancer's partition, a spare in one of its own. */
export const amphoraKey = (id: string, loadBalancerId: string | null): Key =>
  loadBalancerId === null ? { pk: `AMP#${id}`, sk: RowType.AMPHORA } : childKey(loadBalancerId, RowType.AMPHORA, id);

/** What an amphora has counted for a listener; apart from the tree, since it is written all the time. */
export const statisticsKey = (loadBalancerId: string, listenerId: string, amphoraId: string): Key => ({
  pk: `${RowType.STATISTICS}#${loadBalancerId}`,
  sk: `${listenerId}#${amphoraId}`,
});

/** What is known of an amphora's life, apart from the tree for the same reason. */
export const HealthRow = Object.freeze({
  /** Its last heartbeat; also in the index by time. */
  HEARTBEAT: 'BEAT',
  /** Its status report, where two amphorae report on the same objects. */
  REPORT: 'REPORT',
  /** The handler of its failure, and until when. */
  ALARM: 'ALARM',
  /** An operator's alarm that nothing has come of yet; also in the index of work. */
  STANDING: 'STANDING',
});
export type HealthRow = (typeof HealthRow)[keyof typeof HealthRow];

export const healthKey = (amphoraId: string, row: HealthRow): Key => ({
  pk: `${RowType.HEALTH}#${amphoraId}`,
  sk: row,
});

/**
 * The owner of that management address, in its canonical spelling: heartbeats are distinguished by it before they are
 * read.
 */
export const sourceKey = (host: string): Key => ({ pk: `${RowType.HEALTH}-SOURCE#${host}`, sk: 'AMPHORA' });

/** Rows of the receivers: one for each, and `SWEEP` and `GOVERNOR`, which they share. */
export const receiversKey = (name: string): Key => ({ pk: `${RowType.HEALTH}-OBSERVERS`, sk: name });

/** Something in the cloud that was seen without an owner. */
export const orphanKey = (kind: string, id: string): Key => ({ pk: `${RowType.ORPHAN}#${id}`, sk: kind });

/** What differs between the table and what there is: one row for each load balancer, and `ROUND`. */
export const DRIFT = 'DRIFT';
export const driftKey = (loadBalancerId: string): Key => ({
  pk: DRIFT,
  sk: `${RowType.LOAD_BALANCER}#${loadBalancerId}`,
});
export const driftCheckKey = (id: string): Key => ({ pk: `DRIFTCHECK#${id}`, sk: 'CHECK' });
export const driftRoundKey: Key = { pk: DRIFT, sk: 'ROUND' };

/** There while the worker is frozen. */
export const freezeKey: Key = { pk: 'FREEZE', sk: 'FREEZE' };

/** Roll-outs, and in `CURRENT` which of them has not ended. */
export const ROLLOUTS = 'ROLLOUT';
export const rolloutKey = (id: string): Key => ({ pk: ROLLOUTS, sk: `RUN#${id}` });
export const currentRolloutKey: Key = { pk: ROLLOUTS, sk: 'CURRENT' };
export const rolloutStepKey = (rolloutId: string, loadBalancerId: string): Key => ({
  pk: `${ROLLOUTS}#${rolloutId}`,
  sk: `${RowType.LOAD_BALANCER}#${loadBalancerId}`,
});

/** Running and queued operations under the limits, in one partition. */
export const ADMISSIONS = `${RowType.LIMIT}#operations`;
export const admissionTurnKey: Key = { pk: ADMISSIONS, sk: 'TURN' };
export const holderKey = (operationId: string): Key => ({ pk: ADMISSIONS, sk: `HOLDER#${operationId}` });
export const waitingKey = (operationId: string): Key => ({ pk: ADMISSIONS, sk: `WAITING#${operationId}` });

/** Where nothing is ever written. */
export const DRY_RUN = 'DRY_RUN';
export const dryRunKey = (id: string): Key => ({ pk: `${DRY_RUN}#${id}`, sk: DRY_RUN });

/** A project's own limits. */
export const quotaKey = (projectId: string): Key => ({ pk: `${RowType.QUOTA}#${projectId}`, sk: RowType.QUOTA });

/** A row that stands alone under its id: a flavor, an availability zone, or a profile of one. */
export const loneKey = (type: RowType, id: string): Key => ({ pk: `${type}#${id}`, sk: type });

/** Holds the name of a flavor, so that no other can have it. */
export const flavorNameKey = (name: string): Key => ({ pk: `${RowType.FLAVOR}#${name}`, sk: 'NAME' });

/** Leads from any id to the partition that holds it. */
export const pointerKey = (id: string): Key => ({ pk: `ID#${id}`, sk: RowType.POINTER });

export const operationKey = (operation: {
  readonly id: string;
  readonly loadbalancer_id: string | null;
  readonly amphora_id: string | null;
}): Key => ({
  pk: operation.loadbalancer_id === null ? `AMPOPS#${operation.amphora_id}` : `LBOPS#${operation.loadbalancer_id}`,
  sk: operation.id,
});

/** The row that carries the lock of a running flow. */
export const lockKey = (flow: FlowInput): Key =>
  flow.target === 'load_balancer'
    ? loadBalancerKey(String(flow.loadbalancer_id))
    : amphoraKey(String(flow.amphora_id), flow.loadbalancer_id);

export const flowOperationKey = (flow: FlowInput): Key => operationKey({ ...flow, id: flow.operation_id });

/** Sparse indexes: a row is in one only while it carries the index's hash attribute. */
export const INDEXES = Object.freeze({
  /** `project_key` = `<type>#<project id>`, `sort_key` = creation time and id. */
  BY_PROJECT: 'by_project',
  /** `type_key` = `<type>`, `sort_key` likewise. */
  BY_TYPE: 'by_type',
  /** `work_key` = what is still to be done with the row, `work_at` = since when. */
  BY_WORK: 'by_work',
});

/** Values of `work_key`. */
export const Work = Object.freeze({
  /** A row that carries a lock. */
  LOCKED: 'LOCKED',
  /** An operation whose execution may not have been started. */
  COMMITTED: 'COMMITTED',
  /** A deleted load balancer that housekeeping will purge. */
  DELETED: 'DELETED',
  /** A deleted amphora that housekeeping will purge; since its last sign of life. */
  DELETED_AMPHORA: 'DELETED#AMPHORA',
  /** An entry of the ledger whose owner had no row yet when it was written. */
  UNOWNED: 'UNOWNED',
  /** An operator's alarm that nothing has come of yet; since when. */
  STANDING_ALARM: 'ALARM',
});

/** How many partitions of the index the heartbeats go to: one takes a thousand writes a second. */
export const HEARTBEAT_SHARDS = 16;

/** `work_key` of an amphora's heartbeat; `work_at` is its last heartbeat. */
export const heartbeatShard = (shard: number): string => `BEAT#${shard}`;
export const heartbeatShardOf = (amphoraId: string): string =>
  heartbeatShard(Number.parseInt(amphoraId.slice(0, 1), 16));

/** Stands for a project in the list of amphorae without a load balancer. */
export const SPARES = 'SPARE';

/** A zone's name is its id: a sort key may have 1,024 bytes, and only its beginning decides on the order. */
const SORTED_BY = 128;

/** Where an object stands in its lists. @param createdAt ISO 8601 in UTC with milliseconds */
export const listPlace = (createdAt: string, id: string): string => `${createdAt}#${id.slice(0, SORTED_BY)}`;

/** Index attributes of a listable row. */
export const listKeys = (type: RowType, projectId: string, createdAt: string, id: string) => ({
  project_key: `${type}#${projectId}`,
  type_key: type,
  sort_key: listPlace(createdAt, id),
});
