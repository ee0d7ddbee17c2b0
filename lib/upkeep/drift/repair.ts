import type { ControllerWorker } from '../../controller-worker.ts';
import { type Finding, Remedy } from '../../models/drift.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import { FAILOVERABLE_STATUSES } from '../../models/statuses.ts';
import type { Doubts } from '../../repositories/locks/pushes.ts';
import type { OperationHandle } from '../../worker/operation-handle.ts';

export type RepairWorker = Pick<ControllerWorker, 'repairLoadBalancer' | 'failoverAmphora' | 'failoverLoadBalancer'>;

const NO_DOUBT: Doubts = { haproxy: false, listeners: [], legs: false };

const withFinding = (doubts: Doubts, { kind, resource, resource_id }: Finding, loadBalancerId: string): Doubts => {
  if (kind === 'member_port_missing') return { ...doubts, legs: true };
  if (resource !== 'configuration' || resource_id === null) return doubts;
  if (resource_id === loadBalancerId) return { ...doubts, haproxy: true };
  return { ...doubts, listeners: [...doubts.listeners, resource_id] };
};

/**
 * What of the amphorae is to be sent or made again; an amphora that was never given anything has nothing unconfirmed.
 */
const doubtsOf = (
  findings: readonly Finding[],
  amphorae: readonly Amphora[],
  loadBalancerId: string,
): ReadonlyMap<string, Doubts> => {
  const doubts = new Map<string, Doubts>();
  for (const finding of findings) {
    const { amphora_id } = finding;
    if (amphora_id === null || !amphorae.find(({ id }) => id === amphora_id)?.pushed) continue;
    const before = doubts.get(amphora_id) ?? NO_DOUBT;
    const after = withFinding(before, finding, loadBalancerId);
    if (after !== before) doubts.set(amphora_id, after);
  }
  return doubts;
};

/**
 * Begins the one operation that helps most: what is lost is replaced first, because that also repairs the rest. Only
 * while no operation has worked on the load balancer since it was looked at.
 * @returns null when nothing that was found can be repaired by an operation
 * @throws ImmutableObjectError an operation works on it, or has since
 * @throws UnrestorableError it is in ERROR, and an update cannot bring it back
 */
export const repair = async (
  worker: RepairWorker,
  { id, fence }: LoadBalancer,
  amphorae: readonly Amphora[],
  findings: readonly Finding[],
): Promise<OperationHandle | null> => {
  const by = (remedy: Remedy) => findings.filter((finding) => finding.remedy === remedy);
  const lost = [...new Set(by(Remedy.FAILOVER_AMPHORA).flatMap(({ amphora_id }) => amphora_id ?? []))];
  const [first] = lost;
  if (by(Remedy.FAILOVER_LOAD_BALANCER).length > 0 || lost.length > 1) {
    return await worker.failoverLoadBalancer(id, { fence });
  }
  if (first !== undefined) return await worker.failoverAmphora(first, { fence, allowed: FAILOVERABLE_STATUSES });
  const wrong = by(Remedy.UPDATE);
  if (wrong.length === 0) return null;
  return await worker.repairLoadBalancer(id, { fence, doubts: doubtsOf(wrong, amphorae, id) });
};
