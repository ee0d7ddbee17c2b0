import { L7RuleNotFoundError } from '../../../lib/errors/not-found.ts';
import type { L7Policy, L7Rule } from '../../../lib/models/l7.ts';
import { listBelow } from '../../../lib/repositories/objects/child-lists.ts';
import { parentInPath, requestedChild } from '../children/requested.ts';
import type { ApiRequest } from '../request.ts';

/** The L7 rule of the path, below the policy of the path. @throws L7PolicyNotFoundError @throws L7RuleNotFoundError */
export const requestedL7Rule = async (request: ApiRequest): Promise<L7Rule> => {
  const policy = await parentInPath(request, 'l7_policy', 'l7policy_id');
  const rule = await requestedChild(request, 'l7_rule');
  if (rule.l7policy_id !== policy.id) throw new L7RuleNotFoundError(rule.id);
  return rule;
};

/** The rules a policy has. */
export const rulesOf = async ({ id, load_balancer_id }: L7Policy): Promise<readonly L7Rule[]> =>
  (await listBelow('l7_rule', load_balancer_id)).filter(({ l7policy_id }) => l7policy_id === id);
