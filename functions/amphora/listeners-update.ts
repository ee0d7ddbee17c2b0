import type { AgentAddress, AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { type Configuration, renderConfiguration } from '../../lib/drivers/amphora/configuration.ts';
import { findCulprits, pendingOperations } from '../../lib/drivers/amphora/culprits.ts';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { inDoubt, pushConfiguration } from '../../lib/drivers/amphora/push.ts';
import { loadTlsMaterial } from '../../lib/drivers/certificate/load-tls-material.ts';
import type { LoadTlsMaterial, TlsMaterial } from '../../lib/drivers/certificate/tls-material.ts';
import { AmphoraNotReadyError, AmphoraRequestError } from '../../lib/errors/cloud.ts';
import { AmphoraNotFound } from '../../lib/errors/not-found.ts';
import type { AmphoraFacts, PushedConfiguration } from '../../lib/models/amphora.ts';
import { movesAlong } from '../../lib/models/change.ts';
import type { Child } from '../../lib/models/child.ts';
import { effectiveTree, isRejected, type LeftOut, leavesOut } from '../../lib/models/effective-tree.ts';
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

interface Composed {
  readonly configuration: Configuration;
  readonly tls: TlsMaterial;
}

interface Refusal {
  readonly objectId: string;
  readonly errorName: string;
  readonly errorMessage: string;
}

const isRefusal = (error: unknown): error is AmphoraRequestError =>
  error instanceof AmphoraRequestError && error.status === 400;

const refusalOf = (objectId: string, error: Error): Refusal => ({
  objectId,
  errorName: error.name,
  errorMessage: error.message,
});

/** What cannot be part of a configuration for what it is itself: unreadable secrets, values that cannot be written. */
const refusedIn = ({ configuration, tls }: Composed): readonly Refusal[] => [
  ...[...tls.failedListeners, ...tls.failedPools].map(([objectId, error]) => refusalOf(objectId, error)),
  ...configuration.unrenderable.flatMap((error) =>
    error.resourceId === null ? [] : [refusalOf(error.resourceId, error)],
  ),
];

const idOf = ({ object }: Child): string => object.id;

/**
 * Renders the load balancer's whole configuration, pushes it to one amphora and checks that it runs. What cannot be
 * applied is left out in its former form and noted as rejected, on the object and on the operation that wanted it: by
 * its own fault, or, when the amphora refuses the whole, by trying the changes apart.
 */
export const listenersUpdate = ({ agents, loadTls }: ListenersUpdateDrivers) => {
  const compose = async ({ tree, changes }: TreeRead, facts: AmphoraFacts, leftOut: LeftOut): Promise<Composed> => {
    const wanted = effectiveTree(tree, changes, leftOut);
    const tls = await loadTls(wanted);
    return { configuration: renderConfiguration(wanted, facts, tls), tls };
  };

  const note = async (flow: FlowInput, { tree, changes }: TreeRead, refusals: readonly Refusal[]): Promise<void> => {
    const byId = new Map(refusals.map((refusal) => [refusal.objectId, refusal]));
    for (const child of childrenOf(tree)) {
      const state = changes.get(child.object.id);
      const refusal = byId.get(child.object.id);
      if (refusal === undefined || state === undefined || state.rejected) continue;
      const { errorName, errorMessage } = refusal;
      await recordRejection(flow, { child, operationId: state.operation_id, errorName, errorMessage });
    }
  };

  /** Leaves out what is refused by itself, until the rest can stand: what was former may be refused in its turn. */
  const composeSound = async (flow: FlowInput, read: TreeRead, facts: AmphoraFacts, leftOut: LeftOut) => {
    const refused = new Set<string>();
    for (;;) {
      const composed = await compose(read, facts, (id, state) => refused.has(id) || leftOut(id, state));
      const fresh = refusedIn(composed).filter(({ objectId }) => read.changes.has(objectId) && !refused.has(objectId));
      if (fresh.length === 0) return composed;
      await note(flow, read, fresh);
      for (const { objectId } of fresh) refused.add(objectId);
    }
  };

  /** The operations that cannot be applied, in the agent's own judgement; an upload alone runs nothing. */
  const culprits = async (read: TreeRead, facts: AmphoraFacts, agent: AgentAddress): Promise<readonly string[]> => {
    const pending = new Set(
      childrenOf(read.tree)
        .filter(({ object: { id, provisioning_status: status } }) => {
          return status !== ProvisioningStatus.ACTIVE && !movesAlong(status, read.changes.get(id));
        })
        .map(idOf),
    );
    const operations = pendingOperations(read.changes, (id) => pending.has(id));
    return await findCulprits(operations, async (included) => {
      const excluded = new Set(operations.filter((id) => !included.includes(id)));
      const { configuration } = await compose(read, facts, leavesOut(excluded));
      if (configuration.haproxy === null) return true;
      try {
        await agents.uploadHaproxyConfig(agent, read.tree.load_balancer.id, configuration.haproxy);
        return true;
      } catch (error) {
        if (isRefusal(error)) return false;
        throw error;
      }
    });
  };

  return async (input: { readonly loadbalancer_id: string; readonly amphora_id: string }, flow: FlowInput) => {
    const read = await readTree(input.loadbalancer_id);
    const amphora = read.tree.amphorae.find(({ id }) => id === input.amphora_id);
    if (amphora === undefined) throw new AmphoraNotFound(input.amphora_id);
    const { facts, lb_network_ip: lbNetworkIp } = amphora;
    if (!facts || lbNetworkIp === null) throw new AmphoraNotReadyError(`Amphora ${amphora.id} never answered.`);
    const agent = { amphoraId: amphora.id, lbNetworkIp };
    let known = amphora.pushed ?? null;
    const push = async ({ configuration, tls: { uploads } }: Composed) => {
      const pushed = known;
      known = inDoubt({ configuration, uploads, pushed });
      // Under the fence, so that nobody who has lost it sends anything.
      if (known !== pushed) await updateAmphora(flow, amphora.id, { pushed: known });
      const loadBalancerId = input.loadbalancer_id;
      return await pushConfiguration(agents, { agent, loadBalancerId, configuration, uploads, pushed });
    };
    const pushWithoutCulprits = async (refusal: AmphoraRequestError) => {
      const guilty = new Set(await culprits(read, facts, agent));
      if (guilty.size === 0) throw refusal;
      const reason = { errorName: refusal.name, errorMessage: refusal.details };
      const objects = [...read.changes].filter(([, state]) => guilty.has(state.operation_id));
      await note(
        flow,
        read,
        objects.map(([objectId]) => ({ objectId, ...reason })),
      );
      return await push(await composeSound(flow, read, facts, leavesOut(guilty)));
    };
    let pushed: PushedConfiguration;
    try {
      pushed = await push(await composeSound(flow, read, facts, isRejected));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      pushed = await pushWithoutCulprits(error);
    }
    await updateAmphora(flow, amphora.id, { pushed });
    return undefined;
  };
};

export const handler = task({
  name: 'ListenersUpdate',
  input: loadBalancerAmphoraInput,
  create: () => {
    const run = listenersUpdate({ agents: amphoraDriver(), loadTls: loadTlsMaterial() });
    return (input, { flow }) => run(input, flow);
  },
});
