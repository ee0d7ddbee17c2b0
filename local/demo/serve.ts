import type { Resource } from './client.ts';
import { until } from './client.ts';
import { HEALTH_PATH, type Member } from './members.ts';
import { listOperations, showOperation } from './operations.ts';
import { LOAD_BALANCERS, type Scene, since, untilStatus } from './scene.ts';
import { countAnswers, describeCounts, type Target } from './traffic.ts';

export interface Serving {
  readonly poolId: string;
  /** Ids by the members' names. */
  readonly memberIds: ReadonlyMap<string, string>;
}

const ROUNDS = 40;

/** Every change has an operation, and few of them had to push a configuration. */
const showChanges = async (
  { checks, alice }: Scene,
  loadBalancerId: string,
  changes: number,
  begun: number,
): Promise<void> => {
  const listed = (await listOperations(alice, loadBalancerId)).filter(({ flow }) => flow === 'apply-changes');
  const operations = await Promise.all(listed.map(({ id }) => showOperation(alice, id)));
  const succeeded = operations.filter(({ status }) => status === 'SUCCEEDED').length;
  const seen = `${succeeded} of ${operations.length} operations, ${since(begun)} in all`;
  checks.check('every change is applied', operations.length === changes && succeeded === changes, seen);
  // A joined operation shows the steps of the one that carried it.
  const pushes = listed
    .flatMap(({ steps }) => steps)
    .filter(({ name }) => name === 'ListenersUpdate')
    .reduce((sum, { attempts }) => sum + attempts, 0);
  checks.check(
    'changes of the same time share a push',
    pushes > 0 && pushes < changes,
    `${changes} changes, ${pushes} pushes`,
  );
};

/** Builds what serves, without waiting in between: a busy load balancer takes every change. */
export const configure = async (
  scene: Scene,
  loadBalancerId: string,
  port: number,
  members: readonly Member[],
): Promise<Serving> => {
  const { checks, cloud, alice } = scene;
  const begun = performance.now();
  const listener = await alice.send('POST', '/lbaas/listeners', {
    listener: { name: 'web', loadbalancer_id: loadBalancerId, protocol: 'HTTP', protocol_port: port },
  });
  const pool = await alice.send('POST', '/lbaas/pools', {
    pool: { name: 'servers', listener_id: listener.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
  });
  const memberIds = new Map<string, string>();
  for (const { name, address, port: protocol_port } of members) {
    const member: Resource = await alice.send('POST', `/lbaas/pools/${pool.id}/members`, {
      member: { name, address, protocol_port, subnet_id: cloud.facts.memberSubnetId },
    });
    memberIds.set(name, member.id);
  }
  await alice.send('POST', '/lbaas/healthmonitors', {
    healthmonitor: {
      pool_id: pool.id,
      type: 'HTTP',
      url_path: HEALTH_PATH,
      delay: 1,
      timeout: 1,
      max_retries: 1,
      max_retries_down: 1,
    },
  });
  checks.check('listener, pool, members and health monitor are accepted without waiting', true, since(begun));
  await untilStatus(alice, loadBalancerId, 'ACTIVE');
  await showChanges(scene, loadBalancerId, 3 + members.length, begun);
  return { poolId: pool.id, memberIds };
};

/** Both members get the same share. */
export const showRoundRobin = async ({ checks }: Scene, target: Target): Promise<void> => {
  const counts = await countAnswers(target, ROUNDS);
  const [one = 0, two = 0] = [counts.get('one'), counts.get('two')];
  checks.check(
    `${ROUNDS} requests through the VIP go round the members`,
    one + two === ROUNDS && Math.abs(one - two) <= 2,
    describeCounts(counts),
  );
};

/** The second member gets three times the first one's share. */
export const showShares = async ({ checks }: Scene, target: Target): Promise<void> => {
  const counts = await countAnswers(target, ROUNDS);
  const [one = 0, two = 0] = [counts.get('one'), counts.get('two')];
  const held = one + two === ROUNDS && Math.abs(two - 3 * one) <= 8;
  checks.check(`${ROUNDS} requests go one to three`, held, describeCounts(counts));
};

/** Changes the second member's weight. */
export const showWeights = async (
  scene: Scene,
  loadBalancerId: string,
  { poolId, memberIds }: Serving,
  target: Target | null,
): Promise<void> => {
  const { checks, alice } = scene;
  const begun = performance.now();
  await alice.send('PUT', `/lbaas/pools/${poolId}/members/${memberIds.get('two')}`, { member: { weight: 3 } });
  await untilStatus(alice, loadBalancerId, 'ACTIVE');
  const member = await alice.show(`/lbaas/pools/${poolId}/members/${memberIds.get('two')}`, 'member');
  checks.check('member two has weight 3', member.weight === 3, since(begun));
  if (target !== null) await showShares(scene, target);
};

/** A member that says it is not well gets no more requests, although it would answer them, until it is well again. */
export const showMonitor = async ({ checks }: Scene, target: Target, members: readonly Member[]): Promise<void> => {
  const [, two] = members;
  if (two === undefined) throw new Error('there is no second member');
  const answering = async (wanted: number): Promise<ReadonlyMap<string, number> | null> => {
    const counts = await countAnswers(target, 8);
    return counts.size === wanted && !counts.has('nobody') ? counts : null;
  };
  const begun = performance.now();
  two.setHealthy(false);
  const alone = await until('the end of its traffic', 10, () => answering(1));
  checks.check('the health monitor takes a member out that is not well', alone.get('one') === 8, since(begun));
  const well = performance.now();
  two.setHealthy(true);
  const both = await until('its return', 10, () => answering(2));
  checks.check('and in again', both.has('two'), since(well));
};

/** Without haproxy nothing answers, but every object is there. */
export const showObjects = async ({ checks, alice }: Scene, loadBalancerId: string): Promise<void> => {
  const { listeners, pools } = await alice.show(`${LOAD_BALANCERS}/${loadBalancerId}`, 'loadbalancer');
  const held = [listeners, pools].every((list) => Array.isArray(list) && list.length === 1);
  checks.check('the load balancer has its listener and its pool', held);
};
