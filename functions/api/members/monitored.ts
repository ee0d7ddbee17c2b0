import type { Pool } from '../../../lib/models/pool.ts';
import { listBelow } from '../../../lib/repositories/objects/child-lists.ts';

/** True when the pool has a health monitor. */
export const isMonitored = async ({ id, load_balancer_id }: Pool): Promise<boolean> => {
  const monitors = await listBelow('health_monitor', load_balancer_id);
  return monitors.some(({ pool_id }) => pool_id === id);
};
