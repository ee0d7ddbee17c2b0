import { MemberNotFound } from '../../../lib/errors/not-found.ts';
import type { Pool } from '../../../lib/models/objects/pool.ts';
import { listBelow } from '../../../lib/repositories/objects/child-lists.ts';
import { readPoolMembers } from '../../../lib/repositories/objects/trees.ts';
import { namedParentInPath, parentInPath, requestedChild } from '../children/requested.ts';
import { childVerbs } from '../children/verbs.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { listKnown } from '../lists/list-answer.ts';
import { checkFamiliesIn, checkMemberOptions, checkMemberPlaces, checkReservedAddresses } from '../members/check.ts';
import { createFields, draftMember, MEMBER, updateFields } from '../members/definition.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { Verbs } from '../request/resource-routes.ts';

const { show, create, updates, removes } = childVerbs({
  kind: 'member',
  resource: MEMBER,
  /** Below the pool of the path. @throws PoolNotFound @throws MemberNotFound @throws ApiError 403 */
  find: async (request) => {
    const pool = await parentInPath(request, 'pool', 'pool_id');
    const member = await requestedChild(request, 'member');
    if (member.pool_id !== pool.id) throw new MemberNotFound(member.id);
    return member;
  },
  show: (member) => MEMBER.view(member, null),
});

/** True when the pool has a health monitor. */
export const isMonitored = async ({ id, load_balancer_id }: Pool): Promise<boolean> => {
  const monitors = await listBelow('health_monitor', load_balancer_id);
  return monitors.some(({ pool_id }) => pool_id === id);
};

/** What can be done with the members of a pool, one by one. */
export const memberVerbs = (dependencies: ApiDependencies): Verbs => ({
  list: async (request) => {
    const pool = await namedParentInPath(request, 'pool', 'pool_id');
    const { members } = await readPoolMembers(pool.load_balancer_id, pool.id);
    return await listKnown(request, MEMBER, members, dependencies.settings());
  },

  show,

  create: async (request) => {
    const { settings, networkSeenBy } = dependencies;
    const fields = parseResource(request.body, { ...MEMBER, fields: createFields });
    const pool = await namedParentInPath(request, 'pool', 'pool_id');
    checkMemberOptions(fields);
    const monitored = await isMonitored(pool);
    const { id: pool_id, project_id, load_balancer_id } = pool;
    const draft = (id: string) => draftMember({ id, project_id, load_balancer_id, pool_id, monitored }, fields);
    const drafted = [draft('')];
    await checkMemberPlaces(drafted, { network: networkSeenBy(request.caller), settings: settings() });
    await checkFamiliesIn(pool, drafted);
    return await create(request, dependencies, {
      load_balancer_id,
      project_id,
      commit: (worker, id) => worker.createMember(draft(id)),
    });
  },

  update: updates(dependencies, {
    fields: updateFields,
    plan: (_request, fields) => {
      const changes = MEMBER.updates(fields, null);
      checkReservedAddresses(changes, dependencies.settings());
      return changes;
    },
    commit: (worker, id, changes) => worker.updateMember(id, changes),
  }),

  remove: removes(dependencies, (worker, id) => worker.deleteMember(id)),
});
