import { isLvs, type Listener } from '../models/objects/listener.ts';
import type { LoadBalancer } from '../models/objects/load-balancer.ts';
import type { Pool } from '../models/objects/pool.ts';
import { ProvisioningStatus } from '../models/statuses.ts';
import type { HeartbeatMessage } from './message.ts';

export interface Served {
  readonly load_balancer: Pick<LoadBalancer, 'enabled'>;
  readonly listeners: readonly Pick<Listener, 'id' | 'enabled' | 'protocol' | 'provisioning_status'>[];
  readonly pools: readonly Pick<Pool, 'id' | 'protocol'>[];
}

/** With ERROR or PENDING_CREATE the amphora may not have the listener yet, with PENDING_DELETE not any more. */
const HAD: ReadonlySet<string> = new Set([ProvisioningStatus.ACTIVE, ProvisioningStatus.PENDING_UPDATE]);

/**
 * True when a heartbeat reports nothing of haproxy, although haproxy serves a listener. Newer agents send that while
 * haproxy's statistics socket refuses connections, as in a reload; agents of release 11 send no heartbeat then.
 */
export const lacksHaproxyReport = (
  { load_balancer, listeners, pools }: Served,
  reported: Pick<HeartbeatMessage, 'listeners' | 'pools'>,
): boolean => {
  const ofHaproxy = listeners.filter((listener) => !isLvs(listener));
  return (
    load_balancer.enabled &&
    ofHaproxy.some(({ enabled, provisioning_status }) => enabled && HAD.has(provisioning_status)) &&
    ofHaproxy.every(({ id }) => !reported.listeners.has(id)) &&
    pools.every((pool) => isLvs(pool) || !reported.pools.has(pool.id))
  );
};
