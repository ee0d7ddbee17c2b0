import { HealthMonitorExistsError, ImmutableChildError } from '../errors/conflict.ts';
import { HMNotFound } from '../errors/not-found.ts';
import type { HealthMonitor } from '../models/pool.ts';
import { ProvisioningStatus } from '../models/statuses.ts';
import type { TreeChange } from '../models/tree-change.ts';
import { mayTakeChildren, poolAndListeners, poolIn, type Read, stateOf } from './relations.ts';

const monitorIn = ({ tree }: Read, id: string): HealthMonitor => {
  const found = tree.health_monitors.find((monitor) => monitor.id === id);
  if (found === undefined) throw new HMNotFound(id);
  if (found.provisioning_status === ProvisioningStatus.PENDING_DELETE) {
    throw new ImmutableChildError('Health Monitor', id);
  }
  return found;
};

const parentsOf = (read: Read, monitor: HealthMonitor) => poolAndListeners(read, poolIn(read, monitor.pool_id));

/** @throws PoolNotFound @throws ImmutableChildError @throws HealthMonitorExistsError */
export const createHealthMonitor = (read: Read, monitor: HealthMonitor): TreeChange => {
  const parents = poolAndListeners(read, mayTakeChildren(poolIn(read, monitor.pool_id), 'Pool'));
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
  const object = monitorIn(read, id);
  return {
    updates: [{ child: { kind: 'health_monitor', object }, state: stateOf(read, id), changes }],
    parents: parentsOf(read, object),
  };
};

/** @throws HMNotFound @throws ImmutableChildError */
export const deleteHealthMonitor = (read: Read, id: string): TreeChange => {
  const object = monitorIn(read, id);
  return {
    deletes: [{ child: { kind: 'health_monitor', object }, state: stateOf(read, id) }],
    parents: parentsOf(read, object),
  };
};
