import * as fc from 'fast-check';
import type { AmphoraRole } from '../../../lib/models/objects/amphora.ts';
import type { LoadBalancerTree } from '../../../lib/models/objects/tree.ts';
import type { ProvisioningStatus } from '../../../lib/models/statuses.ts';
import {
  activeStandby,
  aListener,
  aLoadBalancer,
  aMember,
  anAmphora,
  aPool,
  aTree,
  uuid,
} from '../../fixtures/render/tree.ts';
import { oneOf, rarely } from '../render/trees/values.ts';
import { type Heartbeat, heartbeatOf, heartbeatParts, LISTENERS, MEMBERS, POOLS } from './heartbeats.ts';

/** A load balancer, and what its amphorae report of it one after the other. */
export interface StatusCase {
  readonly tree: LoadBalancerTree;
  readonly heartbeats: readonly Heartbeat[];
}

const operating = oneOf('ONLINE', 'OFFLINE', 'ERROR', 'NO_MONITOR', 'DEGRADED', 'DRAINING');
const on = rarely(5, fc.constant(false), fc.constant(true));

const listenerParts = fc.record({
  protocol: oneOf('HTTP', 'TCP', 'TERMINATED_HTTPS', 'UDP', 'SCTP'),
  enabled: on,
  operating_status: operating,
  provisioning_status: rarely(6, fc.constant('ERROR' as const), oneOf('ACTIVE', 'PENDING_CREATE', 'PENDING_UPDATE')),
  pool: fc.option(fc.nat(3), { nil: null }),
});

const poolParts = fc.record({
  ofKeepalived: rarely(4, fc.constant(true), fc.constant(false)),
  operating_status: operating,
  members: fc.array(fc.record({ enabled: on, operating_status: operating }), { maxLength: MEMBERS }),
});

const amphoraParts = fc.record({
  status: rarely(8, oneOf('ERROR', 'PENDING_DELETE'), fc.constant('ALLOCATED' as const)),
  hasRole: rarely(8, fc.constant(false), fc.constant(true)),
});

const ownerParts = fc.record({
  enabled: on,
  provisioning_status: rarely(4, oneOf('PENDING_UPDATE', 'PENDING_CREATE', 'ERROR'), fc.constant('ACTIVE' as const)),
  operating_status: operating,
});

/** What hangs on a load balancer that nothing changes is ACTIVE or in ERROR. */
const settled = (status: ProvisioningStatus, owner: ProvisioningStatus): ProvisioningStatus =>
  owner.startsWith('PENDING') || status === 'ERROR' ? status : 'ACTIVE';

const treeParts = fc.record({
  owner: ownerParts,
  listeners: fc.array(listenerParts, { maxLength: LISTENERS }),
  pools: fc.array(poolParts, { maxLength: POOLS }),
  amphorae: fc.array(amphoraParts, { minLength: 1, maxLength: 2 }),
});

type Parts = typeof treeParts extends fc.Arbitrary<infer T> ? T : never;

const treeOf = ({ owner, listeners, pools, amphorae }: Parts): LoadBalancerTree => {
  const isPair = amphorae.length > 1;
  return aTree({
    load_balancer: (isPair ? activeStandby : aLoadBalancer)(owner),
    listeners: listeners.map(({ pool, ...parts }, index) =>
      aListener(index + 1, {
        ...parts,
        provisioning_status: settled(parts.provisioning_status, owner.provisioning_status),
        protocol_port: index + 1,
        default_pool_id: pool === null || pools.length === 0 ? null : uuid('c', (pool % pools.length) + 1),
      }),
    ),
    pools: pools.map(({ ofKeepalived, operating_status }, index) =>
      aPool(index + 1, { operating_status, protocol: ofKeepalived ? 'UDP' : 'HTTP' }),
    ),
    members: pools
      .flatMap(({ members }, index) => members.map((parts) => ({ ...parts, pool_id: uuid('c', index + 1) })))
      .map((parts, index) => aMember(index + 1, parts)),
    amphorae: amphorae.map(({ status, hasRole }, index) => {
      const role: AmphoraRole = isPair ? (index === 0 ? 'MASTER' : 'BACKUP') : 'STANDALONE';
      return anAmphora(index + 1, { status, role: hasRole ? role : null });
    }),
  });
};

export const statusCase: fc.Arbitrary<StatusCase> = fc
  .tuple(treeParts, fc.array(heartbeatParts, { minLength: 1, maxLength: 4, size: 'max' }))
  .map(([parts, heartbeats]) => {
    const tree = treeOf(parts);
    return { tree, heartbeats: heartbeats.map((one, index) => heartbeatOf(tree, one, index + 1)) };
  });
