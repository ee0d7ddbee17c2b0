import { createChild } from '../children/create-child.ts';
import { namedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { DEFAULT_PROVIDER } from '../providers/providers.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { createFields, WRAPPING } from './body.ts';
import { checkPolicyListener, checkRedirectPool } from './check.ts';
import { draftL7Policy } from './draft.ts';
import { rulesWith } from './rules-with.ts';
import { shownL7Policy } from './show.ts';

/** POST /lbaas/l7policies */
export const createsL7Policy =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const { changes } = dependencies;
    const { listener_id, ...fields } = parseResource(request.body, { ...WRAPPING, fields: createFields });
    const listener = await namedChild(request, 'listener', listener_id);
    checkPolicyListener(listener, DEFAULT_PROVIDER);
    const { project_id, load_balancer_id } = listener;
    const draft = (id: string) => draftL7Policy({ id, project_id, load_balancer_id, listener_id: listener.id }, fields);
    const rules = fields.rules ?? [];
    const first = draft('');
    rulesWith(first, rules);
    await checkRedirectPool(first, listener);
    return await createChild(request, {
      kind: 'l7_policy',
      loadBalancerId: load_balancer_id,
      projectId: project_id,
      commit: (id) => {
        const policy = draft(id);
        return changes(requesterOf(request)).createL7Policy(policy, rulesWith(policy, rules));
      },
      show: async (policy) => ({ l7policy: await shownL7Policy(policy) }),
    });
  };
