import { createChild } from '../children/create-child.ts';
import { namedParentInPath } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { createFields, WRAPPING } from './body.ts';
import { checkFamiliesIn, checkMemberOptions, checkMemberPlaces } from './check.ts';
import { draftMember } from './draft.ts';
import { isMonitored } from './monitored.ts';
import { memberView } from './view.ts';

/** POST /lbaas/pools/{pool_id}/members */
export const createsMember =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const { settings, networkSeenBy, changes } = dependencies;
    const fields = parseResource(request.body, { ...WRAPPING, fields: createFields });
    const pool = await namedParentInPath(request, 'pool', 'pool_id');
    checkMemberOptions(fields);
    const monitored = await isMonitored(pool);
    const { id: pool_id, project_id, load_balancer_id } = pool;
    const draft = (id: string) => draftMember({ id, project_id, load_balancer_id, pool_id, monitored }, fields);
    const drafted = [draft('')];
    await checkMemberPlaces(drafted, { network: networkSeenBy(request.caller), settings: settings() });
    await checkFamiliesIn(pool, drafted);
    return await createChild(request, {
      kind: 'member',
      loadBalancerId: load_balancer_id,
      projectId: project_id,
      commit: (id) => changes(requesterOf(request)).createMember(draft(id)),
      show: (member) => ({ member: memberView(member) }),
    });
  };
