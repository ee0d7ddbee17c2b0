import * as z from 'zod';
import { pathTo, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { listAll } from '../pages.ts';

const ruleResult = z.object({
  id: z.string(),
  security_group_id: z.string(),
  ethertype: z.string(),
  protocol: z.string().nullish(),
  port_range_min: z.number().nullish(),
  port_range_max: z.number().nullish(),
  remote_ip_prefix: z.string().nullish(),
  remote_group_id: z.string().nullish(),
  remote_address_group_id: z.string().nullish(),
});

export type NeutronRule = z.infer<typeof ruleResult>;

export interface IngressRuleBody {
  readonly security_group_id: string;
  readonly direction: 'ingress';
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly protocol: string;
  readonly port_range_min?: number;
  readonly port_range_max?: number;
  readonly remote_ip_prefix?: string;
}

/** GET /security-group-rules: the groups' ingress rules. An unknown group has none. */
export const listIngressRules = (
  session: CloudSession,
  securityGroupIds: readonly string[],
): Promise<readonly NeutronRule[]> => {
  const request: ServiceRequest = {
    service: 'network',
    method: 'GET',
    path: '/security-group-rules',
    query: [...securityGroupIds.map((id) => ['security_group_id', id] as const), ['direction', 'ingress']],
    accepts: [200],
  };
  return listAll(session, request, 'security_group_rules', ruleResult);
};

/** POST /security-group-rules with many rules: Neutron makes all of them or none. */
export const createRules = async (
  session: CloudSession,
  securityGroupId: string,
  rules: readonly IngressRuleBody[],
): Promise<void> => {
  await session.call({
    service: 'network',
    method: 'POST',
    path: '/security-group-rules',
    body: { security_group_rules: rules },
    accepts: [201],
    resource: { kind: 'security group', id: securityGroupId },
  });
};

/** DELETE /security-group-rules/{id}. @throws CloudResourceNotFoundError */
export const deleteRule = async (session: CloudSession, ruleId: string): Promise<void> => {
  await session.call({
    service: 'network',
    method: 'DELETE',
    path: pathTo`/security-group-rules/${ruleId}`,
    accepts: [204],
    resource: { kind: 'security group rule', id: ruleId },
  });
};
