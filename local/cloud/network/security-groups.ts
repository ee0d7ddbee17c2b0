import ipaddr from 'ipaddr.js';
import { v4 } from 'uuid';
import * as z from 'zod';
import { json, parsed } from '../http/body.ts';
import { type Call, type Route, route } from '../http/router.ts';
import type { Identity } from '../identity/tokens.ts';
import { now } from '../ids.ts';
import type { SecurityGroupRecord, SecurityGroupRuleRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { mustOwn, ownerOf, visible } from './access.ts';
import { listed, pick } from './listing.ts';
import { defaultGroup, newGroup } from './new-group.ts';
import { badRequest, networkProblem, notFound, refuseBody } from './problems.ts';

const owner = { project_id: z.string().optional(), tenant_id: z.string().optional() };
const groupBody = z.strictObject({
  security_group: z.strictObject({ name: z.string(), description: z.string().optional(), ...owner }),
});
const groupChange = z.strictObject({
  security_group: z.strictObject({ name: z.string().optional(), description: z.string().optional() }),
});

const range = z.int().min(0).max(65535).nullable().optional();
const ruleWish = z.strictObject({
  security_group_id: z.string(),
  direction: z.enum(['ingress', 'egress']),
  ethertype: z.enum(['IPv4', 'IPv6']).optional(),
  protocol: z.union([z.string(), z.int()]).nullable().optional(),
  port_range_min: range,
  port_range_max: range,
  remote_ip_prefix: z.string().nullable().optional(),
  remote_group_id: z.string().nullable().optional(),
  description: z.string().optional(),
  ...owner,
});
type RuleWish = z.infer<typeof ruleWish>;
const oneRule = z.strictObject({ security_group_rule: ruleWish });
const manyRules = z.strictObject({ security_group_rules: z.array(ruleWish) });

const network = (prefix: string | null): string | null => {
  if (prefix === null) return null;
  const text = prefix.includes('/') ? prefix : `${prefix}/${prefix.includes(':') ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(text))
    throw badRequest(`Invalid input for remote_ip_prefix. Reason: '${prefix}' is not a valid CIDR.`);
  const [address, bits] = ipaddr.parseCIDR(text);
  const base =
    address.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(text) : ipaddr.IPv6.networkAddressFromCIDR(text);
  return `${base.toString()}/${bits}`;
};

const ruleView = (rule: SecurityGroupRuleRecord): Record<string, unknown> => ({
  ...rule,
  tenant_id: rule.project_id,
  remote_address_group_id: null,
  normalized_cidr: network(rule.remote_ip_prefix),
});

const rulesOf = (store: Store, groupId: string): SecurityGroupRuleRecord[] =>
  [...store.securityGroupRules.values()].filter(({ security_group_id }) => security_group_id === groupId);

const groupView = (store: Store, group: SecurityGroupRecord): Record<string, unknown> => ({
  ...group,
  tenant_id: group.project_id,
  stateful: true,
  shared: false,
  tags: [],
  security_group_rules: rulesOf(store, group.id).map(ruleView),
});

/** What makes two rules the same for Neutron. */
const essence = (rule: SecurityGroupRuleRecord): string =>
  JSON.stringify([
    rule.direction,
    rule.ethertype,
    rule.protocol,
    rule.port_range_min,
    rule.port_range_max,
    network(rule.remote_ip_prefix),
    rule.remote_group_id,
  ]);

const findGroup = (store: Store, identity: Identity, id: string): SecurityGroupRecord => {
  const group = store.securityGroups.get(id);
  if (group === undefined || !visible(identity, group)) throw notFound('SecurityGroup', id);
  return group;
};

const toRule = (store: Store, identity: Identity, wish: RuleWish): SecurityGroupRuleRecord => {
  const group = findGroup(store, identity, wish.security_group_id);
  mustOwn(identity, group, 'create_security_group_rule');
  const min = wish.port_range_min ?? null;
  const max = wish.port_range_max ?? null;
  if ((min === null) !== (max === null) || (min ?? 0) > (max ?? 0)) {
    throw networkProblem(
      400,
      'SecurityGroupInvalidPortRange',
      'For TCP/UDP protocols, port_range_min must be <= port_range_max',
    );
  }
  const remoteGroup = wish.remote_group_id ?? null;
  if (remoteGroup !== null && !store.securityGroups.has(remoteGroup)) throw notFound('SecurityGroup', remoteGroup);
  const rule: SecurityGroupRuleRecord = {
    id: v4(),
    project_id: group.project_id,
    security_group_id: group.id,
    description: wish.description ?? '',
    direction: wish.direction,
    ethertype: wish.ethertype ?? 'IPv4',
    protocol: wish.protocol === undefined || wish.protocol === null ? null : String(wish.protocol),
    port_range_min: min,
    port_range_max: max,
    remote_ip_prefix: wish.remote_ip_prefix ?? null,
    remote_group_id: remoteGroup,
    created_at: now(),
    updated_at: now(),
    revision_number: 0,
  };
  const same = rulesOf(store, group.id).find((known) => essence(known) === essence(rule));
  if (same !== undefined) {
    const message = `Security group rule already exists. Rule id is ${same.id}.`;
    throw networkProblem(409, 'SecurityGroupRuleExists', message);
  }
  return rule;
};

/** All of them or none, as Neutron's bulk creation. */
const addRules = (store: Store, identity: Identity, wishes: readonly RuleWish[]): SecurityGroupRuleRecord[] => {
  const rules: SecurityGroupRuleRecord[] = [];
  try {
    for (const wish of wishes) {
      const rule = toRule(store, identity, wish);
      store.securityGroupRules.set(rule.id, rule);
      rules.push(rule);
    }
  } catch (error) {
    for (const { id } of rules) store.securityGroupRules.delete(id);
    throw error;
  }
  store.touch();
  return rules;
};

const createRules = (store: Store, call: Call) => {
  const body = json(call.body);
  const many = manyRules.safeParse(body);
  if (many.success) {
    return { security_group_rules: addRules(store, call.identity(), many.data.security_group_rules).map(ruleView) };
  }
  const wish = parsed(oneRule, body, refuseBody).security_group_rule;
  return { security_group_rule: addRules(store, call.identity(), [wish]).map(ruleView)[0] };
};

const removeGroup = (store: Store, group: SecurityGroupRecord): void => {
  if ([...store.ports.values()].some(({ security_groups }) => security_groups.includes(group.id))) {
    throw networkProblem(409, 'SecurityGroupInUse', `Security Group ${group.id} in use.`);
  }
  if (group.name === 'default') {
    throw networkProblem(
      409,
      'SecurityGroupCannotRemoveDefault',
      'Insufficient rights for removing default security group.',
    );
  }
  for (const { id } of rulesOf(store, group.id)) store.securityGroupRules.delete(id);
  store.securityGroups.delete(group.id);
  store.touch();
};

const GROUP_ATTRIBUTES = ['id', 'name', 'project_id', 'tenant_id', 'description', 'stateful', 'shared', 'tags'];
const RULE_ATTRIBUTES = [
  ...['id', 'security_group_id', 'project_id', 'tenant_id', 'description', 'direction', 'ethertype', 'protocol'],
  ...['port_range_min', 'port_range_max', 'remote_ip_prefix', 'remote_group_id'],
];

const groupRoutes = (store: Store): readonly Route[] => [
  route('GET /v2.0/security-groups', (call) => {
    const identity = call.identity();
    if (identity.projectId !== null) defaultGroup(store, identity.projectId);
    const seen = [...store.securityGroups.values()].filter((group) => visible(identity, group));
    return listed(
      call,
      'security_groups',
      seen.map((group) => groupView(store, group)),
      GROUP_ATTRIBUTES,
    );
  }),
  route('POST /v2.0/security-groups', (call) => {
    const body = parsed(groupBody, json(call.body), refuseBody).security_group;
    const project = ownerOf(call.identity(), body);
    if (body.name === 'default') {
      throw networkProblem(409, 'SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
    }
    const group = newGroup(store, { name: body.name, project, description: body.description ?? '' });
    store.touch();
    return { status: 201, body: { security_group: groupView(store, group) } };
  }),
  route('GET /v2.0/security-groups/:id', (call) => {
    const group = findGroup(store, call.identity(), call.params.id ?? '');
    return { status: 200, body: { security_group: pick(groupView(store, group), call.query) } };
  }),
  route('PUT /v2.0/security-groups/:id', (call) => {
    const group = findGroup(store, call.identity(), call.params.id ?? '');
    const { name, description } = parsed(groupChange, json(call.body), refuseBody).security_group;
    group.name = name ?? group.name;
    group.description = description ?? group.description;
    store.touch();
    return { status: 200, body: { security_group: groupView(store, group) } };
  }),
  route('DELETE /v2.0/security-groups/:id', (call) => {
    const group = findGroup(store, call.identity(), call.params.id ?? '');
    mustOwn(call.identity(), group, 'delete_security_group');
    removeGroup(store, group);
    return { status: 204 };
  }),
];

const ruleRoutes = (store: Store): readonly Route[] => {
  const find = (identity: Identity, id: string): SecurityGroupRuleRecord => {
    const rule = store.securityGroupRules.get(id);
    if (rule === undefined || !visible(identity, rule)) throw notFound('SecurityGroupRule', id);
    return rule;
  };
  return [
    route('GET /v2.0/security-group-rules', (call) => {
      const seen = [...store.securityGroupRules.values()].filter((rule) => visible(call.identity(), rule));
      return listed(call, 'security_group_rules', seen.map(ruleView), RULE_ATTRIBUTES);
    }),
    route('POST /v2.0/security-group-rules', (call) => ({ status: 201, body: createRules(store, call) })),
    route('GET /v2.0/security-group-rules/:id', (call) => {
      const rule = find(call.identity(), call.params.id ?? '');
      return { status: 200, body: { security_group_rule: ruleView(rule) } };
    }),
    route('DELETE /v2.0/security-group-rules/:id', (call) => {
      store.securityGroupRules.delete(find(call.identity(), call.params.id ?? '').id);
      store.touch();
      return { status: 204 };
    }),
  ];
};

/** Security groups and their rules. */
export const securityGroupRoutes = (store: Store): readonly Route[] => [...groupRoutes(store), ...ruleRoutes(store)];
