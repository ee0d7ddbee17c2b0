import { ControllerWorker } from '../../../../../lib/controller-worker.ts';
import type { Topology } from '../../../../../lib/models/objects/load-balancer.ts';
import type { FlowInput, Operation } from '../../../../../lib/models/operations/operation.ts';
import type { Rollout, RolloutStep } from '../../../../../lib/models/operations/rollout.ts';
import type { ProvisioningStatus } from '../../../../../lib/models/statuses.ts';
import {
  addStep,
  changeRollout,
  findCurrentRollout,
  listSteps,
} from '../../../../../lib/repositories/fleet/rollouts.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { getOperation } from '../../../../../lib/repositories/operations/operations.ts';
import type { StepParts } from '../../../../../lib/upkeep/rollout/step.ts';
import { type OperationHandle, operationHandle } from '../../../../../lib/worker/operation-handle.ts';
import { requester } from '../../../../fixtures/load-balancer.ts';
import { watched } from '../../health/receiver/support.ts';
import { flowOf } from '../../repositories/support/stored.ts';

/** Commits an operation and starts no flow: a test ends it. */
class Committing extends ControllerWorker {
  protected override async start(operation: Operation): Promise<OperationHandle> {
    return operationHandle(operation);
  }
}

/** Agents that all answer; those in `silent` do not, and those in `holders` have the VIP. */
export const agentsOf = () => {
  const silent = new Set<string>();
  const holders = new Set<string>();
  const asked: string[] = [];
  const parts: StepParts = {
    worker: new Committing(requester),
    agents: {
      getInfo: async ({ amphoraId }) => {
        asked.push(amphoraId);
        if (silent.has(amphoraId)) throw new Error('no answer');
        return { hostname: amphoraId, haproxyVersion: '2.6.12', apiVersion: '1.0' };
      },
      getInterface: async ({ amphoraId }) => (holders.has(amphoraId) ? 'eth1' : null),
    },
    settleTimeout: 60,
  };
  return { silent, holders, asked, parts };
};

export const stopCurrent = async (): Promise<void> => {
  const left = await findCurrentRollout();
  if (left !== null) await changeRollout(left, { status: 'STOPPED' });
};

export const stepOf = async ({ rollout_id, loadbalancer_id }: RolloutStep): Promise<RolloutStep> => {
  const found = (await listSteps(rollout_id)).find((step) => step.loadbalancer_id === loadbalancer_id);
  if (found === undefined) throw new Error(`no step for ${loadbalancer_id}`);
  return found;
};

/** A load balancer whose amphorae are all due, and its step. */
export const due = async (
  rollout: Rollout,
  { topology = 'SINGLE', ...changes }: Partial<RolloutStep> & { readonly topology?: Topology } = {},
) => {
  const size = topology === 'SINGLE' ? 1 : 2;
  const addresses = Array.from({ length: size }, (_, index) => ({ lb_network_ip: `127.0.9.${index + 1}` }));
  const { loadBalancer, amphoraIds } = await watched(addresses, { topology });
  const step: RolloutStep = {
    rollout_id: rollout.id,
    loadbalancer_id: loadBalancer.id,
    project_id: loadBalancer.project_id,
    amphorae: amphoraIds.map((amphora_id) => ({ amphora_id, reasons: [] })),
    status: 'WAITING',
    left: amphoraIds,
    amphora_id: null,
    operation_id: null,
    since: new Date().toISOString(),
    reason: null,
    ...changes,
  };
  await addStep(step);
  return { step, loadBalancer, amphoraIds };
};

/** Ends the failover that a step waits for. */
export const endFailover = async (step: RolloutStep, outcome: 'SUCCEEDED' | 'FAILED'): Promise<void> => {
  const operation = await getOperation((await stepOf(step)).operation_id ?? '');
  await settle(flowOf(operation), { changes: { provisioning_status: 'ACTIVE' }, outcome });
};

/** Does something to the load balancer by an operation of its own, and ends that. */
export const byAnOperation = async (
  loadBalancerId: string,
  work: (flow: FlowInput) => Promise<unknown>,
  status: ProvisioningStatus = 'ACTIVE',
): Promise<void> => {
  const { operationId } = await new Committing(requester).failoverLoadBalancer(loadBalancerId);
  const flow = flowOf(await getOperation(operationId));
  await work(flow);
  await settle(flow, { changes: { provisioning_status: status }, outcome: 'SUCCEEDED' });
};
