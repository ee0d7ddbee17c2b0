import { policyArguments } from '../answers/refusals.ts';
import { listsChildren } from '../children/list.ts';
import { namedChild, requestedChild, storedChild } from '../children/requested.ts';
import { relationsOf } from '../children/trees.ts';
import { childVerbs } from '../children/verbs.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { DEFAULT_PROVIDER } from '../fields/provider.ts';
import { checkTargets } from '../l7-policies/action.ts';
import { checkPolicyListener, checkRedirectPool, rulesWith } from '../l7-policies/check.ts';
import { createFields, draftL7Policy, L7_POLICY, l7PolicyUpdates, updateFields } from '../l7-policies/definition.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { Verbs } from '../request/resource-routes.ts';

const { show, create, updates, removes } = childVerbs({
  kind: 'l7_policy',
  resource: L7_POLICY,
  find: (request) => requestedChild(request, 'l7_policy'),
  show: async (policy) => L7_POLICY.view(policy, await relationsOf(policy.load_balancer_id)),
});

/** What can be done with L7 policies. */
export const l7PolicyVerbs = (dependencies: ApiDependencies): Verbs => ({
  list: listsChildren(dependencies.settings, {
    kind: 'l7_policy',
    resource: L7_POLICY,
    global: 'os_load-balancer_api:l7policy:get_all-global',
    related: { fields: ['rules'], look: relationsOf },
  }),

  show,

  create: async (request) => {
    const { listener_id, ...fields } = parseResource(request.body, { ...L7_POLICY, fields: createFields });
    const listener = await namedChild(request, 'listener', listener_id);
    checkPolicyListener(listener, DEFAULT_PROVIDER);
    const { project_id, load_balancer_id } = listener;
    const draft = (id: string) => draftL7Policy({ id, project_id, load_balancer_id, listener_id: listener.id }, fields);
    const rules = fields.rules ?? [];
    const first = draft('');
    rulesWith(first, rules);
    await checkRedirectPool(first, listener);
    return await create(request, dependencies, {
      load_balancer_id,
      project_id,
      commit: (worker, id) => {
        const policy = draft(id);
        return worker.createL7Policy(policy, rulesWith(policy, rules));
      },
    });
  },

  update: updates(dependencies, {
    fields: updateFields,
    plan: async (_request, fields, found) => {
      if (Object.keys(fields).length === 0) throw policyArguments('Invalid update options');
      checkTargets(fields.action, fields);
      const changes = l7PolicyUpdates(fields, found);
      const listener = await storedChild('listener', found.listener_id);
      await checkRedirectPool({ ...found, ...changes }, listener);
      return changes;
    },
    commit: (worker, id, changes) => worker.updateL7Policy(id, changes),
  }),

  remove: removes(dependencies, (worker, id) => worker.deleteL7Policy(id)),
});
