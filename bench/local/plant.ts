import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { LoadBalancer } from '../../lib/models/objects/load-balancer.ts';
import type { Member, Pool } from '../../lib/models/objects/pool.ts';
import type { NewLoadBalancer } from '../../lib/repositories/locks/commits.ts';
import { vipPortSpec } from '../../lib/steps/network/vip-port.ts';
import { newListener, newMember, newPool } from '../../test/fixtures/children.ts';
import { newLoadBalancer } from '../../test/fixtures/load-balancer.ts';
import type { Site } from './site.ts';

/** A load balancer ready for `createLoadBalancer`: its VIP's port is made, as the API does it before the commit. */
export const draftLoadBalancer = async (
  { facts }: Site,
  topology: LoadBalancer['topology'] = 'SINGLE',
): Promise<NewLoadBalancer> => {
  const blank = newLoadBalancer({ project_id: facts.serviceProjectId, topology });
  const draft = {
    ...blank,
    vip: { ...blank.vip, ip_address: '', subnet_id: facts.vipSubnetId, network_id: facts.vipNetworkId },
  };
  const port = await networkDriver().createPort(vipPortSpec(draft));
  const [fixedIp] = port.fixedIps;
  if (fixedIp === undefined) throw new Error(`port ${port.id} has no address`);
  return { ...draft, vip: { ...draft.vip, ip_address: fixedIp.ipAddress, port_id: port.id } };
};

/** The number-th of many members in the member network, each with an address of its own. */
export const numberedMember = ({ facts }: Site, pool: Pool, number: number): Member =>
  newMember(pool, {
    ip_address: `10.${1 + Math.floor(number / 62_500)}.${Math.floor(number / 250) % 250}.${1 + (number % 250)}`,
    protocol_port: 8080,
    subnet_id: facts.memberSubnetId,
  });

export interface Planted {
  readonly loadBalancer: NewLoadBalancer;
  readonly pool: Pool;
  /** Its one member: the network of members is plugged. */
  readonly member: Member;
}

/** A SINGLE load balancer that serves HTTP from a pool of one member. */
export const plant = async (site: Site): Promise<Planted> => {
  const loadBalancer = await draftLoadBalancer(site);
  const pool = newPool(loadBalancer);
  const member = numberedMember(site, pool, 99_999);
  const handle = await site.worker.createLoadBalancer(loadBalancer, [
    { kind: 'listener', object: newListener(loadBalancer, { default_pool_id: pool.id }) },
    { kind: 'pool', object: pool },
    { kind: 'member', object: member },
  ]);
  await handle.wait();
  return { loadBalancer, pool, member };
};

/** Takes it away again, with all below it. */
export const uproot = async ({ worker }: Site, { id }: Pick<LoadBalancer, 'id'>): Promise<void> => {
  const handle = await worker.deleteLoadBalancer(id);
  await handle.wait();
};
