import { createChild } from '../children/create-child.ts';
import { namedParentInPath } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { tooManyRules } from '../refusals.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { createFields, WRAPPING } from './body.ts';
import { checkL7Rule, MOST_RULES } from './check.ts';
import { draftL7Rule } from './draft.ts';
import { rulesOf } from './find.ts';
import { l7RuleView } from './view.ts';

/** POST /lbaas/l7policies/{l7policy_id}/rules */
export const createsL7Rule =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const { changes } = dependencies;
    const fields = parseResource(request.body, { ...WRAPPING, fields: createFields });
    const policy = await namedParentInPath(request, 'l7_policy', 'l7policy_id');
    const { id: l7policy_id, project_id, load_balancer_id } = policy;
    const draft = (id: string) => draftL7Rule({ id, project_id, load_balancer_id, l7policy_id }, fields);
    checkL7Rule(draft(''));
    return await createChild(request, {
      kind: 'l7_rule',
      loadBalancerId: load_balancer_id,
      projectId: project_id,
      commit: async (id) => {
        if ((await rulesOf(policy)).length >= MOST_RULES) throw tooManyRules(policy.id);
        return await changes(requesterOf(request)).createL7Rule(draft(id));
      },
      show: (rule) => ({ rule: l7RuleView(rule) }),
    });
  };
