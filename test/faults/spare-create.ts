import { networkDriver } from '../../lib/drivers/network/index.ts';
import { startNowOrLater } from '../../lib/executions/start-operation.ts';
import { AmphoraRole } from '../../lib/models/objects/amphora.ts';
import { Topology } from '../../lib/models/objects/load-balancer.ts';
import { recordIntent, recordResourceId } from '../../lib/repositories/cloud/external-resources.ts';
import { findReadySpare, takeSpare } from '../../lib/repositories/fleet/spares.ts';
import { commitNewLoadBalancer } from '../../lib/repositories/locks/commits.ts';
import { vipPortSpec } from '../../lib/steps/network/vip-port.ts';
import { newListener, newMember, newPool } from '../fixtures/children.ts';
import { newLoadBalancer, requester } from '../fixtures/load-balancer.ts';
import type { World } from './world.ts';

/** alice's load balancer with one amphora, as the API would make it. */
const draft = async (world: World) => {
  const { projects, vipNetworkId: network_id, vipSubnetId: subnet_id } = world.cloud.facts;
  const wish = newLoadBalancer({ project_id: String(projects['project-a']), topology: Topology.SINGLE });
  const vip = { ...wish.vip, ip_address: '', network_id, subnet_id };
  const spec = vipPortSpec({ ...wish, vip });
  const entry = { kind: 'port' as const, name: spec.name, network_id, loadbalancer_id: wish.id, amphora_id: null };
  await recordIntent(null, entry);
  const port = await networkDriver().createPort(spec);
  await recordResourceId(null, entry, port.id);
  return { ...wish, vip: { ...vip, port_id: port.id, ip_address: String(port.fixedIps[0]?.ipAddress) } };
};

/**
 * Commits a create that takes this spare, and no other one: those of other lanes are not to be had.
 * @returns the load balancer's id
 */
export const createWithSpare = async (world: World, spareId: string): Promise<string> => {
  const loadBalancer = await draft(world);
  const pool = newPool(loadBalancer);
  const { memberSubnetId: subnet_id } = world.cloud.facts;
  const children = [
    { kind: 'pool' as const, object: pool },
    { kind: 'listener' as const, object: newListener(loadBalancer, { default_pool_id: pool.id }) },
    { kind: 'member' as const, object: newMember(pool, { ip_address: '127.0.0.9', subnet_id }) },
  ];
  const spare = await findReadySpare(spareId);
  if (spare === null) throw new Error(`amphora ${spareId} is no spare`);
  const take = await takeSpare(spare, loadBalancer.id, AmphoraRole.STANDALONE);
  const amphorae = [{ amphora_id: spareId, role: AmphoraRole.STANDALONE }];
  const input = { topology: loadBalancer.topology, amphorae, spare: true };
  const request = { flow: 'create-load-balancer' as const, requester, input };
  await startNowOrLater(await commitNewLoadBalancer(loadBalancer, request, children, take));
  return loadBalancer.id;
};
