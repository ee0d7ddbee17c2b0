import { DriftCheckNotFoundError } from '../../../lib/errors/drift.ts';
import { LBNotFound, OperationNotFoundError } from '../../../lib/errors/not-found.ts';
import type { DriftCheck, LoadBalancerDrift } from '../../../lib/models/drift.ts';
import type { Operation } from '../../../lib/models/operations/operation.ts';
import { ProvisioningStatus } from '../../../lib/models/statuses.ts';
import {
  findDriftCheck,
  findDriftRound,
  getDriftCheck,
  listDrift,
  noteDriftCheck,
} from '../../../lib/repositories/fleet/drift.ts';
import { findLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { getOperation } from '../../../lib/repositories/operations/operations.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { pathId } from '../fields/path-id.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedFields } from '../lists/list-query.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import { createOnce, OPERATORS } from '../request/idempotency.ts';
import { type ApiHandler, requesterOf } from '../request/request.ts';
import { narrow } from '../views/common.ts';
import { checkFields, WRAPPING } from './body.ts';
import type { RoundView } from './shape.ts';
import { checkView, findingViews, OPTIONS, SEARCHABLE_FIELDS } from './view.ts';

const repairOf = async ({ repair }: LoadBalancerDrift): Promise<Operation | null> => {
  if (repair === null) return null;
  try {
    return await getOperation(repair.operation_id);
  } catch (error) {
    if (error instanceof OperationNotFoundError) return null;
    throw error;
  }
};

/** GET /octavia/drift/findings */
const listsFindings =
  ({ settings }: Pick<ApiDependencies, 'settings'>): ApiHandler =>
  async (request) => {
    authorizeProject(request, null);
    const listing = { plural: 'findings', searchable: SEARCHABLE_FIELDS, options: OPTIONS };
    const { paginationMaxLimit: maxLimit } = settings();
    const found = await listDrift();
    const views = await Promise.all(found.map(async (drift) => findingViews(drift, await repairOf(drift))));
    return await listAnswer(request, { ...listing, maxLimit }, views.flat());
  };

/** GET /octavia/drift: the running round, or the last one; null before the first. */
const showRound: ApiHandler = async (request) => {
  authorizeProject(request, null);
  const round = await findDriftRound();
  if (round === null) return { status: 200, body: { drift: null } };
  const { started_at, ended_at, checked, skipped, findings } = round;
  const drift: RoundView = { started_at, ended_at, checked, skipped, findings };
  return { status: 200, body: { drift } };
};

const ensureThere = async (id: string): Promise<void> => {
  const found = await findLoadBalancer(id);
  if (found === null || found.provisioning_status === ProvisioningStatus.DELETED) throw new LBNotFound(id);
};

const answerOf = (check: DriftCheck) => ({ status: 202, body: { drift: checkView(check) } });

/** POST /octavia/drift: has these load balancers looked at, and repaired where that is asked for; answers the check. */
const requestsCheck =
  ({ requestDriftCheck }: Pick<ApiDependencies, 'requestDriftCheck'>): ApiHandler =>
  async (request) => {
    authorizeProject(request, null);
    const { loadbalancer_ids, repair = false } = parseResource(request.body, { ...WRAPPING, fields: checkFields });
    const ids = [...new Set(loadbalancer_ids)];
    for (const id of ids) await ensureThere(id);
    return await createOnce(request, OPERATORS, {
      find: async (id) => {
        const found = await findDriftCheck(id);
        // The request before may have died between its record and the event.
        if (found !== null && found.ended_at === null) await requestDriftCheck(id);
        return found === null ? null : answerOf(found);
      },
      create: async (id) => {
        const asked = { id, loadbalancer_ids: ids, repair, requester: requesterOf(request) };
        const check = { ...asked, created_at: new Date().toISOString(), ended_at: null, results: [] };
        // First the record: the event names it, and nothing else of an event counts.
        await noteDriftCheck(check);
        await requestDriftCheck(id);
        return answerOf(check);
      },
    });
  };

/** GET /octavia/drift/checks/{id}: what came of each load balancer; its findings are in the list of findings. */
const showCheck: ApiHandler = async (request) => {
  authorizeProject(request, null);
  const check = await getDriftCheck(pathId(request.params, 'id', (id) => new DriftCheckNotFoundError(id)));
  return { status: 200, body: { check: narrow(checkView(check), askedFields(request.query)) } };
};

/** What there is to know of differences between the table and the cloud, and to do about them. */
export const driftHandlers = (dependencies: ApiDependencies) => ({
  list: listsFindings(dependencies),
  showRound,
  showCheck,
  check: requestsCheck(dependencies),
});
