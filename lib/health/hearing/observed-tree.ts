import type { Listener } from '../../models/objects/listener.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import type { Member, Pool } from '../../models/objects/pool.ts';
import type { StatusChange } from '../../repositories/objects/operating-statuses.ts';
import type { Statuses } from '../operating-statuses.ts';

/** Of a load balancer's tree what a heartbeat is compared with, and what is needed to write what follows. */
export interface ObservedTree {
  readonly load_balancer: Pick<LoadBalancer, 'id' | 'enabled' | 'provisioning_status' | 'operating_status' | 'fence'>;
  readonly listeners: readonly Pick<Listener, 'id' | 'enabled' | 'operating_status'>[];
  readonly pools: readonly Pick<Pool, 'id' | 'operating_status'>[];
  readonly members: readonly Pick<Member, 'id' | 'pool_id' | 'ip_address' | 'protocol_port' | 'operating_status'>[];
}

/** What has to be written so that the objects have these statuses. */
export const changesTo = (
  { loadBalancer, objects }: Statuses,
  { load_balancer, listeners, pools, members }: ObservedTree,
): readonly StatusChange[] => {
  const all: readonly StatusChange['of'][] = [
    ...listeners.map((object) => ({ kind: 'listener' as const, object })),
    ...pools.map((object) => ({ kind: 'pool' as const, object })),
    ...members.map((object) => ({ kind: 'member' as const, object })),
  ];
  const below = all.flatMap((of) => {
    const to = objects.get(of.object.id);
    return to === undefined || to === of.object.operating_status ? [] : [{ of, to }];
  });
  return load_balancer.operating_status === loadBalancer
    ? below
    : [...below, { of: { kind: 'load_balancer', object: load_balancer }, to: loadBalancer }];
};

/** The tree once the objects have these statuses, and nothing of it that is not needed. */
export const withStatuses = (
  { loadBalancer, objects }: Statuses,
  { load_balancer, listeners, pools, members }: ObservedTree,
): ObservedTree => {
  const { id, enabled, provisioning_status, fence } = load_balancer;
  return {
    load_balancer: { id, enabled, provisioning_status, fence, operating_status: loadBalancer },
    listeners: listeners.map(({ id, enabled, operating_status }) => ({
      id,
      enabled,
      operating_status: objects.get(id) ?? operating_status,
    })),
    pools: pools.map(({ id, operating_status }) => ({ id, operating_status: objects.get(id) ?? operating_status })),
    members: members.map(({ id, pool_id, ip_address, protocol_port, operating_status }) => ({
      id,
      pool_id,
      ip_address,
      protocol_port,
      operating_status: objects.get(id) ?? operating_status,
    })),
  };
};
