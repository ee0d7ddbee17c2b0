import { readPoolMembers } from '../../../lib/repositories/objects/trees.ts';
import { namedParentInPath } from '../children/requested.ts';
import type { ApiSettings } from '../dependencies.ts';
import { listAnswer } from '../lists/list-answer.ts';
import type { ApiHandler } from '../request.ts';
import { memberView, SEARCHABLE_FIELDS } from './view.ts';

/** GET /lbaas/pools/{pool_id}/members */
export const listsMembers =
  (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    const pool = await namedParentInPath(request, 'pool', 'pool_id');
    const { members } = await readPoolMembers(pool.load_balancer_id, pool.id);
    const maxLimit = settings().paginationMaxLimit;
    const shown = new Map(members.map((member) => [member.id, memberView(member)]));
    return await listAnswer(
      request,
      {
        plural: 'members',
        searchable: SEARCHABLE_FIELDS,
        maxLimit,
        complete: async (page) => page.flatMap(({ id }) => shown.get(String(id)) ?? []),
      },
      members.map((member) => ({ ...memberView(member), pool_id: pool.id })),
    );
  };
