import type { ListenerProtocol } from '../../../../lib/models/objects/listener.ts';
import type { Pool } from '../../../../lib/models/objects/pool.ts';
import type { LoadBalancerTree } from '../../../../lib/models/objects/tree.ts';
import { aListener, aMember, aMonitor, aPolicy, aPool, aRule, aTree, uuid } from '../../../fixtures/render/tree.ts';
import type { ListenerDraft } from './listeners.ts';
import type { LoadBalancerDraft } from './load-balancers.ts';
import type { PolicyDraft } from './policies.ts';
import type { PoolDraft } from './pools.ts';

/** A listener, its default pool and its policies. */
export interface Served {
  readonly listener: ListenerDraft;
  /** Picks one of the pools that fit; null for none. */
  readonly pool: number | null;
  readonly policies: readonly PolicyDraft[];
}

const FITTING: Readonly<Record<ListenerProtocol, readonly Pool['protocol'][]>> = {
  TCP: ['HTTP', 'HTTPS', 'PROXY', 'PROXYV2', 'TCP'],
  HTTP: ['HTTP', 'PROXY', 'PROXYV2'],
  HTTPS: ['HTTPS', 'PROXY', 'PROXYV2', 'TCP'],
  TERMINATED_HTTPS: ['HTTP', 'PROXY', 'PROXYV2'],
  UDP: ['UDP'],
  SCTP: ['SCTP'],
  PROMETHEUS: [],
};

/** Names later objects before earlier ones, so that the order of ids is not the order of creation. */
const numbered = (place: number): number => 900 - place;
const createdAt = (place: number): { readonly created_at: string } => ({
  created_at: new Date(Date.UTC(2026, 0, 1) + place * 1000).toISOString(),
});

export const treeOf = (
  { loadBalancer: owner, amphorae }: LoadBalancerDraft,
  served: readonly Served[],
  pools: readonly PoolDraft[],
): LoadBalancerTree => {
  let made = 0;
  const next = (): number => (made += 1);
  const poolId = (index: number): string => uuid('c', numbered(index));
  const fitting = (protocol: ListenerProtocol): readonly string[] =>
    pools.flatMap(({ pool }, index) => (FITTING[protocol].includes(pool.protocol) ? [poolId(index)] : []));
  const picked = (protocol: ListenerProtocol, pick: number | null): string | null =>
    pick === null ? null : (fitting(protocol)[pick % fitting(protocol).length] ?? null);
  const isL7 = ({ protocol }: ListenerDraft): boolean => protocol === 'HTTP' || protocol === 'TERMINATED_HTTPS';
  const policies = served.flatMap(({ listener, policies: drafts }, place) =>
    (isL7(listener) ? drafts : []).map((draft, index) => ({ draft, listener, place, index, number: numbered(next()) })),
  );
  return aTree({
    load_balancer: owner,
    amphorae,
    listeners: served.map(({ listener, pool }, place) =>
      aListener(numbered(place), {
        ...createdAt(place),
        ...listener,
        protocol_port: 1000 + place,
        default_pool_id: picked(listener.protocol, pool),
      }),
    ),
    pools: pools.map(({ pool }, place) => aPool(numbered(place), { ...createdAt(place), ...pool })),
    members: pools.flatMap(({ members }, place) =>
      members.map((change) => {
        const count = next();
        return aMember(numbered(count), { ...createdAt(count), ...change, pool_id: poolId(place) });
      }),
    ),
    health_monitors: pools.flatMap(({ monitor }, place) =>
      monitor === null ? [] : [aMonitor(place, { ...monitor, pool_id: poolId(place) })],
    ),
    l7_policies: policies.map(({ draft, listener, place, index, number }) => {
      const target = draft.policy.action === 'REDIRECT_TO_POOL' ? picked(listener.protocol, draft.pool) : null;
      // Without a pool that fits there is nothing to redirect to.
      const action = draft.policy.action === 'REDIRECT_TO_POOL' && target === null ? 'REJECT' : draft.policy.action;
      const own = { ...draft.policy, ...(action && { action }), redirect_pool_id: target };
      return aPolicy(number, { ...own, listener_id: uuid('b', numbered(place)), position: index + 1 });
    }),
    l7_rules: policies.flatMap(({ draft, number }) =>
      draft.rules.map((change) => {
        const count = next();
        return aRule(numbered(count), { ...createdAt(count), ...change, l7policy_id: uuid('f', number) });
      }),
    ),
  });
};
