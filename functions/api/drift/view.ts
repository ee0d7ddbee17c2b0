import { v5 as uuidv5 } from 'uuid';
import { FINDING_KINDS, type LoadBalancerDrift, Remedy } from '../../../lib/models/drift.ts';
import type { FindingView } from './shape.ts';

/** Of ids that are made from what was found. */
const FINDINGS = 'c1f1b7a5-2c86-4a0e-9f0b-8d3a6de1f7d0';

/** Each finding by itself; its id stays while it is the same. */
export const findingViews = (drift: LoadBalancerDrift): readonly FindingView[] =>
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
] as const;

/** The values of filters that only take these. */
export const OPTIONS = { kind: FINDING_KINDS, remedy: Object.values(Remedy) };
