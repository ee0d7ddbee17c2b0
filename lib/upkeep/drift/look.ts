import type { Server } from '../../drivers/compute/compute-driver.ts';
import type { NetworkQuestion, NetworkView } from '../../drivers/inventory/fleet.ts';
import { LBNotFound } from '../../errors/not-found.ts';
import type { Finding } from '../../models/drift.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import { findLoadBalancer } from '../../repositories/objects/load-balancers.ts';
import { readTree, type TreeRead } from '../../repositories/objects/trees.ts';
import { logger } from '../../tools/logger.ts';
import { isAtRest, type JudgeParts, judge, servingAmphorae } from './judge.ts';

export interface LookParts extends Omit<JudgeParts, 'servers'> {
  readonly viewNetwork: (question: NetworkQuestion) => Promise<NetworkView>;
}

/** What came of one load balancer. */
export interface Look {
  readonly id: string;
  /** As it was read; null when it is no more. */
  readonly loadBalancer: LoadBalancer | null;
  /** null: not judged. */
  readonly findings: readonly Finding[] | null;
}

const readOrGone = async (id: string): Promise<TreeRead | null> => {
  try {
    return await readTree(id);
  } catch (error) {
    if (error instanceof LBNotFound) return null;
    throw error;
  }
};

const questionOf = (reads: readonly TreeRead[]): NetworkQuestion => {
  const amphorae = reads.flatMap(servingAmphorae);
  const known = (ids: readonly (string | null)[]) => ids.filter((id) => id !== null && id !== '').map(String);
  return {
    serverIds: known(amphorae.map(({ compute_id }) => compute_id)),
    portIds: known([
      ...reads.map(({ tree }) => tree.load_balancer.vip.port_id),
      ...amphorae.map(({ vrrp_port_id }) => vrrp_port_id),
    ]),
    groupIds: known(reads.map(({ tree }) => tree.load_balancer.security_group_id)),
    policyIds: known(reads.map(({ tree }) => tree.load_balancer.vip.qos_policy_id)),
  };
};

const looked = async (
  parts: LookParts & Pick<JudgeParts, 'servers'>,
  id: string,
  read: TreeRead | null,
  view: NetworkView | null,
): Promise<Look> => {
  if (read === null) return { id, loadBalancer: null, findings: null };
  const { load_balancer: loadBalancer } = read.tree;
  const unjudged = { id, loadBalancer, findings: null };
  if (view === null || !isAtRest(loadBalancer)) return unjudged;
  try {
    const findings = await judge(parts, read, view);
    // Whatever an operation did meanwhile was seen half.
    const now = await findLoadBalancer(id);
    return now?.fence === loadBalancer.fence ? { ...unjudged, findings } : unjudged;
  } catch (error) {
    // One that cannot be judged must not keep the others waiting.
    logger.error('drift check of a load balancer failed; the next round retries it', {
      loadbalancer_id: id,
      error: String(error),
    });
    return unjudged;
  }
};

/**
 * Looks at some load balancers: their rows, then the cloud and the agents, then their rows again. A load balancer that
 * was or is worked on is not judged.
 * @throws CloudUnavailableError @throws CloudCredentialsError @throws CloudRequestError
 */
export const look = async (
  parts: LookParts,
  ids: readonly string[],
  servers: ReadonlyMap<string, Server>,
): Promise<readonly Look[]> => {
  const reads = await Promise.all(ids.map(readOrGone));
  const restful = reads.filter((read) => read !== null).filter(({ tree }) => isAtRest(tree.load_balancer));
  const view = restful.length === 0 ? null : await parts.viewNetwork(questionOf(restful));
  return await Promise.all(ids.map((id, index) => looked({ ...parts, servers }, id, reads[index] ?? null, view)));
};
