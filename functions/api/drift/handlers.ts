import { LBNotFound } from '../../../lib/errors/not-found.ts';
import { ProvisioningStatus } from '../../../lib/models/statuses.ts';
import { listDrift, readDriftRound } from '../../../lib/repositories/drift.ts';
import { findLoadBalancer } from '../../../lib/repositories/load-balancers.ts';
import { authorizeProject } from '../authorization.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { listAnswer } from '../lists/list-answer.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { checkFields, WRAPPING } from './body.ts';
import type { RoundView } from './shape.ts';
import { findingViews, OPTIONS, SEARCHABLE_FIELDS } from './view.ts';

/** GET /octavia/drift/findings */
const listsFindings =
  ({ settings }: Pick<ApiDependencies, 'settings'>): ApiHandler =>
  async (request) => {
    authorizeProject(request, null);
    const listing = { plural: 'findings', searchable: SEARCHABLE_FIELDS, options: OPTIONS };
    const { paginationMaxLimit: maxLimit } = settings();
    return await listAnswer(request, { ...listing, maxLimit }, (await listDrift()).flatMap(findingViews));
  };

/** GET /octavia/drift: the round that goes on, or the last one; null before the first. */
const showRound: ApiHandler = async (request) => {
  authorizeProject(request, null);
  const round = await readDriftRound();
  if (round === null) return { status: 200, body: { drift: null } };
  const { started_at, ended_at, checked, skipped, findings } = round;
  const drift: RoundView = { started_at, ended_at, checked, skipped, findings };
  return { status: 200, body: { drift } };
};

const ensureThere = async (id: string): Promise<void> => {
  const found = await findLoadBalancer(id);
  if (found === null || found.provisioning_status === ProvisioningStatus.DELETED) throw new LBNotFound(id);
};

/** POST /octavia/drift: has these load balancers looked at, and repaired where that is asked for. */
const requestsCheck =
  ({ requestDriftCheck }: Pick<ApiDependencies, 'requestDriftCheck'>): ApiHandler =>
  async (request) => {
    authorizeProject(request, null);
    const { loadbalancer_ids, repair = false } = parseResource(request.body, { ...WRAPPING, fields: checkFields });
    const ids = [...new Set(loadbalancer_ids)];
    for (const id of ids) await ensureThere(id);
    await requestDriftCheck({ loadbalancer_ids: ids, repair, requester: requesterOf(request) });
    return { status: 202 };
  };

/** What there is to know of differences between the table and the cloud, and to do about them. */
export const driftHandlers = (dependencies: ApiDependencies) => ({
  list: listsFindings(dependencies),
  showRound,
  check: requestsCheck(dependencies),
});
