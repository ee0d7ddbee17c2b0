import { afterEach, describe, expect, it } from 'vitest';
import { dryRunShape } from '../../functions/api/dry-run/shape.ts';
import type { Member } from '../../lib/models/objects/pool.ts';
import { childrenOf } from '../../lib/models/objects/tree-children.ts';
import { newListener, newMember, smallTree } from '../fixtures/children.ts';
import { tenant } from '../helpers/tenant.ts';
import { useBench } from './support/bench.ts';
import { cloudThings } from './support/cloud-things.ts';

const bench = useBench();
const things = cloudThings();
const ACTIVE_STANDBY = { topology: 'ACTIVE_STANDBY' } as const;

afterEach(() => bench.cloud().faults.clear());

/** A load balancer with one member, and with one more in a network of its own. */
const serving = async (cidr: string, changes: Parameters<typeof bench.created>[0] = {}) => {
  const { id } = await bench.created(changes, (owner) => smallTree(owner, { ip_address: '127.0.0.9' }));
  const [pool] = (await bench.lib().getTree(id)).pools;
  if (pool === undefined) throw new Error('there is no pool');
  const member = newMember(pool, { ip_address: cidr.replace('0/24', '5'), subnet_id: await things.subnet(cidr) });
  await (await bench.worker().createMember(member)).wait();
  return { id, pool, member };
};

const statusOf = async (id: string, objectId: string): Promise<string | null> =>
  childrenOf(await bench.lib().getTree(id)).find(({ object }) => object.id === objectId)?.object.provisioning_status ??
  null;

const configs = async (id: string): Promise<readonly string[]> =>
  await Promise.all(
    (await bench.amphorae(id)).map(async (amphora) =>
      String(await bench.lib().amphoraDriver().getHaproxyConfig(bench.agentOf(amphora), id)),
    ),
  );

const memberPorts = (): readonly string[] => bench.leftovers().filter((name) => name.startsWith('octavia-lb-member-'));

/** Its deletion fails before anything of it is done: Neutron does not say which ports there are. */
const deletionFails = async (id: string, member: Member): Promise<void> => {
  bench.cloud().faults.add({ service: 'network', method: 'GET', path: '/ports', status: 400 });
  const operation = await bench.ended(await bench.worker().deleteMember(member.id));
  bench.cloud().faults.clear();
  expect(operation).toMatchObject({ status: 'FAILED', error_objects: [{ type: 'member', id: member.id }] });
  expect(await statusOf(id, member.id)).toBe('ERROR');
  expect((await bench.lib().getTree(id)).load_balancer.provisioning_status).toBe('ACTIVE');
  expect(memberPorts()).not.toEqual([]);
};

const expectGone = async (id: string, member: Member): Promise<void> => {
  expect(await statusOf(id, member.id)).toBeNull();
  for (const config of await configs(id)) {
    expect(config).toContain('127.0.0.9');
    expect(config).not.toContain(member.ip_address);
  }
  expect(memberPorts()).toEqual([]);
};

const deleted = async (id: string): Promise<void> => {
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
};

describe('a member whose deletion failed', () => {
  it('is gone with its port after the next change of anything else, whose dry run says so', async () => {
    const { id, pool, member } = await serving('10.91.0.0/24');
    await deletionFails(id, member);
    const admin = await tenant(bench.stack(), 'admin');
    const path = `/v2.0/lbaas/pools/${pool.id}/members?dry_run=true`;
    const { body } = await admin.call('POST', path, { member: { address: '127.0.0.8', protocol_port: 80 } });
    const { objects, external_resources, configuration, quota } = dryRunShape.parse(body).dry_run;
    expect(objects.map(({ action, type }) => `${action} ${type}`).sort()).toEqual(['create member', 'delete member']);
    expect(external_resources).toMatchObject([{ action: 'delete', kind: 'port' }]);
    expect(configuration[0]?.diff).toMatch(new RegExp(`^-.* ${member.ip_address}:80 `, 'm'));
    const [counted] = quota?.resources ?? [];
    expect(counted).toMatchObject({ resource: 'member', after: counted?.before });
    await (await bench.worker().createMember(newMember(pool, { ip_address: '127.0.0.8' }))).wait();
    await expectGone(id, member);
    await deleted(id);
  });

  it('is gone after an update of the load balancer', async () => {
    const { id, member } = await serving('10.92.0.0/24');
    await deletionFails(id, member);
    await (await bench.worker().updateLoadBalancer(id, { description: 'other' })).wait();
    await expectGone(id, member);
    await deleted(id);
  });

  it('is gone after a failover of one amphora, also in the other one', async () => {
    const { id, member } = await serving('10.93.0.0/24', ACTIVE_STANDBY);
    await deletionFails(id, member);
    const [first] = await bench.amphorae(id);
    await (await bench.worker().failoverAmphora(String(first?.id))).wait();
    await expectGone(id, member);
    await deleted(id);
  });

  it('is gone after a change that brings the load balancer back', async () => {
    const { id, member } = await serving('10.94.0.0/24');
    await deletionFails(id, member);
    const { vip } = (await bench.lib().getTree(id)).load_balancer;
    bench.cloud().faults.add({ service: 'network', method: 'PUT', path: `/ports/${vip.port_id}$`, status: 400 });
    await bench.ended(await bench.worker().updateLoadBalancer(id, { description: 'fails' }));
    bench.cloud().faults.clear();
    expect(await statusOf(id, member.id)).toBe('ERROR');
    await (await bench.worker().updateLoadBalancer(id, { description: 'restores' })).wait();
    await expectGone(id, member);
    await deleted(id);
  });

  it('is gone with a port that was taken off the server and could not be deleted', async () => {
    const { id, pool, member } = await serving('10.95.0.0/24');
    bench.cloud().faults.add({ service: 'network', method: 'DELETE', path: '/ports/', status: 400 });
    await bench.ended(await bench.worker().deleteMember(member.id));
    bench.cloud().faults.clear();
    expect(await statusOf(id, member.id)).toBe('ERROR');
    await (await bench.worker().createMember(newMember(pool, { ip_address: '127.0.0.8' }))).wait();
    await expectGone(id, member);
    await deleted(id);
  });

  it('is served again when its owner updates it, with a new port for one that was taken away', async () => {
    const { id, member } = await serving('10.96.0.0/24');
    bench.cloud().faults.add({ service: 'network', method: 'DELETE', path: '/ports/', status: 400 });
    await bench.ended(await bench.worker().deleteMember(member.id));
    bench.cloud().faults.clear();
    expect(await statusOf(id, member.id)).toBe('ERROR');
    await (await bench.worker().updateMember(member.id, { weight: 3 })).wait();
    const [amphora] = await bench.amphorae(id);
    const ports = [...bench.cloud().state.ports.values()].filter(({ device_id }) => device_id === amphora?.compute_id);
    expect(ports.filter(({ name }) => name.startsWith('octavia-lb-member-'))).toHaveLength(1);
    expect(await statusOf(id, member.id)).toBe('ACTIVE');
    expect((await configs(id))[0]).toMatch(new RegExp(`${member.ip_address}:80 .*weight 3`));
    await deleted(id);
  });
});

describe('a listener whose deletion the amphora refused', () => {
  it('is not served again by the next change, and its port of the VIP is shut', async () => {
    const { id, pool } = await serving('10.98.0.0/24');
    const { load_balancer } = await bench.lib().getTree(id);
    const listener = newListener(load_balancer, { protocol_port: 8081 });
    await (await bench.worker().createListener(listener)).wait();
    const body = { message: 'invalid', details: 'everything is refused' };
    bench.cloud().faults.add({ service: 'agent', path: '/haproxy$', status: 400, body });
    const { status } = await bench.ended(await bench.worker().deleteListener(listener.id));
    bench.cloud().faults.clear();
    expect([status, await statusOf(id, listener.id)]).toEqual(['FAILED', 'ERROR']);
    await (await bench.worker().createMember(newMember(pool, { ip_address: '127.0.0.8' }))).wait();
    expect(await statusOf(id, listener.id)).toBeNull();
    expect((await configs(id))[0]).not.toContain(':8081');
    const rules = [...bench.cloud().state.securityGroupRules.values()];
    expect(rules.filter(({ port_range_min }) => port_range_min === 8081)).toEqual([]);
    await deleted(id);
  });
});
