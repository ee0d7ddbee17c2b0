import { randomUUID } from 'node:crypto';
import type { L7Policy, L7Rule } from '../../../lib/models/l7.ts';
import type { L7RuleFields } from '../l7-rules/body.ts';
import { checkL7Rule, MOST_RULES } from '../l7-rules/check.ts';
import { draftL7Rule } from '../l7-rules/draft.ts';
import { tooManyRules } from '../refusals.ts';

/** The rules that come with a policy. @throws ApiError 400, 409 */
export const rulesWith = (policy: L7Policy, given: readonly L7RuleFields[]): readonly L7Rule[] => {
  if (given.length > MOST_RULES) throw tooManyRules(policy.id);
  const { id: l7policy_id, project_id, load_balancer_id } = policy;
  return given.map((fields) => {
    const rule = draftL7Rule({ id: randomUUID(), project_id, load_balancer_id, l7policy_id }, fields);
    checkL7Rule(rule);
    return rule;
  });
};
