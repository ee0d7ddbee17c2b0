import { setTimeout as pause } from 'node:timers/promises';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { getTree } from '../../lib/repositories/objects/trees.ts';

const POLL_MS = 50;

/** Waits until the load balancer is not locked. @throws Error after `limitMs` */
export const untilFree = async (loadBalancerId: string, limitMs = 300_000): Promise<void> => {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const { lock } = await getLoadBalancer(loadBalancerId);
    if (lock === null) return;
    if (performance.now() > deadline) throw new Error(`load balancer ${loadBalancerId} is busy after ${limitMs} ms`);
    await pause(POLL_MS);
  }
};

/** How many members it has that are not ACTIVE, and how many in all. */
export const countMembers = async (loadBalancerId: string) => {
  const { members } = await getTree(loadBalancerId);
  const unfinished = members.filter(({ provisioning_status }) => provisioning_status !== 'ACTIVE').length;
  return { all: members.length, unfinished };
};
