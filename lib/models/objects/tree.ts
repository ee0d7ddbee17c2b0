import type { Amphora } from './amphora.ts';
import type { L7Policy, L7Rule } from './l7.ts';
import type { Listener } from './listener.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { HealthMonitor, Member, Pool } from './pool.ts';

/** All of one load balancer, read in one strongly consistent query. Deleted amphorae are included. */
export interface LoadBalancerTree {
  readonly load_balancer: LoadBalancer;
  readonly listeners: readonly Listener[];
  readonly pools: readonly Pool[];
  readonly members: readonly Member[];
  readonly health_monitors: readonly HealthMonitor[];
  readonly l7_policies: readonly L7Policy[];
  readonly l7_rules: readonly L7Rule[];
  readonly amphorae: readonly Amphora[];
}
