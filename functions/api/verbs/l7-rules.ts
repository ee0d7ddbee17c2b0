import { L7RuleNotFoundError } from '../../../lib/errors/not-found.ts';
import type { L7Policy, L7Rule } from '../../../lib/models/objects/l7.ts';
import { listBelow } from '../../../lib/repositories/objects/child-lists.ts';
import { tooManyRules } from '../answers/refusals.ts';
import { namedParentInPath, parentInPath, requestedChild } from '../children/requested.ts';
import { childVerbs } from '../children/verbs.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { checkL7Rule, MOST_RULES } from '../l7-rules/check.ts';
import { createFields, draftL7Rule, L7_RULE, l7RuleUpdates, updateFields } from '../l7-rules/definition.ts';
import { listKnown } from '../lists/list-answer.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { Verbs } from '../request/resource-routes.ts';

const { show, create, updates, removes } = childVerbs({
  kind: 'l7_rule',
  resource: L7_RULE,
  /** Below the policy of the path. @throws L7PolicyNotFoundError @throws L7RuleNotFoundError @throws ApiError 403 */
  find: async (request) => {
    const policy = await parentInPath(request, 'l7_policy', 'l7policy_id');
    const rule = await requestedChild(request, 'l7_rule');
    if (rule.l7policy_id !== policy.id) throw new L7RuleNotFoundError(rule.id);
    return rule;
  },
  show: (rule) => L7_RULE.view(rule, null),
});

/** The rules a policy has. */
const rulesOf = async ({ id, load_balancer_id }: L7Policy): Promise<readonly L7Rule[]> =>
  (await listBelow('l7_rule', load_balancer_id)).filter(({ l7policy_id }) => l7policy_id === id);

/** What can be done with the rules of an L7 policy. */
export const l7RuleVerbs = (dependencies: ApiDependencies): Verbs => ({
  list: async (request) => {
    const rules = await rulesOf(await namedParentInPath(request, 'l7_policy', 'l7policy_id'));
    return await listKnown(request, L7_RULE, rules, dependencies.settings());
  },

  show,

  create: async (request) => {
    const fields = parseResource(request.body, { ...L7_RULE, fields: createFields });
    const policy = await namedParentInPath(request, 'l7_policy', 'l7policy_id');
    const { id: l7policy_id, project_id, load_balancer_id } = policy;
    const draft = (id: string) => draftL7Rule({ id, project_id, load_balancer_id, l7policy_id }, fields);
    checkL7Rule(draft(''));
    return await create(request, dependencies, {
      load_balancer_id,
      project_id,
      commit: async (worker, id) => {
        if ((await rulesOf(policy)).length >= MOST_RULES) throw tooManyRules(policy.id);
        return await worker.createL7Rule(draft(id));
      },
    });
  },

  update: updates(dependencies, {
    fields: updateFields,
    plan: (_request, fields, found) => {
      const changes = l7RuleUpdates(fields, found);
      checkL7Rule({ ...found, ...changes });
      return changes;
    },
    commit: (worker, id, changes) => worker.updateL7Rule(id, changes),
  }),

  remove: removes(dependencies, (worker, id) => worker.deleteL7Rule(id)),
});
