import { randomUUID } from 'node:crypto';
import type { AgentAddress, AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { AmphoraNotReadyError, AmphoraRequestError } from '../../lib/errors/cloud.ts';
import { L7RuleRejectedError } from '../../lib/errors/flow.ts';
import { AmphoraNotFound } from '../../lib/errors/not-found.ts';
import type { Amphora, AmphoraFacts, PushedConfiguration } from '../../lib/models/objects/amphora.ts';
import { isLeaving, isRefusedAtRest, movesAlong } from '../../lib/models/objects/change.ts';
import {
  effectiveTree,
  isRejected,
  type LeftOut,
  leavesOut,
  policiesMissingRules,
} from '../../lib/models/objects/effective-tree.ts';
import { childrenOf } from '../../lib/models/objects/tree-children.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { ProvisioningStatus } from '../../lib/models/statuses.ts';
import { beginPush, confirmPush, isOvertaken, type Push, resend } from '../../lib/repositories/locks/pushes.ts';
import { withdrawRejection } from '../../lib/repositories/locks/rejections.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { readTree, type TreeRead } from '../../lib/repositories/objects/trees.ts';
import { type Configuration, renderConfiguration } from '../../lib/steps/amphora/configuration.ts';
import { findObjectsAtFault, type PendingObject } from '../../lib/steps/amphora/culprits.ts';
import { inDoubt, pushConfiguration } from '../../lib/steps/amphora/push.ts';
import { reachableTree } from '../../lib/steps/network/member-networks.ts';
import { noteRefusals, type Refusal } from '../../lib/steps/note-refusals.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import type { StepLog } from '../../lib/task/step-log.ts';
import { task } from '../../lib/task/task.ts';
import { loadTlsMaterial } from '../../lib/tls/load-tls-material.ts';
import { fileNames, presentFiles } from '../../lib/tls/present-files.ts';
import type { LoadTlsMaterial, TlsMaterial } from '../../lib/tls/tls-material.ts';
import { logger } from '../../lib/tools/logger.ts';

export interface ListenersUpdateDrivers {
  readonly agents: AmphoraDriver;
  readonly loadTls: LoadTlsMaterial;
}

interface Composed {
  readonly configuration: Configuration;
  readonly tls: TlsMaterial;
}

/** What of an amphora decides on its configuration. */
type Served = Pick<Amphora, 'member_subnets' | 'pushed'> & { readonly facts: AmphoraFacts };

const isRefusal = (error: unknown): error is AmphoraRequestError =>
  error instanceof AmphoraRequestError && error.status === 400;

const refusalOf = (objectId: string, { name, message }: Error): Refusal => ({
  objectId,
  errorName: name,
  errorMessage: message,
});

/** What cannot be part of a configuration for what it is itself: unreadable secrets, values that cannot be written. */
const refusedIn = ({ configuration, tls }: Composed): readonly Refusal[] => [
  ...[...tls.failedListeners, ...tls.failedPools].map(([objectId, error]) => refusalOf(objectId, error)),
  ...configuration.unrenderable.flatMap(({ resourceId, name, field, reason }) =>
    resourceId === null ? [] : [{ objectId: resourceId, errorName: name, errorMessage: `${field} ${reason}.` }],
  ),
];

/** New policies wait for all of their rules. */
const waitingFor = ({ tree, changes }: TreeRead, leftOut: LeftOut): readonly Refusal[] =>
  policiesMissingRules(tree, changes, leftOut).map(({ policy, rule }) =>
    refusalOf(policy.id, new L7RuleRejectedError(rule.id)),
  );

/** Objects with changes that no amphora has yet, and that are not refused already. A deletion cannot be at fault. */
const pendingIn = ({ tree, changes }: TreeRead): readonly PendingObject[] =>
  childrenOf(tree)
    .toReversed()
    .flatMap(({ object }) => {
      const { id, provisioning_status: status } = object;
      const state = changes.get(id);
      if (state === undefined || state.rejected || isLeaving(object, state)) return [];
      if (status === ProvisioningStatus.ACTIVE || movesAlong(status, state)) return [];
      return [{ id, operationId: state.operation_id }];
    });

/**
 * A late handler may have replaced a newer configuration, because an agent checks no fence. Its own error comes first.
 */
const resendIfOvertaken = async (flow: FlowInput, push: Push, sent: PushedConfiguration): Promise<void> => {
  try {
    if (await isOvertaken(flow, push)) await resend(flow, push, sent);
  } catch (error) {
    logger.error('re-push after a possibly stale push failed', { amphora_id: push.amphoraId, error: String(error) });
  }
};

/**
 * Renders the load balancer's whole configuration, pushes it to one amphora and checks that it runs. What cannot be
 * applied is left out in its former form and noted as rejected, on the object and on the operation that wanted it: by
 * its own fault, or, when the amphora refuses the whole, by trying the changes apart. Members whose network the amphora
 * is not in are left out.
 */
export const listenersUpdate = ({ agents, loadTls }: ListenersUpdateDrivers) => {
  const compose = async (read: TreeRead, amphora: Served, leftOut: LeftOut): Promise<Composed> => {
    const wanted = reachableTree(effectiveTree(read.tree, read.changes, leftOut), amphora.member_subnets ?? []);
    const tls = await loadTls(wanted, presentFiles(amphora.pushed?.files, read.changes, leftOut));
    return { configuration: renderConfiguration(wanted, amphora.facts, tls), tls };
  };

  /** An object that was rejected by a settled operation and is usable again is no longer rejected. */
  const withdraw = async (flow: FlowInput, { tree, changes }: TreeRead, unusable: readonly string[]): Promise<void> => {
    const refused = new Set(unusable);
    for (const child of childrenOf(tree)) {
      const state = changes.get(child.object.id);
      if (state === undefined || !isRefusedAtRest(state) || refused.has(child.object.id)) continue;
      if (isLeaving(child.object, state)) continue;
      await withdrawRejection(flow, { child, operationId: state.operation_id });
    }
  };

  /** Leaves out what is refused alone, until the rest is accepted: a former form may be refused in its turn. */
  const composeSound = async (flow: FlowInput, read: TreeRead, amphora: Served, leftOut: LeftOut) => {
    const refused = new Set<string>();
    const isOut: LeftOut = (id, state) => refused.has(id) || leftOut(id, state);
    const leaveOut = (refusals: readonly Refusal[]) => {
      for (const { objectId } of refusals) refused.add(objectId);
      return refusals;
    };
    for (;;) {
      const composed = await compose(read, amphora, isOut);
      const refusedNow = refusedIn(composed);
      const fresh = refusedNow.filter(({ objectId }) => read.changes.has(objectId) && !refused.has(objectId));
      const refusals = [...leaveOut(fresh), ...leaveOut(waitingFor(read, isOut))];
      if (refusals.length === 0) {
        await withdraw(flow, read, [...refusedNow.map(({ objectId }) => objectId), ...composed.tls.unread.keys()]);
        return composed;
      }
      await noteRefusals(flow, read, refusals);
    }
  };

  /** What cannot be applied, in the agent's own judgement; an upload alone runs nothing. */
  const objectsAtFault = async (read: TreeRead, amphora: Served, agent: AgentAddress): Promise<readonly string[]> =>
    await findObjectsAtFault(pendingIn(read), async (leftOut) => {
      const { configuration } = await compose(read, amphora, leavesOut(leftOut));
      if (configuration.haproxy === null) return true;
      try {
        await agents.uploadHaproxyConfig(agent, read.tree.load_balancer.id, configuration.haproxy);
        return true;
      } catch (error) {
        if (isRefusal(error)) return false;
        throw error;
      }
    });

  return async (
    input: { readonly loadbalancer_id: string; readonly amphora_id: string },
    flow: FlowInput,
    log: StepLog,
  ) => {
    // Read first, so that nothing it counts can be missing from what is sent.
    const { generation } = await getLoadBalancer(input.loadbalancer_id);
    const read = await readTree(input.loadbalancer_id);
    const amphora = read.tree.amphorae.find(({ id }) => id === input.amphora_id);
    if (amphora === undefined) throw new AmphoraNotFound(input.amphora_id);
    const { facts, lb_network_ip: lbNetworkIp } = amphora;
    if (!facts || lbNetworkIp === null) throw new AmphoraNotReadyError(`Amphora ${amphora.id} never answered.`);
    const served = { facts, member_subnets: amphora.member_subnets, pushed: amphora.pushed };
    const agent = { amphoraId: amphora.id, lbNetworkIp };
    const sending = { amphoraId: amphora.id, generation, sender: randomUUID() };
    let known = amphora.pushed ?? null;
    let sent: PushedConfiguration | null = null;
    /** True if the amphora has it; false if another handler pushes a newer configuration. */
    const push = async ({ configuration, tls: { uploads, files, unread } }: Composed): Promise<boolean> => {
      const pushed = known;
      const doubtful = inDoubt({ configuration, uploads, pushed });
      if (doubtful === pushed || doubtful === null) return true;
      // Under the fence, so that a handler that has lost it starts no push.
      if (!(await beginPush(flow, sending, doubtful))) return false;
      known = doubtful;
      sent = doubtful;
      const loadBalancerId = input.loadbalancer_id;
      for (const [id, { message: reason }] of unread)
        log.warn('secrets are unreadable; the amphora keeps its files', { object_id: id, reason });
      const verified = await pushConfiguration(agents, { agent, loadBalancerId, configuration, uploads, pushed });
      return await confirmPush(flow, sending, { ...verified, files: fileNames(files) });
    };
    const pushWithoutCulprits = async (refusal: AmphoraRequestError) => {
      const atFault = await objectsAtFault(read, served, agent);
      if (atFault.length === 0) throw refusal;
      const reason = { errorName: refusal.name, errorMessage: refusal.details };
      const refusals = atFault.map((objectId) => ({ objectId, ...reason }));
      const all = [...refusals, ...waitingFor(read, leavesOut(new Set(atFault)))];
      await noteRefusals(flow, read, all);
      const leftOut = leavesOut(new Set(all.map(({ objectId }) => objectId)));
      return await push(await composeSound(flow, read, served, leftOut));
    };
    const pushWhatCan = async (): Promise<boolean> => {
      try {
        return await push(await composeSound(flow, read, served, isRejected));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return await pushWithoutCulprits(error);
      }
    };
    let confirmed = false;
    try {
      confirmed = await pushWhatCan();
    } finally {
      if (!confirmed && sent !== null) await resendIfOvertaken(flow, sending, sent);
    }
    return undefined;
  };
};

export const handler = task({
  name: 'ListenersUpdate',
  input: loadBalancerAmphoraInput,
  drivers: () => ({ agents: amphoraDriver(), loadTls: loadTlsMaterial() }),
  run: (input, { flow, log }, drivers) => listenersUpdate(drivers)(input, flow, log),
});
