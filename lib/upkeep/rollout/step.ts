import type { ControllerWorker } from '../../controller-worker.ts';
import type { AmphoraDriver } from '../../drivers/amphora/amphora-driver.ts';
import { ImmutableObjectError } from '../../errors/flow.ts';
import { LBNotFound, OperationNotFoundError } from '../../errors/not-found.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import { type LoadBalancer, Topology } from '../../models/objects/load-balancer.ts';
import { type Operation, OperationStatus } from '../../models/operations/operation.ts';
import { type RolloutStep, RolloutStepStatus } from '../../models/operations/rollout.ts';
import { AmphoraStatus, ProvisioningStatus } from '../../models/statuses.ts';
import { beginStep, changeStep } from '../../repositories/fleet/rollouts.ts';
import { getTree } from '../../repositories/objects/trees.ts';
import { getOperation } from '../../repositories/operations/operations.ts';
import { holdsVip } from '../../steps/amphora/vip-holders.ts';
import { logger } from '../../tools/logger.ts';

export interface StepParts {
  readonly worker: Pick<ControllerWorker, 'failoverAmphora'>;
  readonly agents: Pick<AmphoraDriver, 'getInfo' | 'getInterface'>;
  /** Seconds. */
  readonly settleTimeout: number;
}

interface Serving {
  readonly loadBalancer: LoadBalancer;
  readonly amphorae: readonly Amphora[];
}

const servingNow = async (loadBalancerId: string): Promise<Serving | null> => {
  try {
    const { load_balancer: loadBalancer, amphorae } = await getTree(loadBalancerId);
    if (loadBalancer.provisioning_status === ProvisioningStatus.DELETED) return null;
    return { loadBalancer, amphorae: amphorae.filter(({ status }) => status === AmphoraStatus.ALLOCATED) };
  } catch (error) {
    if (error instanceof LBNotFound) return null;
    throw error;
  }
};

const answers = async ({ agents }: StepParts, { id, lb_network_ip }: Amphora): Promise<boolean> => {
  try {
    await agents.getInfo({ amphoraId: id, lbNetworkIp: String(lb_network_ip) });
    return true;
  } catch {
    // Why it does not is up to the watcher of the roll-out.
    return false;
  }
};

/** Why not all of these serve; null when they do. */
const silence = async (parts: StepParts, amphorae: readonly Amphora[]): Promise<string | null> => {
  for (const amphora of amphorae) {
    if (!(await answers(parts, amphora))) return `amphora ${amphora.id} does not answer`;
  }
  return null;
};

/** Too many or too few amphorae; null when the number is right. */
const miscount = ({ loadBalancer: { topology }, amphorae }: Serving): string | null => {
  const wanted = topology === Topology.SINGLE ? 1 : 2;
  return amphorae.length === wanted ? null : `it has ${amphorae.length} amphorae instead of ${wanted}`;
};

/** Why the load balancer is not served as it should be; null when it is: all answer, and one of two has the VIP. */
const trouble = async (parts: StepParts, now: Serving): Promise<string | null> => {
  const { loadBalancer, amphorae } = now;
  const { topology, vip } = loadBalancer;
  const wrong = miscount(now) ?? (await silence(parts, amphorae));
  if (wrong !== null || topology === Topology.SINGLE) return wrong;
  const holders = await Promise.all(amphorae.map((amphora) => holdsVip(parts.agents, amphora, vip.ip_address)));
  const count = holders.filter(Boolean).length;
  return count === 1 ? null : `${count} of its amphorae have the VIP`;
};

const move = async (step: RolloutStep, status: RolloutStepStatus, change: Parameters<typeof changeStep>[1] = {}) => {
  if (!(await changeStep(step, { ...change, status }))) return;
  const { rollout_id, loadbalancer_id, amphora_id } = step;
  const facts = { rollout_id, loadbalancer_id, amphora_id, status, reason: change.reason ?? null };
  if (status === RolloutStepStatus.FAILED) logger.error('roll-out of a load balancer', facts);
  else logger.info('roll-out of a load balancer', facts);
};

/** The amphora without the VIP goes first, so that the VIP moves once, and to a new amphora. */
const nextOf = async (
  { agents }: StepParts,
  { loadBalancer, amphorae }: Serving,
  [first, ...others]: readonly [Amphora, ...Amphora[]],
): Promise<Amphora> => {
  if (amphorae.length === 1) return first;
  const vip = loadBalancer.vip.ip_address;
  for (const amphora of [first, ...others]) if (!(await holdsVip(agents, amphora, vip))) return amphora;
  return first;
};

/**
 * Begins the replacement of the next amphora of a load balancer. The failover, its lock and the step's new place are one
 * transaction, which is refused when the roll-out is not RUNNING any more.
 * @returns true when it has begun
 */
export const begin = async (parts: StepParts, step: RolloutStep): Promise<boolean> => {
  const now = await servingNow(step.loadbalancer_id);
  if (now === null) {
    await move(step, RolloutStepStatus.DONE, { left: [], reason: 'the load balancer is no more' });
    return false;
  }
  const [first, ...others] = now.amphorae.filter(({ id }) => step.left.includes(id));
  const wait = async (reason: string): Promise<false> => {
    await changeStep(step, { reason });
    return false;
  };
  const { loadBalancer } = now;
  if (loadBalancer.lock !== null) return await wait('an operation works on it');
  if (first === undefined) {
    await move(step, RolloutStepStatus.DONE, { left: [], reason: 'replaced by another operation' });
    return false;
  }
  if (loadBalancer.provisioning_status !== ProvisioningStatus.ACTIVE) {
    await move(step, RolloutStepStatus.SKIPPED, { reason: `it is in ${loadBalancer.provisioning_status}` });
    return false;
  }
  const amphora = await nextOf(parts, now, [first, ...others]);
  // The amphora that stays must be able to serve meanwhile.
  const staying = now.amphorae.filter(({ id }) => id !== amphora.id);
  const unfit = miscount(now) ?? (await silence(parts, staying));
  if (unfit !== null) return await wait(unfit);
  try {
    const change = { status: RolloutStepStatus.REPLACING, amphora_id: amphora.id, reason: null };
    const left = [first, ...others].map(({ id }) => id).filter((id) => id !== amphora.id);
    const rows = ({ id: operation_id }: Operation) => beginStep(step, { ...change, operation_id, left });
    const { operationId } = await parts.worker.failoverAmphora(amphora.id, {
      fence: loadBalancer.fence,
      rows,
      fresh: true,
    });
    const { rollout_id, loadbalancer_id } = step;
    const facts = { rollout_id, loadbalancer_id, amphora_id: amphora.id, operation_id: operationId };
    logger.info('roll-out replaces an amphora', facts);
    return true;
  } catch (error) {
    // Another run came first, or the roll-out does not go on.
    if (error instanceof ImmutableObjectError) return false;
    throw error;
  }
};

const recordOf = async (operationId: string | null): Promise<Operation | null> => {
  try {
    return operationId === null ? null : await getOperation(operationId);
  } catch (error) {
    if (error instanceof OperationNotFoundError) return null;
    throw error;
  }
};

const followReplacement = async (step: RolloutStep): Promise<void> => {
  const operation = await recordOf(step.operation_id);
  if (operation !== null && operation.ended_at === null) return;
  if (operation?.status === OperationStatus.SUCCEEDED) return await move(step, RolloutStepStatus.SETTLING);
  const { error_name, error_message } = operation ?? {};
  const reason = `the failover of amphora ${step.amphora_id} failed: ${error_name ?? 'no record'} ${error_message ?? ''}`;
  await move(step, RolloutStepStatus.FAILED, { reason: reason.trim() });
};

const followSettling = async (parts: StepParts, step: RolloutStep): Promise<void> => {
  const now = await servingNow(step.loadbalancer_id);
  const unsettled = now === null ? null : await trouble(parts, now);
  if (unsettled === null) {
    const done = now === null || step.left.length === 0;
    return await move(step, done ? RolloutStepStatus.DONE : RolloutStepStatus.WAITING, { reason: null });
  }
  if (Date.now() - Date.parse(step.since) < parts.settleTimeout * 1000) return;
  await move(step, RolloutStepStatus.FAILED, { reason: `after the replacement ${unsettled}` });
};

/** Looks how far a load balancer that is worked on has come. */
export const follow = async (parts: StepParts, step: RolloutStep): Promise<void> => {
  if (step.status === RolloutStepStatus.REPLACING) await followReplacement(step);
  if (step.status === RolloutStepStatus.SETTLING) await followSettling(parts, step);
};
