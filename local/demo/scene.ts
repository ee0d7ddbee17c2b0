import type { StandInCloud } from '../cloud/cloud.ts';
import type { Checks } from './checks.ts';
import type { Client, Resource } from './client.ts';
import { until } from './client.ts';

/** What every part of the story works with. */
export interface Scene {
  readonly checks: Checks;
  readonly cloud: StandInCloud;
  /** A tenant. */
  readonly alice: Client;
  /** An operator. */
  readonly operator: Client;
  print(line: string): void;
}

export const LOAD_BALANCERS = '/lbaas/loadbalancers';

/** Waits until the load balancer rests in a status. @throws Error when it rests in another one, or not at all */
export const untilStatus = async (client: Client, id: string, wanted: string, seconds = 20): Promise<Resource> => {
  const found = await until(`load balancer ${id} in ${wanted}`, seconds, async () => {
    const loadBalancer = await client.show(`${LOAD_BALANCERS}/${id}`, 'loadbalancer');
    return loadBalancer.provisioning_status.startsWith('PENDING_') ? null : loadBalancer;
  });
  if (found.provisioning_status !== wanted) throw new Error(`load balancer ${id} is ${found.provisioning_status}`);
  return found;
};

/** Milliseconds since a moment of performance.now(), for people. */
export const since = (moment: number): string => `${Math.round(performance.now() - moment)} ms`;
