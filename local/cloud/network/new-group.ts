import { v4 } from 'uuid';
import { now } from '../ids.ts';
import type { SecurityGroupRecord, SecurityGroupRuleRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

interface SimpleRule {
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly protocol?: string;
  readonly port?: number;
  readonly remoteGroup?: string;
}

/** Adds rules to a group without looking for duplicates. */
export const groupRules = (store: Store, groupId: string, rules: readonly SimpleRule[]): void => {
  const project = store.securityGroups.get(groupId)?.project_id ?? '';
  for (const rule of rules) {
    const record: SecurityGroupRuleRecord = {
      id: v4(),
      project_id: project,
      security_group_id: groupId,
      description: null,
      direction: rule.direction,
      ethertype: rule.ethertype,
      protocol: rule.protocol ?? null,
      port_range_min: rule.port ?? null,
      port_range_max: rule.port ?? null,
      remote_ip_prefix: null,
      remote_group_id: rule.remoteGroup ?? null,
      created_at: now(),
      updated_at: now(),
      revision_number: 0,
    };
    store.securityGroupRules.set(record.id, record);
  }
};

/** A new group with Neutron's two egress rules; a default group lets its own members in as well. */
export const newGroup = (
  store: Store,
  group: { readonly id?: string; readonly name: string; readonly project: string; readonly description?: string },
): SecurityGroupRecord => {
  const record: SecurityGroupRecord = {
    id: group.id ?? v4(),
    name: group.name,
    project_id: group.project,
    description: group.description ?? '',
    created_at: now(),
    updated_at: now(),
    revision_number: 1,
  };
  store.securityGroups.set(record.id, record);
  const families = ['IPv4', 'IPv6'] as const;
  groupRules(
    store,
    record.id,
    families.map((ethertype) => ({ direction: 'egress', ethertype })),
  );
  if (group.name === 'default') {
    groupRules(
      store,
      record.id,
      families.map((ethertype) => ({ direction: 'ingress', ethertype, remoteGroup: record.id })),
    );
  }
  return record;
};

/** The project's default group, made when it has none yet. */
export const defaultGroup = (store: Store, project: string): SecurityGroupRecord => {
  for (const group of store.securityGroups.values()) {
    if (group.project_id === project && group.name === 'default') return group;
  }
  return newGroup(store, { name: 'default', project });
};
