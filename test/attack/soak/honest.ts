import { setTimeout as wait } from 'node:timers/promises';
import { LOAD_BALANCERS } from '../../cloud/load-balancer-api.ts';
import { createRequests, type Site } from './requests.ts';

const LBAAS = '/v2.0/lbaas';
const PAUSE_MS = 250;
/** Changes refused in a row after which the load balancer is replaced. */
const MOST_REFUSALS = 6;
const MOST = { listeners: 4, pools: 3, members: 6 } as const;

/** A client that keeps one load balancer and changes what is below it: a list of steps of one request each. */
const createClient = (site: Site) => {
  const { name, vipSubnetId } = site;
  const { create, update, remove, batch, refusals } = createRequests(site);
  let count = 0;
  let loadBalancer = '';
  const listeners = new Set<string>();
  /** Path of each pool to the paths of its members by their addresses. */
  const pools = new Map<string, Map<string, string>>();
  /** Path of each pool to its health monitor's. */
  const monitors = new Map<string, string>();

  const next = (): number => {
    count += 1;
    return count;
  };
  const nextAddress = (): string => `127.77.${Math.floor(next() / 250) % 256}.${1 + (count % 250)}`;
  const oneOf = <T>(list: Iterable<T>): T | undefined => {
    const all = [...list];
    return all[count % Math.max(all.length, 1)];
  };
  const idOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

  const renew = async (): Promise<void> => {
    if (loadBalancer !== '' && !(await remove(loadBalancer, '?cascade=true'))) return;
    for (const below of [listeners, pools, monitors]) below.clear();
    const wanted = { name: `${name}-${next()}` };
    loadBalancer = (await create(LOAD_BALANCERS, 'loadbalancer', null, { vip_subnet_id: vipSubnetId }, wanted)) ?? '';
  };
  const batchOf = async (pool: string, members: Map<string, string>): Promise<void> => {
    const addresses = [...[...members.keys()].slice(-2), nextAddress(), nextAddress()];
    const wanted = new Map(addresses.map((address) => [address, { name: `${name}-${next()}`, weight: next() % 100 }]));
    await batch(pool, members, wanted);
  };
  const addListener = async (): Promise<void> => {
    if (listeners.size >= MOST.listeners) return;
    const place = { loadbalancer_id: idOf(loadBalancer), protocol: 'HTTP', protocol_port: 10_000 + next() };
    const pool = oneOf(pools.keys());
    const more = pool === undefined ? place : { ...place, default_pool_id: idOf(pool) };
    const made = await create(`${LBAAS}/listeners`, 'listener', loadBalancer, more, { name: `${name}-${count}` });
    if (made !== null) listeners.add(made);
  };
  const addPool = async (): Promise<void> => {
    if (pools.size >= MOST.pools) return;
    const place = { loadbalancer_id: idOf(loadBalancer), protocol: 'HTTP' };
    const wanted = { name: `${name}-${next()}`, lb_algorithm: 'ROUND_ROBIN' };
    const made = await create(`${LBAAS}/pools`, 'pool', loadBalancer, place, wanted);
    if (made !== null) pools.set(made, new Map());
  };
  const addMember = async (): Promise<void> => {
    const [pool, members] = oneOf(pools) ?? [];
    if (pool === undefined || members === undefined || members.size >= MOST.members) return;
    const address = nextAddress();
    const wanted = { name: `${name}-${count}`, weight: count % 100 };
    const made = await create(`${pool}/members`, 'member', pool, { address, protocol_port: 8080 }, wanted);
    if (made !== null) members.set(address, made);
  };
  const addMonitor = async (): Promise<void> => {
    const pool = [...pools.keys()].find((one) => !monitors.has(one));
    if (pool === undefined) return;
    const more = { pool_id: idOf(pool), type: 'TCP', timeout: 3, max_retries: 3 };
    const wanted = { name: `${name}-${next()}`, delay: 10 };
    const made = await create(`${LBAAS}/healthmonitors`, 'healthmonitor', pool, more, wanted);
    if (made !== null) monitors.set(pool, made);
  };
  const batchMembers = async (): Promise<void> => {
    const [pool, members] = oneOf(pools) ?? [];
    if (pool !== undefined && members !== undefined) await batchOf(pool, members);
  };
  const changeMember = async (): Promise<void> => {
    const [, members] = oneOf(pools) ?? [];
    await update(oneOf(members?.values() ?? []), 'member', { weight: next() % 100 });
  };
  const changeListener = async (): Promise<void> =>
    await update(oneOf(listeners), 'listener', { connection_limit: 1000 + next() });
  const changePool = async (): Promise<void> =>
    await update(oneOf(pools.keys()), 'pool', {
      name: `${name}-${next()}`,
      lb_algorithm: count % 2 === 0 ? 'LEAST_CONNECTIONS' : 'ROUND_ROBIN',
    });
  const changeMonitor = async (): Promise<void> =>
    await update(oneOf(monitors.values()), 'healthmonitor', { delay: 5 + (next() % 50) });
  const changeLoadBalancer = async (): Promise<void> =>
    await update(loadBalancer, 'loadbalancer', { name: `${name}-${next()}` });
  const removeMember = async (): Promise<void> => {
    const [, members] = oneOf(pools) ?? [];
    const [address, path] = oneOf(members ?? []) ?? [];
    if (address !== undefined && path !== undefined && (await remove(path))) members?.delete(address);
  };
  const removeMonitor = async (): Promise<void> => {
    const [pool, path] = oneOf(monitors) ?? [];
    if (pool !== undefined && path !== undefined && (await remove(path))) monitors.delete(pool);
  };
  const removeListener = async (): Promise<void> => {
    const path = oneOf(listeners);
    if (path !== undefined && (await remove(path))) listeners.delete(path);
  };
  const removePool = async (): Promise<void> => {
    const pool = oneOf(pools.keys());
    if (pool === undefined || !(await remove(pool))) return;
    pools.delete(pool);
    monitors.delete(pool);
  };
  const grow = [addPool, addListener, addMember, addMember, addMonitor, addPool, batchMembers, addListener];
  const change = [changeMember, changeListener, changeMonitor, changePool, batchMembers, changeLoadBalancer];
  const shrink = [removeMember, removeMonitor, removeListener, addMember, changeListener, removePool];
  const steps = [...grow, ...change, ...shrink, ...grow, ...change, ...shrink, ...change, renew];
  return {
    /** @param number of the step, from 0; they are repeated */
    step: async (number: number): Promise<void> => {
      if (loadBalancer === '' || refusals() >= MOST_REFUSALS) await renew();
      else await steps[number % steps.length]?.();
      await wait(PAUSE_MS * (1 + Math.min(refusals(), MOST_REFUSALS)));
    },
  };
};

/** Creates, changes and deletes a load balancer and what is below it as a well-behaved client does, until it is told to stop. */
export const actHonestly = async (site: Site, signal: AbortSignal): Promise<void> => {
  const client = createClient(site);
  for (let number = 0; !signal.aborted; number += 1) await client.step(number);
};
