import type { PushedFiles } from '../models/objects/amphora.ts';
import { type ChangeState, isRefusedAtRest } from '../models/objects/change.ts';
import { effectiveTree } from '../models/objects/effective-tree.ts';
import { type Listener, ListenerProtocol } from '../models/objects/listener.ts';
import type { LoadBalancerTree } from '../models/objects/tree.ts';
import { ProvisioningStatus } from '../models/statuses.ts';
import { type HeartbeatMessage, SILENT_UDP_VERSION } from './message.ts';

/**
 * How many listeners an amphora should report, or null when that cannot be said just now: something changes, the load
 * balancer is disabled, or a change failed and it is unknown which amphorae have it. A listener in ERROR counts when
 * the amphora still serves its former form.
 * @param files certificates that the amphora was given: with them it still serves without the secrets
 */
export const expectedListeners = (
  tree: LoadBalancerTree,
  changes: ReadonlyMap<string, ChangeState>,
  version: number,
  files: PushedFiles | undefined,
): number | null => {
  const { load_balancer, listeners, members } = effectiveTree(tree, changes);
  if (!load_balancer.enabled || load_balancer.provisioning_status.startsWith('PENDING')) return null;
  const isUnknown = ({ id, provisioning_status }: Listener) =>
    provisioning_status === ProvisioningStatus.ERROR && changes.get(id)?.rejected !== true;
  // The wanted tree lacks a listener whose deletion failed, and the amphora may still have it.
  if (tree.listeners.some(isUnknown)) return null;
  const served = new Set(members.filter(({ enabled }) => enabled).map(({ pool_id }) => pool_id));
  const configured = listeners.filter(({ id, enabled }) => {
    const state = changes.get(id);
    const isOut = state !== undefined && isRefusedAtRest(state) && files?.listeners[id] === undefined;
    return enabled && !isOut;
  });
  const reported = configured.filter(
    ({ protocol, default_pool_id }) =>
      version > SILENT_UDP_VERSION ||
      protocol !== ListenerProtocol.UDP ||
      (default_pool_id !== null && served.has(default_pool_id)),
  );
  return reported.length;
};

/** True when the amphora serves what it should, as far as a count can show. */
export const reportsAll = (message: Pick<HeartbeatMessage, 'listeners'>, expected: number | null): boolean =>
  expected === null || message.listeners.size === expected;
