import type { FlowInput } from '../../models/operation.ts';
import type { Member } from '../../models/pool.ts';

/** What kind of thing a row is; also the first part of the sort key below a load balancer. */
export const RowType = Object.freeze({
  LOAD_BALANCER: 'LB',
  LISTENER: 'LISTENER',
  POOL: 'POOL',
  MEMBER: 'MEMBER',
  HEALTH_MONITOR: 'HM',
  L7_POLICY: 'L7POLICY',
  L7_RULE: 'L7RULE',
  AMPHORA: 'AMPHORA',
  POINTER: 'REF',
  OPERATION: 'OPERATION',
  EXTERNAL_RESOURCE: 'EXT',
  IDEMPOTENCY_KEY: 'IDEM',
  STATISTICS: 'STATS',
  QUOTA: 'QUOTA',
});
export type RowType = (typeof RowType)[keyof typeof RowType];

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export const loadBalancerKey = (id: string): Key => ({ pk: `LB#${id}`, sk: RowType.LOAD_BALANCER });

/** A row inside the partition of its load balancer. */
export const childKey = (loadBalancerId: string, type: RowType, id: string): Key => ({
  pk: `LB#${loadBalancerId}`,
  sk: `${type}#${id}`,
});

/** One spelling for each address: a URL writes IPv6 in its canonical form. */
const oneSpelling = (address: string): string =>
  address.includes(':') ? new URL(`http://[${address}]`).hostname : address;

/** A member's address is part of its key: no pool can have the same one twice. */
export const memberKey = (
  member: Pick<Member, 'load_balancer_id' | 'pool_id' | 'ip_address' | 'protocol_port'>,
): Key => ({
  pk: `LB#${member.load_balancer_id}`,
  sk: `${RowType.MEMBER}#${member.pool_id}#${oneSpelling(member.ip_address)}#${member.protocol_port}`,
});

/** An amphora lives in its load balancer's partition, a spare in one of its own. */
export const amphoraKey = (id: string, loadBalancerId: string | null): Key =>
  loadBalancerId === null ? { pk: `AMP#${id}`, sk: RowType.AMPHORA } : childKey(loadBalancerId, RowType.AMPHORA, id);

/** What an amphora has counted for a listener; apart from the tree, since it is written all the time. */
export const statisticsKey = (loadBalancerId: string, listenerId: string, amphoraId: string): Key => ({
  pk: `${RowType.STATISTICS}#${loadBalancerId}`,
  sk: `${listenerId}#${amphoraId}`,
});

/** A project's own limits. */
export const quotaKey = (projectId: string): Key => ({ pk: `${RowType.QUOTA}#${projectId}`, sk: RowType.QUOTA });

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
  /** A deleted row that housekeeping will purge. */
  DELETED: 'DELETED',
});

/** Index attributes of a listable row. */
export const listKeys = (type: RowType, projectId: string, createdAt: string, id: string) => ({
  project_key: `${type}#${projectId}`,
  type_key: type,
  sort_key: `${createdAt}#${id}`,
});
