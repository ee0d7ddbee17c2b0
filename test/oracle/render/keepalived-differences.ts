import type { HealthMonitor, Pool } from '../../../lib/models/objects/pool.ts';
import type { Row as RowOf } from '../rows.ts';
import type { Difference } from './compare.ts';
import type { Case } from './trees/cases.ts';
import { isAwkward } from './trees/values.ts';

type Row = RowOf<Difference, Case>;

const monitorOf = ({ tree }: Case, pool: Pool | undefined): HealthMonitor | undefined =>
  tree.health_monitors.find((monitor) => monitor.pool_id === pool?.id);
const lvsPool = ({ tree, listenerId }: Case): Pool | undefined => {
  const listener = tree.listeners.find(({ id }) => id === listenerId);
  return tree.pools.find(({ id }) => id === listener?.default_pool_id);
};

/** Reviewed: each is as narrow as its reason. */
export const LVS_ROWS: readonly Row[] = [
  {
    id: 'disabled-lvs',
    covers: ({ statement }, { tree, listenerId }) =>
      !tree.load_balancer.enabled &&
      [`# Listener ${listenerId} is disabled`, `# Configuration for Listener ${listenerId}`].includes(statement),
  },
  {
    id: 'monitor-delay',
    covers: ({ statement }, asked) =>
      /> (?:delay_loop|delay_before_retry) [01]$/.test(statement) && monitorOf(asked, lvsPool(asked))?.delay === 0,
  },
  {
    id: 'lvs-codes',
    covers: ({ statement }, asked) =>
      /> HTTP_GET > url > /.test(statement) && /[,-]/.test(monitorOf(asked, lvsPool(asked))?.expected_codes ?? ''),
  },
  {
    id: 'persistence-family',
    covers: ({ statement }, asked) => {
      const stored = lvsPool(asked)?.session_persistence?.persistence_granularity ?? null;
      const isV4 = statement.startsWith('virtual_server group ipv4-group');
      return statement.includes('> persistence_granularity ') && stored !== null && stored.includes('.') !== isV4;
    },
  },
  {
    id: 'awkward-characters',
    covers: ({ statement }, asked) =>
      /> url > path /.test(statement) && isAwkward(monitorOf(asked, lvsPool(asked))?.url_path ?? null),
  },
];

export const VRRP_ROWS: readonly Row[] = [
  {
    id: 'router-id',
    covers: ({ statement, ours, upstream }, { amphoraId }) =>
      statement === `global_defs > router_id ${amphoraId}` && ours === '1' && upstream === null,
  },
];
