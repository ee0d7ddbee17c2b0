import { CloudRequestError } from '../../errors/cloud.ts';
import { orGone } from '../../openstack/gone.ts';
import { faultOf } from '../../openstack/http/service-fault.ts';
import { inBatches } from '../../openstack/in-batches.ts';
import { createRules, deleteRule, listIngressRules } from '../../openstack/network/security-group-rules/requests.ts';
import type { CloudSession } from '../../openstack/session.ts';
import { allEnded } from '../../tools/all-ended.ts';
import { ruleBody, ruleDifference } from './ingress-rules.ts';
import type { IngressRule } from './network-driver.ts';

const RULES_PER_REQUEST = 100;
const REQUESTS_AT_ONCE = 8;

const existsAlready = (error: unknown): boolean =>
  error instanceof CloudRequestError && faultOf(error)?.type === 'SecurityGroupRuleExists';

const createTogether = async (session: CloudSession, groupId: string, rules: readonly IngressRule[]): Promise<void> => {
  const bodies = rules.map((rule) => ruleBody(groupId, rule));
  try {
    await createRules(session, groupId, bodies);
  } catch (error) {
    if (!existsAlready(error)) throw error;
    if (bodies.length === 1) return;
    // One that exists refuses them all: another process made it meanwhile, so each is asked for alone.
    for (const batch of inBatches(rules, REQUESTS_AT_ONCE)) {
      await allEnded(batch.map((rule) => createTogether(session, groupId, [rule])));
    }
  }
};

/** Makes a group's ingress rules exactly the wanted ones: new ones first, so that no client is shut out meanwhile. */
export const syncIngressRules = async (
  session: CloudSession,
  groupId: string,
  wanted: readonly IngressRule[],
): Promise<void> => {
  const { missing, extra } = ruleDifference(await listIngressRules(session, [groupId]), wanted);
  for (const rules of inBatches(missing, RULES_PER_REQUEST)) await createTogether(session, groupId, rules);
  for (const ruleIds of inBatches(extra, REQUESTS_AT_ONCE)) {
    await allEnded(ruleIds.map((ruleId) => orGone(deleteRule(session, ruleId))));
  }
};
