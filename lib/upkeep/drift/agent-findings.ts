import { configurationDigest } from '../../amphora/render/digest.ts';
import type { AmphoraDriver } from '../../drivers/amphora/amphora-driver.ts';
import { AmphoraIdentityError, AmphoraRequestError, AmphoraUnreachableError } from '../../errors/cloud.ts';
import { type Finding, Remedy } from '../../models/drift.ts';
import type { Amphora, PushedConfiguration } from '../../models/objects/amphora.ts';
import { effectiveTree, isRejected } from '../../models/objects/effective-tree.ts';
import type { TreeRead } from '../../repositories/objects/trees.ts';
import { checksums, renderConfiguration } from '../../steps/amphora/configuration.ts';
import { reachableTree } from '../../steps/network/member-networks.ts';
import { presentFiles } from '../../tls/present-files.ts';
import { listenerReferences, poolReferences } from '../../tls/tls-references.ts';

export type ConfigurationReader = Pick<AmphoraDriver, 'getHaproxyConfig' | 'getLvsConfig'>;

/** Checksums of configurations, as `PushedConfiguration` has them. */
type Checksums = Pick<PushedConfiguration, 'haproxy' | 'lvs'>;

/**
 * What would be rendered for the amphora now, with the files it was given; null when that is unknown: a listener or
 * pool whose secrets were never read.
 */
const rendered = ({ tree, changes }: TreeRead, amphora: Amphora): Checksums | null => {
  const { facts, pushed, member_subnets } = amphora;
  if (!facts) return null;
  const wanted = reachableTree(effectiveTree(tree, changes), member_subnets ?? []);
  const files = presentFiles(pushed?.files, changes, isRejected);
  const untold =
    wanted.listeners.some((one) => listenerReferences(one) !== null && !files.listeners.has(one.id)) ||
    wanted.pools.some((one) => poolReferences(one) !== null && !files.pools.has(one.id));
  if (untold) return null;
  const tls = { files, uploads: [], failedListeners: new Map(), failedPools: new Map(), unread: new Map() };
  return checksums(renderConfiguration(wanted, facts, tls));
};

const digestOf = (text: string | null): string | null => (text === null ? null : configurationDigest(text));

/** What the agent has on its disk. */
const present = async (
  agents: ConfigurationReader,
  amphora: Amphora,
  loadBalancerId: string,
  listenerIds: readonly string[],
): Promise<Checksums> => {
  const agent = { amphoraId: amphora.id, lbNetworkIp: String(amphora.lb_network_ip) };
  const haproxy = digestOf(await agents.getHaproxyConfig(agent, loadBalancerId));
  const lvs: Record<string, string> = {};
  // The agent answers one request at a time.
  for (const id of listenerIds) {
    const digest = digestOf(await agents.getLvsConfig(agent, id));
    if (digest !== null) lvs[id] = digest;
  }
  return { haproxy, lvs };
};

const told = (digest: string | null | undefined): string => (digest ? `sha256 ${digest}` : 'nothing');

/** What the agent has differs from what it was given, or from what it would be given now. */
const configurationFindings = (
  amphora: Amphora,
  loadBalancerId: string,
  has: Checksums,
  wanted: Checksums,
): readonly Finding[] => {
  const { pushed } = amphora;
  const compare = (
    id: string,
    found: string | null | undefined,
    given: string | null | undefined,
    expected: string | null | undefined,
  ): readonly Finding[] => {
    if ((found ?? null) === (expected ?? null)) return [];
    const asGiven = (found ?? null) === (given ?? null);
    return [
      {
        kind: asGiven ? 'configuration_outdated' : 'configuration_changed',
        resource: 'configuration',
        resource_id: id,
        amphora_id: amphora.id,
        expected: told(expected),
        found: told(found),
        remedy: Remedy.UPDATE,
      },
    ];
  };
  const listenerIds = new Set([...Object.keys(has.lvs), ...Object.keys(wanted.lvs)]);
  return [
    ...compare(loadBalancerId, has.haproxy, pushed?.haproxy, wanted.haproxy),
    ...[...listenerIds].flatMap((id) => compare(id, has.lvs[id], pushed?.lvs[id], wanted.lvs[id])),
  ];
};

/** What differs between an amphora's configuration and what it should be. An amphora that was never given one is right. */
export const agentFindings = async (
  agents: ConfigurationReader,
  read: TreeRead,
  amphora: Amphora,
): Promise<readonly Finding[]> => {
  const { pushed } = amphora;
  if (amphora.lb_network_ip === null) return [];
  const { id } = read.tree.load_balancer;
  const wanted = rendered(read, amphora) ?? { haproxy: pushed?.haproxy ?? null, lvs: pushed?.lvs ?? {} };
  const listenerIds = [...new Set([...Object.keys(pushed?.lvs ?? {}), ...Object.keys(wanted.lvs)])];
  try {
    return configurationFindings(amphora, id, await present(agents, amphora, id, listenerIds), wanted);
  } catch (error) {
    const known =
      error instanceof AmphoraUnreachableError ||
      error instanceof AmphoraIdentityError ||
      error instanceof AmphoraRequestError;
    if (!known) throw error;
    return [
      {
        kind: 'agent_unreachable',
        resource: 'amphora',
        resource_id: amphora.id,
        amphora_id: amphora.id,
        expected: 'an answer of its agent',
        found: `${error.name}: ${error.message}`,
        // Whether it is dead is for the watch over heartbeats to say.
        remedy: Remedy.NONE,
      },
    ];
  }
};
