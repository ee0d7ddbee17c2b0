import { afterLast, listAllOfNova } from '../../openstack/compute/pages.ts';
import { serverResult } from '../../openstack/compute/servers/results.ts';
import { inBatches } from '../../openstack/in-batches.ts';
import { listPorts } from '../../openstack/network/ports/requests.ts';
import { listQosPolicyIds } from '../../openstack/network/qos-policies/requests.ts';
import { listIngressRules, type NeutronRule } from '../../openstack/network/security-group-rules/requests.ts';
import { listSecurityGroupIds } from '../../openstack/network/security-groups/requests.ts';
import { type CloudSession, cloudSession } from '../../openstack/session.ts';
import type { Server } from '../compute/compute-driver.ts';
import { serverOfNova } from '../compute/server-of-nova.ts';
import type { Port } from '../network/network-driver.ts';
import { portOfNeutron } from '../network/of-neutron.ts';
import { AMPHORA_SERVERS } from './inventory.ts';

/** So many ids go into the query of one request: a URL of some 3 KB. */
const IDS = 50;

/** Servers of the worker's own project by their ids: one list for the whole fleet. */
export const listFleetServers = async (
  session: CloudSession = cloudSession(),
): Promise<ReadonlyMap<string, Server>> => {
  const list = { path: '/servers/detail', key: 'servers', item: serverResult };
  const found = await listAllOfNova(session, { ...list, filters: AMPHORA_SERVERS, nextPage: afterLast });
  return new Map(found.map((server) => [server.id, serverOfNova(server)]));
};

/** What load balancers have in the network. */
export interface NetworkView {
  readonly portsById: ReadonlyMap<string, Port>;
  readonly portsByServer: ReadonlyMap<string, readonly Port[]>;
  readonly groupIds: ReadonlySet<string>;
  readonly rulesByGroup: ReadonlyMap<string, readonly NeutronRule[]>;
  readonly policyIds: ReadonlySet<string>;
}

export interface NetworkQuestion {
  readonly serverIds: readonly string[];
  readonly portIds: readonly string[];
  readonly groupIds: readonly string[];
  /** QoS policies; without any, a cloud that may know none is not asked. */
  readonly policyIds: readonly string[];
}

const grouped = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
};

/**
 * The ports of these servers and of these ids, the ingress rules of these groups, and these QoS policies: many of each with one request.
 * @throws CloudUnavailableError @throws CloudCredentialsError @throws CloudRequestError
 */
export const viewNetwork = async (
  question: NetworkQuestion,
  session: CloudSession = cloudSession(),
): Promise<NetworkView> => {
  const asked = async <T>(ids: readonly string[], ask: (batch: readonly string[]) => Promise<readonly T[]>) => {
    const answers: T[] = [];
    for (const batch of inBatches([...new Set(ids)], IDS)) answers.push(...(await ask(batch)));
    return answers;
  };
  const portsWith = (filter: string) => (batch: readonly string[]) =>
    listPorts(
      session,
      batch.map((id) => [filter, id] as const),
    );
  const [ofServers, byIds, groupIds, rules, policyIds] = await Promise.all([
    asked(question.serverIds, portsWith('device_id')),
    asked(question.portIds, portsWith('id')),
    asked(question.groupIds, (batch) => listSecurityGroupIds(session, batch)),
    asked(question.groupIds, (batch) => listIngressRules(session, batch)),
    asked(question.policyIds, (batch) => listQosPolicyIds(session, batch)),
  ]);
  const ports = [...ofServers, ...byIds].map(portOfNeutron);
  return {
    portsById: new Map(ports.map((port) => [port.id, port])),
    portsByServer: grouped(ofServers.map(portOfNeutron), ({ deviceId }) => deviceId),
    groupIds: new Set(groupIds),
    policyIds: new Set(policyIds),
    rulesByGroup: grouped(rules, ({ security_group_id }) => security_group_id),
  };
};
