import { asDryRun } from '../../../lib/context/dry-run.ts';
import { CHILD_KINDS, KINDS } from '../../../lib/models/objects/kinds.ts';
import { QUOTA_RESOURCES, type QuotaNumbers, type QuotaResource } from '../../../lib/models/objects/quota.ts';
import { decide } from '../../../lib/models/operations/admission-queue.ts';
import { contenderOf } from '../../../lib/models/operations/limits.ts';
import { type Operation, OperationStatus } from '../../../lib/models/operations/operation.ts';
import { planAdmission } from '../../../lib/repositories/admission/admission-plan.ts';
import { isLimited, readAdmissions } from '../../../lib/repositories/admission/admissions.ts';
import { lookAtUsage } from '../../../lib/repositories/quotas/usage.ts';
import { operationKey } from '../../../lib/repositories/table/keys.ts';
import { limitConfig } from '../../../lib/settings/config.ts';
import type { LoadTlsMaterial } from '../../../lib/tls/tls-material.ts';
import { answerBytes, MOST_ANSWER_BYTES } from '../answers/answer-size.ts';
import { answerTooLarge } from '../answers/refusals.ts';
import type { ApiAnswer } from '../request/request.ts';
import { type AmphoraPlan, amphoraPlan, type NewAmphora } from './amphorae.ts';
import { configurationChanges } from './configuration.ts';
import { objectChanges, removed } from './objects.ts';
import { project } from './projection.ts';
import { resourceChanges, type Subnets } from './resources.ts';
import type { DryRunView, ObjectChange, OperationView, QuotaView } from './shape.ts';

export interface DryRunDependencies {
  readonly subnets: Subnets;
  readonly loadTls: LoadTlsMaterial;
  /** Limits of projects that have none of their own. */
  readonly defaultQuota: QuotaNumbers;
}

const queuePositionOf = async (operation: Operation) => {
  if (operation.status !== OperationStatus.COMMITTED || !isLimited(operation)) return null;
  const { holders, waiting } = await readAdmissions();
  const others = waiting.filter(({ operation_id }) => operation_id !== operation.id);
  const queue = [...others, { ...contenderOf(operation), at: operationKey(operation) }];
  const { admitted, gone } = await planAdmission({ holders, waiting: queue });
  if (admitted.some(({ operation_id }) => operation_id === operation.id)) return null;
  const living = holders.filter((holder) => !gone.includes(holder));
  return decide(limitConfig(), living, queue, Date.now()).positions.get(operation.id) ?? null;
};

const operationView = async (operation: Operation | null): Promise<OperationView> => {
  if (operation === null) return null;
  const { flow, status, joined_to } = operation;
  const joins = status === OperationStatus.JOINED ? joined_to : null;
  const position = await queuePositionOf(operation);
  return {
    flow,
    begins: joins !== null ? 'joins' : position !== null ? 'waits' : 'at once',
    joins,
    waits_for: position,
  };
};

const comingAmphora = ({ id, spare }: NewAmphora): ObjectChange => {
  const shown = { type: 'amphora', id, object: null };
  if (spare === null) return { ...shown, action: 'create', changes: null };
  return { ...shown, action: 'update', changes: { loadbalancer_id: { before: null, after: spare.load_balancer_id } } };
};

const amphoraChanges = ({ comes, goes }: AmphoraPlan): readonly ObjectChange[] => [
  ...comes.map(comingAmphora),
  ...goes.map((id) => removed('amphora', id)),
];

/** By type, what an object counts as. */
const RESOURCES: ReadonlyMap<string, QuotaResource> = new Map([
  ['loadbalancer', 'load_balancer'],
  ...CHILD_KINDS.map((kind): [string, QuotaResource] => [KINDS[kind].resource, KINDS[kind].quota]),
]);

/** What the change takes and, once it is done, gives back. */
const quotaView = async (
  projectId: string | null,
  objects: readonly ObjectChange[],
  defaults: QuotaNumbers,
): Promise<QuotaView> => {
  const more = new Map<QuotaResource, number>();
  for (const { action, type } of objects) {
    const resource = RESOURCES.get(type);
    if (resource === undefined || action === 'update') continue;
    more.set(resource, (more.get(resource) ?? 0) + (action === 'create' ? 1 : -1));
  }
  if (projectId === null || more.size === 0) return null;
  const { limits, inUse } = await lookAtUsage(projectId);
  const resources = QUOTA_RESOURCES.filter((resource) => more.has(resource)).map((resource) => ({
    resource,
    before: inUse[resource],
    after: inUse[resource] + (more.get(resource) ?? 0),
    limit: limits[resource] ?? defaults[resource],
  }));
  return { project_id: projectId, resources };
};

/**
 * Answers what the request would do, and does none of it.
 * @param work the request
 * @throws whatever refuses the request; ApiError 400 the answer would be too large
 */
export const dryRun = async (
  work: () => Promise<ApiAnswer>,
  { subnets, loadTls, defaultQuota }: DryRunDependencies,
): Promise<ApiAnswer> => {
  const projection = await project(await asDryRun(work));
  const { operation } = projection;
  const plan = amphoraPlan(projection);
  const below = objectChanges(projection, defaultQuota);
  const [shownOperation, resources, quota, configuration] = await Promise.all([
    operationView(operation),
    resourceChanges(projection, plan, subnets),
    quotaView(operation?.project_id ?? null, below, defaultQuota),
    configurationChanges(projection, plan, loadTls),
  ]);
  const shown: DryRunView = {
    operation: shownOperation,
    objects: [...below, ...amphoraChanges(plan)],
    external_resources: [...resources],
    quota,
    configuration: [...configuration],
  };
  const bytes = answerBytes(shown);
  if (bytes > MOST_ANSWER_BYTES) throw answerTooLarge('The answer', bytes, 'ask for dry runs of its parts');
  return { status: 200, body: { dry_run: shown } };
};
