import type { Octavia, ShownLoadBalancer } from '../rest/octavia.ts';
import type { MeasureOptions } from './options.ts';

export type Topology = 'SINGLE' | 'ACTIVE_STANDBY';

/** The subnets that the load balancers use. */
export interface Subnets {
  readonly vip: string;
  readonly member: string;
}

/** What the stages measure with. */
export interface CloudBench {
  readonly repeat: number;
  readonly subnets: Subnets;
  /** The tenant's client for load balancers of that topology. */
  readonly tenant: (topology: Topology) => Octavia;
  readonly admin: (topology: Topology) => Octavia;
  readonly flavors: MeasureOptions['flavors'];
  readonly note: (name: string, seconds: number) => void;
  /** Whatever is not deleted when its stage ends is deleted then. */
  readonly remember: (topology: Topology, loadBalancerId: string) => void;
}

export const secondsSince = (begun: number): number => (performance.now() - begun) / 1000;

/** A create that is accepted; the load balancer is not ACTIVE yet. */
export const createOne = async (bench: CloudBench, name: string, topology: Topology): Promise<ShownLoadBalancer> => {
  const flavor = bench.flavors[topology];
  const created = await bench.tenant(topology).createLoadBalancer({
    name,
    vip_subnet_id: bench.subnets.vip,
    ...(flavor === null ? {} : { flavor_id: flavor }),
  });
  bench.remember(topology, created.id);
  return created;
};

/** Notes how long a change took until the load balancer was ACTIVE again, and until it was accepted. */
export const timed = async <T>(
  bench: CloudBench,
  client: Octavia,
  name: string,
  loadBalancerId: string,
  change: () => Promise<T>,
): Promise<T> => {
  const begun = performance.now();
  const answer = await change();
  const accepted = secondsSince(begun);
  await client.untilActive(loadBalancerId);
  bench.note(name, secondsSince(begun));
  bench.note(`${name} (request accepted)`, accepted);
  return answer;
};

/** @param name null leaves the time out */
export const deleteOne = async (
  bench: CloudBench,
  client: Octavia,
  name: string | null,
  loadBalancerId: string,
): Promise<void> => {
  const begun = performance.now();
  await client.send('DELETE', `/lbaas/loadbalancers/${loadBalancerId}?cascade=true`);
  await client.untilGone(loadBalancerId);
  if (name !== null) bench.note(name, secondsSince(begun));
};
