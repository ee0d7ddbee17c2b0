import { randomUUID } from 'node:crypto';
import { missingChild } from '../../../lib/errors/not-found.ts';
import type { L7Policy, L7Rule } from '../../../lib/models/objects/l7.ts';
import type { Listener } from '../../../lib/models/objects/listener.ts';
import type { Pool } from '../../../lib/models/objects/pool.ts';
import { childlessListener, tooManyRules, unsupportedOption } from '../answers/refusals.ts';
import { storedChild } from '../children/requested.ts';
import { checkL7Rule, MOST_RULES } from '../l7-rules/check.ts';
import { draftL7Rule, type L7RuleFields } from '../l7-rules/definition.ts';
import { checkPoolProtocol } from '../listeners/protocols.ts';

/** Whether a listener can have policies at all. @param provider the load balancer's @throws ApiError 400, 501 */
export const checkPolicyListener = ({ protocol }: Pick<Listener, 'protocol'>, provider: string): void => {
  if (protocol === 'PROMETHEUS') throw childlessListener(protocol);
  if (protocol !== 'HTTP' && protocol !== 'TERMINATED_HTTPS') {
    throw unsupportedOption(provider, `L7 policies on ${protocol} listeners`);
  }
};

/** Whether a policy's pool is its load balancer's and takes the listener's traffic. @throws PoolNotFound @throws ApiError 400 */
export const checkRedirectPool = async (
  { redirect_pool_id, load_balancer_id }: Pick<L7Policy, 'redirect_pool_id' | 'load_balancer_id'>,
  listener: Pick<Listener, 'protocol'>,
): Promise<void> => {
  if (redirect_pool_id === null) return;
  const pool: Pool = await storedChild('pool', redirect_pool_id);
  if (pool.load_balancer_id !== load_balancer_id) throw missingChild('pool', pool.id);
  checkPoolProtocol(listener.protocol, pool.protocol);
};

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
