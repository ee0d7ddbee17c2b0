import type { AgentAddress, AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { type Configuration, renderConfiguration } from '../../lib/drivers/amphora/configuration.ts';
import { findCulprits, pendingOperations } from '../../lib/drivers/amphora/culprits.ts';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { pushConfiguration } from '../../lib/drivers/amphora/push.ts';
import { loadTlsMaterial } from '../../lib/drivers/certificate/load-tls-material.ts';
import type { LoadTlsMaterial, TlsMaterial } from '../../lib/drivers/certificate/tls-material.ts';
import { AmphoraNotReadyError, AmphoraRequestError } from '../../lib/errors/cloud.ts';
import { AmphoraNotFound } from '../../lib/errors/not-found.ts';
import type { Amphora, AmphoraFacts } from '../../lib/models/amphora.ts';
import type { ChangeState } from '../../lib/models/change.ts';
import type { Child } from '../../lib/models/child.ts';
import { effectiveTree, type LeftOut } from '../../lib/models/effective-tree.ts';
import type { FlowInput } from '../../lib/models/operation.ts';
import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { childrenOf } from '../../lib/models/tree-children.ts';
import { updateAmphora } from '../../lib/repositories/amphorae.ts';
import { recordRejection } from '../../lib/repositories/rejections.ts';
import { readTree, type TreeRead } from '../../lib/repositories/trees.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

export interface ListenersUpdateDrivers {
  readonly agents: AmphoraDriver;
  readonly loadTls: LoadTlsMaterial;
}

/** What is left out of a configuration, and why. */
interface Refused {
  readonly objectIds: ReadonlySet<string>;
  readonly errorName: string;
  readonly errorMessage: string;
}

const isRefusal = (error: unknown): error is AmphoraRequestError =>
  error instanceof AmphoraRequestError && error.status === 400;

const leavesOut =
  (operations: ReadonlySet<string>): LeftOut =>
  (_objectId, state) =>
    state.rejected || operations.has(state.operation_id);

/**
 * Renders the load balancer's whole configuration, pushes it to one amphora and checks that it runs. When the amphora
 * refuses it, the changes are tried apart, and only the culprits are left out and noted as rejected.
 */
export const listenersUpdate = ({ agents, loadTls }: ListenersUpdateDrivers) => {
  const noteRefused = async (flow: FlowInput, { tree, changes }: TreeRead, refused: Refused): Promise<void> => {
    for (const child of childrenOf(tree)) {
      const state = changes.get(child.object.id);
      if (state === undefined || state.rejected || !refused.objectIds.has(child.object.id)) continue;
      const { errorName, errorMessage } = refused;
      await recordRejection(flow, { child, operationId: state.operation_id, errorName, errorMessage });
    }
  };

  /** Objects of the operations that cannot be applied, in the agent's own judgement; uploads run nothing. */
  const culpritOperations = async (
    read: TreeRead,
    facts: AmphoraFacts,
    tls: TlsMaterial,
    agent: AgentAddress,
  ): Promise<readonly string[]> => {
    const pending = new Set(
      childrenOf(read.tree)
        .filter(({ object }) => object.provisioning_status !== ProvisioningStatus.ACTIVE)
        .map(idOf),
    );
    const operations = pendingOperations(read.changes, (id) => pending.has(id));
    return await findCulprits(operations, async (included) => {
      const excluded = new Set(operations.filter((id) => !included.includes(id)));
      const { haproxy } = renderConfiguration(effectiveTree(read.tree, read.changes, leavesOut(excluded)), facts, tls);
      if (haproxy === null) return true;
      try {
        await agents.uploadHaproxyConfig(agent, read.tree.load_balancer.id, haproxy);
        return true;
      } catch (error) {
        if (isRefusal(error)) return false;
        throw error;
      }
    });
  };

  const push = (amphora: Amphora, agent: AgentAddress, configuration: Configuration, tls: TlsMaterial) =>
    pushConfiguration(agents, {
      agent,
      loadBalancerId: String(amphora.load_balancer_id),
      configuration,
      uploads: tls.uploads,
      pushed: amphora.pushed ?? null,
    });

  return async (input: { readonly loadbalancer_id: string; readonly amphora_id: string }, flow: FlowInput) => {
    const read = await readTree(input.loadbalancer_id);
    const amphora = read.tree.amphorae.find(({ id }) => id === input.amphora_id);
    if (amphora === undefined) throw new AmphoraNotFound(input.amphora_id);
    const { facts, lb_network_ip: lbNetworkIp } = amphora;
    if (!facts || lbNetworkIp === null) throw new AmphoraNotReadyError(`Amphora ${amphora.id} never answered.`);
    const agent = { amphoraId: amphora.id, lbNetworkIp };
    const wanted = effectiveTree(read.tree, read.changes);
    const tls = await loadTls(wanted);
    for (const [listenerId, error] of [...tls.failedListeners, ...tls.failedPools]) {
      await noteRefused(flow, read, {
        objectIds: new Set([listenerId]),
        errorName: error.name,
        errorMessage: error.message,
      });
    }
    const configuration = renderConfiguration(wanted, facts, tls);
    for (const error of configuration.unrenderable) {
      const objectIds = new Set(error.resourceId === null ? [] : [error.resourceId]);
      await noteRefused(flow, read, { objectIds, errorName: error.name, errorMessage: error.message });
    }
    let pushed: Awaited<ReturnType<typeof push>>;
    try {
      pushed = await push(amphora, agent, configuration, tls);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const culprits = new Set(await culpritOperations(read, facts, tls, agent));
      if (culprits.size === 0) throw error;
      await noteRefused(flow, read, {
        objectIds: objectsOf(read, culprits),
        errorName: error.name,
        errorMessage: error.details,
      });
      const rest = effectiveTree(read.tree, read.changes, leavesOut(culprits));
      pushed = await push(amphora, agent, renderConfiguration(rest, facts, tls), tls);
    }
    await updateAmphora(flow, amphora.id, { pushed });
    return undefined;
  };
};

const idOf = ({ object }: Child): string => object.id;

const objectsOf = (
  { changes }: { readonly changes: ReadonlyMap<string, ChangeState> },
  operations: ReadonlySet<string>,
) => new Set([...changes].filter(([, state]) => operations.has(state.operation_id)).map(([id]) => id));

export const handler = task({
  name: 'ListenersUpdate',
  input: loadBalancerAmphoraInput,
  create: () => {
    const run = listenersUpdate({ agents: amphoraDriver(), loadTls: loadTlsMaterial() });
    return (input, { flow }) => run(input, flow);
  },
});
