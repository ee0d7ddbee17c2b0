import { ListenerProtocol } from '../models/listener.ts';
import { ProvisioningStatus } from '../models/statuses.ts';
import type { LoadBalancerTree } from '../models/tree.ts';
import { type HeartbeatMessage, SILENT_UDP_VERSION } from './message.ts';

/**
 * How many listeners an amphora should report, or null when that cannot be said just now: something changes, or the load
 * balancer is disabled.
 * @param tree as the amphorae should have it: without what was refused
 */
export const expectedListeners = (
  { load_balancer, listeners, members }: Pick<LoadBalancerTree, 'load_balancer' | 'listeners' | 'members'>,
  version: number,
): number | null => {
  if (!load_balancer.enabled || load_balancer.provisioning_status.startsWith('PENDING')) return null;
  const served = new Set(members.filter(({ enabled }) => enabled).map(({ pool_id }) => pool_id));
  const configured = listeners.filter(
    ({ enabled, provisioning_status }) => enabled && provisioning_status !== ProvisioningStatus.ERROR,
  );
  const reported = configured.filter(
    ({ protocol, default_pool_id }) =>
      version > SILENT_UDP_VERSION ||
      protocol !== ListenerProtocol.UDP ||
      (default_pool_id !== null && served.has(default_pool_id)),
  );
  return reported.length;
};

/** True when the amphora serves what it should, as far as a count can tell. */
export const reportsAll = (message: Pick<HeartbeatMessage, 'listeners'>, expected: number | null): boolean =>
  expected === null || message.listeners.size === expected;
