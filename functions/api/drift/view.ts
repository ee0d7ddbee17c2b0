import { v5 as uuidv5 } from 'uuid';
import { type DriftCheck, FINDING_KINDS, type LoadBalancerDrift, Remedy } from '../../../lib/models/drift.ts';
import { type Operation, OperationStatus } from '../../../lib/models/operations/operation.ts';
import type { CheckView, FindingView } from './shape.ts';

/** Of ids that are made from what was found. */
const FINDINGS = 'c1f1b7a5-2c86-4a0e-9f0b-8d3a6de1f7d0';

type Repair = Pick<Operation, 'status' | 'ended_at'>;

/** When the repair ended well, if the load balancer has not been judged since. */
const repairedAt = ({ seen_at }: LoadBalancerDrift, repair: Repair | null): string | null => {
  if (repair?.status !== OperationStatus.SUCCEEDED || repair.ended_at === null) return null;
  return repair.ended_at > seen_at ? repair.ended_at : null;
};

/**
 * Each finding alone; its id stays while it is the same.
 * @param repair the operation of the latest repair, if its record is kept
 */
export const findingViews = (drift: LoadBalancerDrift, repair: Repair | null): readonly FindingView[] =>
  drift.findings.map(({ kind, resource, resource_id, amphora_id, expected, found, remedy, first_seen }) => ({
    id: uuidv5(JSON.stringify([drift.loadbalancer_id, kind, resource_id, amphora_id, expected, found]), FINDINGS),
    loadbalancer_id: drift.loadbalancer_id,
    project_id: drift.project_id,
    amphora_id,
    kind,
    resource,
    resource_id,
    expected,
    found,
    remedy,
    first_seen,
    seen_at: drift.seen_at,
    repair_operation_id: drift.repair?.operation_id ?? null,
    repair_status: repair?.status ?? null,
    repaired_at: repairedAt(drift, repair),
  }));

/** Fields a list of findings can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
  'id',
  'loadbalancer_id',
  'project_id',
  'amphora_id',
  'kind',
  'resource',
  'resource_id',
  'remedy',
  'first_seen',
  'seen_at',
  'repair_status',
] as const;

/** A check with each of its load balancers, also before it has looked at any. */
export const checkView = ({ id, repair, created_at, ended_at, ...check }: DriftCheck): CheckView => ({
  id,
  repair,
  created_at,
  ended_at,
  loadbalancers: check.loadbalancer_ids.map((loadbalancer_id) => {
    const result = check.results.find((one) => one.loadbalancer_id === loadbalancer_id);
    const findings = result?.findings ?? null;
    const judged = findings === null ? 'SKIPPED' : 'JUDGED';
    const status = result === undefined ? 'WAITING' : judged;
    return { loadbalancer_id, status, findings, repair_operation_id: result?.operation_id ?? null };
  }),
});

/** The values of filters that only take these. */
export const OPTIONS = {
  kind: FINDING_KINDS,
  remedy: Object.values(Remedy),
  repair_status: Object.values(OperationStatus),
};
