import type { Listener } from '../../../lib/models/objects/listener.ts';
import type { Vip } from '../../../lib/models/objects/load-balancer.ts';
import { allEnded } from '../../../lib/tools/all-ended.ts';
import { cidrsBesideGroups } from '../answers/refusals.ts';
import type { ProtectionFields } from './fields.ts';
import type { Lookups } from './lookups.ts';

/** What a tenant may lay on the traffic of a VIP: a QoS policy, and security groups instead of the worker's rules. */
export type Protection = Pick<Vip, 'qos_policy_id' | 'sg_ids'>;

/** As a body asks for it. Absence keeps, null and an empty list take away; a group counts once. */
export const wantedProtection = (fields: ProtectionFields): Partial<Protection> => ({
  ...(fields.vip_qos_policy_id !== undefined && { qos_policy_id: fields.vip_qos_policy_id }),
  ...(fields.vip_sg_ids !== undefined && { sg_ids: [...new Set(fields.vip_sg_ids ?? [])] }),
});

const NONE: Protection = { qos_policy_id: null, sg_ids: [] };

/**
 * Whether the caller may use what is wanted and not there yet. What is there already is not looked at again: an
 * administrator may have laid it on, of a project the caller does not see.
 * @throws ApiError 400
 */
export const checkProtection = async (
  { qos_policy_id: qosPolicyId, sg_ids: groups = [] }: Partial<Protection>,
  look: Pick<Lookups, 'qosPolicy' | 'securityGroup'>,
  present: Protection = NONE,
): Promise<void> => {
  await allEnded([
    qosPolicyId && qosPolicyId !== present.qos_policy_id ? look.qosPolicy(qosPolicyId) : null,
    ...groups.filter((id) => !present.sg_ids.includes(id)).map((id) => look.securityGroup(id)),
  ]);
};

/** With groups of the tenant's no rule is made for a listener, so that its address blocks would mean nothing. */
export const checkGroupsBesideCidrs = (
  { sg_ids: groups }: Partial<Pick<Protection, 'sg_ids'>>,
  listeners: readonly Pick<Listener, 'allowed_cidrs'>[],
): void => {
  if (groups === undefined || groups.length === 0) return;
  if (listeners.some(({ allowed_cidrs }) => allowed_cidrs.length > 0)) throw cidrsBesideGroups();
};
