import type { ComputeDriver } from '../drivers/compute/compute-driver.ts';
import { serverGroupName } from '../models/names.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { updateLoadBalancer } from '../repositories/objects/load-balancer-changes.ts';
import { computeConfig } from '../settings/config.ts';
import { ensureResource } from './ensure-resource.ts';

export interface ServerGroupParts {
  readonly compute: Pick<ComputeDriver, 'createServerGroup' | 'deleteServerGroup' | 'findServerGroup'>;
  /** null where servers may share a host. */
  readonly policy: 'anti-affinity' | 'soft-anti-affinity' | null;
}

/** The policy that the settings ask for. */
export const serverGroupPolicy = (): ServerGroupParts['policy'] => {
  const { enableAntiAffinity, antiAffinityPolicy } = computeConfig();
  return enableAntiAffinity ? antiAffinityPolicy : null;
};

/**
 * Finds or creates the server group that keeps the load balancer's servers apart, and records it; returns its id, or null where
 * the settings ask for none.
 */
export const ensureServerGroup = async (
  { compute, policy }: ServerGroupParts,
  flow: FlowInput,
  loadBalancerId: string,
): Promise<string | null> => {
  if (policy === null) return null;
  const name = serverGroupName(loadBalancerId);
  const asFound = (id: string | null) => (id === null ? null : { id });
  const { id } = await ensureResource(flow, {
    resource: { kind: 'server_group', name, network_id: null, loadbalancer_id: loadBalancerId, amphora_id: null },
    find: async () => asFound(await compute.findServerGroup(name)),
    create: async () => ({ id: await compute.createServerGroup(name, policy) }),
    remove: (created) => compute.deleteServerGroup(created.id),
    record: (group, ledger) => updateLoadBalancer(flow, { server_group_id: group.id }, [ledger]),
  });
  return id;
};
