import { HealthMonitorExistsError } from '../errors/conflict.ts';
import { isBeingDeleted } from '../models/objects/change.ts';
import type { HealthMonitor } from '../models/objects/pool.ts';
import type { TreeChange } from '../models/objects/tree-change.ts';
import { objectIn, parentIn, poolAndListeners, type Read, stateOf } from './relations.ts';

const parentsOf = (read: Read, monitor: HealthMonitor) =>
  poolAndListeners(read, objectIn(read, 'pool', monitor.pool_id));

/** @throws PoolNotFound @throws ImmutableChildError @throws HealthMonitorExistsError */
export const createHealthMonitor = (read: Read, monitor: HealthMonitor): TreeChange => {
  const parents = poolAndListeners(read, parentIn(read, 'pool', monitor.pool_id));
  if (read.tree.health_monitors.some(({ pool_id }) => pool_id === monitor.pool_id)) {
    throw new HealthMonitorExistsError(monitor.pool_id);
  }
  return { creates: [{ kind: 'health_monitor', object: monitor }], parents };
};

export type HealthMonitorUpdates = Partial<
  Omit<HealthMonitor, 'id' | 'project_id' | 'load_balancer_id' | 'pool_id' | 'type' | 'created_at'>
>;

/** @throws HMNotFound @throws ImmutableChildError */
export const updateHealthMonitor = (read: Read, id: string, changes: HealthMonitorUpdates): TreeChange => {
  const object = objectIn(read, 'health_monitor', id, isBeingDeleted);
  return {
    updates: [{ child: { kind: 'health_monitor', object }, state: stateOf(read, id), changes }],
    parents: parentsOf(read, object),
  };
};

/** @throws HMNotFound @throws ImmutableChildError */
export const deleteHealthMonitor = (read: Read, id: string): TreeChange => {
  const object = objectIn(read, 'health_monitor', id, isBeingDeleted);
  return {
    deletes: [{ child: { kind: 'health_monitor', object }, state: stateOf(read, id) }],
    parents: parentsOf(read, object),
  };
};
