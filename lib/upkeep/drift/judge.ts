import type { ComputeDriver, Server } from '../../drivers/compute/compute-driver.ts';
import type { NetworkView } from '../../drivers/inventory/fleet.ts';
import { CloudResourceNotFoundError } from '../../errors/cloud.ts';
import { type Finding, type FindingKind, Remedy } from '../../models/drift.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import { type LoadBalancer, Topology } from '../../models/objects/load-balancer.ts';
import { AmphoraStatus, ProvisioningStatus } from '../../models/statuses.ts';
import type { TreeRead } from '../../repositories/objects/trees.ts';
import { agentFindings, type ConfigurationReader } from './agent-findings.ts';
import { networkFindings } from './network-findings.ts';
import { serverFindings } from './server-findings.ts';

export interface JudgeParts {
  readonly agents: ConfigurationReader;
  readonly compute: Pick<ComputeDriver, 'getServer'>;
  /** The fleet as it was listed before; a server that differs from its row is looked at once more. */
  readonly servers: ReadonlyMap<string, Server>;
}

/**
 * Settled: no operation works on it. One whose creation or deletion failed is not judged: it may be there in parts
 * only, and must not be brought back against its owner's will.
 */
export const isAtRest = ({ lock, provisioning_status, incomplete }: LoadBalancer): boolean =>
  lock === null &&
  (provisioning_status === ProvisioningStatus.ACTIVE ||
    (provisioning_status === ProvisioningStatus.ERROR && !incomplete));

/** What an operation left undone when it failed is not known: an update does all of it again. */
const statusFindings = ({ id, provisioning_status }: LoadBalancer): readonly Finding[] =>
  provisioning_status === ProvisioningStatus.ACTIVE
    ? []
    : [
        {
          kind: 'load_balancer_status',
          resource: 'load_balancer',
          resource_id: id,
          amphora_id: null,
          expected: ProvisioningStatus.ACTIVE,
          found: provisioning_status,
          remedy: Remedy.UPDATE,
        },
      ];

/** Amphorae that should serve. */
export const servingAmphorae = ({ tree }: TreeRead): readonly Amphora[] =>
  tree.amphorae.filter(({ status }) => status === AmphoraStatus.ALLOCATED);

const rowFindings = ({ tree }: TreeRead): readonly Finding[] => {
  const { id, topology } = tree.load_balancer;
  const there = tree.amphorae.filter(({ status }) => status !== AmphoraStatus.DELETED);
  const wanted = topology === Topology.SINGLE ? 1 : 2;
  const finding = (kind: FindingKind, amphora: Amphora | null, expected: string, found: string): Finding => ({
    kind,
    resource: amphora === null ? 'load_balancer' : 'amphora',
    resource_id: amphora?.id ?? id,
    amphora_id: amphora?.id ?? null,
    expected,
    found,
    remedy: amphora === null ? Remedy.FAILOVER_LOAD_BALANCER : Remedy.FAILOVER_AMPHORA,
  });
  return [
    ...(there.length === wanted ? [] : [finding('amphora_count', null, `${wanted} amphorae`, String(there.length))]),
    ...there
      .filter(({ status }) => status !== AmphoraStatus.ALLOCATED)
      .map((amphora) => finding('amphora_status', amphora, AmphoraStatus.ALLOCATED, amphora.status)),
  ];
};

const serverNow = async ({ compute }: Pick<JudgeParts, 'compute'>, { compute_id }: Amphora): Promise<Server | null> => {
  if (compute_id === null) return null;
  try {
    return await compute.getServer(compute_id);
  } catch (error) {
    if (error instanceof CloudResourceNotFoundError) return null;
    throw error;
  }
};

/** The list may be older than the row: only what a look at the server itself confirms is a finding. */
const ofServer = async (parts: JudgeParts, amphora: Amphora): Promise<readonly Finding[]> => {
  const listed = parts.servers.get(amphora.compute_id ?? '') ?? null;
  if (listed !== null && serverFindings(amphora, listed).length === 0) return [];
  return serverFindings(amphora, await serverNow(parts, amphora));
};

/**
 * Everything about a settled load balancer that is not as the table has it. Of an amphora whose server is gone nothing
 * else is asked.
 * @throws CloudUnavailableError @throws CloudCredentialsError @throws CloudRequestError
 */
export const judge = async (parts: JudgeParts, read: TreeRead, view: NetworkView): Promise<readonly Finding[]> => {
  const serving = servingAmphorae(read);
  const servers = await Promise.all(
    serving.map(async (amphora) => ({ amphora, findings: await ofServer(parts, amphora) })),
  );
  const lives = ({ findings }: (typeof servers)[number]) =>
    findings.every(({ kind }) => kind !== 'server_missing' && kind !== 'server_status');
  const living = servers.filter(lives).map(({ amphora }) => amphora);
  const agents = await Promise.all(living.map((amphora) => agentFindings(parts.agents, read, amphora)));
  return [
    ...statusFindings(read.tree.load_balancer),
    ...rowFindings(read),
    ...servers.flatMap(({ findings }) => findings),
    ...networkFindings(read, living, view),
    ...agents.flat(),
  ];
};
