import { afterEach, describe, expect, it } from 'vitest';
import type { Pool } from '../../lib/models/objects/pool.ts';
import { newListener, newMember, smallTree } from '../fixtures/children.ts';
import { useBench } from './support/bench.ts';
import { cloudThings } from './support/cloud-things.ts';

const bench = useBench();
const things = cloudThings();
const ACTIVE_STANDBY = { topology: 'ACTIVE_STANDBY' } as const;

afterEach(() => bench.cloud().faults.clear());

/** A load balancer with a listener, a pool and a member that is reached through the VIP's network. */
const serving = async (changes: Parameters<typeof bench.created>[0] = {}) => {
  const loadBalancer = await bench.created(changes, (owner) => smallTree(owner, { ip_address: '127.0.0.9' }));
  const { id } = loadBalancer;
  const [pool] = (await bench.lib().getTree(id)).pools;
  if (pool === undefined) throw new Error('there is no pool');
  return { id, loadBalancer, pool };
};

/** Commits new members at once, so that they are applied together, and waits for all of them. */
const addMembers = async (pool: Pool, places: Readonly<Record<string, string | null>>) => {
  const members = Object.entries(places).map(([ip_address, subnet_id]) => newMember(pool, { ip_address, subnet_id }));
  const handles = await Promise.all(members.map((member) => bench.worker().createMember(member)));
  const operations = await Promise.all(handles.map((handle) => bench.ended(handle)));
  return operations.map(({ status, error_name }) => `${status} ${error_name}`);
};

const statusesOf = async (id: string): Promise<Readonly<Record<string, string>>> => {
  const { members } = await bench.lib().getTree(id);
  return Object.fromEntries(members.map(({ ip_address, provisioning_status }) => [ip_address, provisioning_status]));
};

const configs = async (id: string): Promise<readonly (string | null)[]> =>
  await Promise.all(
    (await bench.amphorae(id)).map((amphora) =>
      bench.lib().amphoraDriver().getHaproxyConfig(bench.agentOf(amphora), id),
    ),
  );

const memberPorts = (): readonly string[] => bench.leftovers().filter((name) => name.startsWith('octavia-lb-member-'));

const openPorts = async (id: string): Promise<readonly (number | null)[]> => {
  const { security_group_id } = (await bench.lib().getTree(id)).load_balancer;
  const rules = [...bench.cloud().state.securityGroupRules.values()];
  return rules
    .filter((rule) => rule.security_group_id === security_group_id && rule.direction === 'ingress')
    .map(({ port_range_min }) => port_range_min ?? null)
    .sort();
};

const deleted = async (id: string): Promise<void> => {
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
};

describe('a member whose network cannot be had', () => {
  it('alone is in ERROR when its subnet is gone, and what was changed with it is served', async () => {
    const { id, pool } = await serving();
    const [lost, good] = await Promise.all([things.subnet('10.61.0.0/24'), things.subnet('10.62.0.0/24')]);
    await things.deleteSubnet(lost);
    const outcomes = await addMembers(pool, { '10.62.0.5': good, '10.61.0.5': lost, '127.0.0.8': null });
    expect(outcomes).toEqual(['SUCCEEDED null', 'FAILED CloudResourceNotFoundError', 'SUCCEEDED null']);
    expect(await statusesOf(id)).toEqual({
      '127.0.0.9': 'ACTIVE',
      '10.62.0.5': 'ACTIVE',
      '10.61.0.5': 'ERROR',
      '127.0.0.8': 'ACTIVE',
    });
    const [config] = await configs(id);
    for (const address of ['127.0.0.9', '10.62.0.5', '127.0.0.8']) expect(config).toContain(address);
    expect(config).not.toContain('10.61.0.5');
    expect((await bench.lib().getTree(id)).load_balancer.provisioning_status).toBe('ACTIVE');
    await deleted(id);
  });

  it('is in no amphora, and leaves no port, when its subnet has no address for one of two', async () => {
    const { id, pool } = await serving(ACTIVE_STANDBY);
    const full = await things.subnet('10.63.0.0/24', { addresses: false });
    const good = await things.subnet('10.64.0.0/24');
    expect(await addMembers(pool, { '10.63.0.5': full, '10.64.0.5': good })).toEqual([
      'FAILED PortPlugError',
      'SUCCEEDED null',
    ]);
    for (const config of await configs(id)) {
      expect(config).not.toContain('10.63.0.5');
      expect(config).toContain('10.64.0.5');
    }
    expect(memberPorts()).toHaveLength(2);
    await deleted(id);
  });

  it('is rejected for both amphorae when Nova attaches to one of them only', async () => {
    const { id, pool } = await serving(ACTIVE_STANDBY);
    const [sick] = await bench.amphorae(id);
    bench.cloud().faults.add({
      service: 'compute',
      method: 'POST',
      path: `/servers/${sick?.compute_id}/os-interface$`,
      status: 400,
      body: { badRequest: { code: 400, message: 'Failed to attach' } },
    });
    const subnet = await things.subnet('10.65.0.0/24');
    expect(await addMembers(pool, { '10.65.0.5': subnet })).toEqual(['FAILED PortPlugError']);
    for (const config of await configs(id)) expect(config).not.toContain('10.65.0.5');
    expect((await bench.amphorae(id)).map(({ member_subnets }) => member_subnets ?? [])).toEqual([[], []]);
    expect(memberPorts()).toEqual([]);
    await deleted(id);
  });

  it('does not keep the load balancer from being failed over', async () => {
    const { id, pool } = await serving();
    const lost = await things.subnet('10.66.0.0/24');
    await things.deleteSubnet(lost);
    await addMembers(pool, { '10.66.0.5': lost });
    await (await bench.worker().failoverLoadBalancer(id)).wait();
    const [config] = await configs(id);
    expect(config).toContain('127.0.0.9');
    expect(config).not.toContain('10.66.0.5');
    expect(await statusesOf(id)).toEqual({ '127.0.0.9': 'ACTIVE', '10.66.0.5': 'ERROR' });
    await deleted(id);
  });

  it('is tried again when it changes', async () => {
    const { id, pool } = await serving();
    const subnet = await things.subnet('10.67.0.0/24');
    bench.cloud().faults.add({ service: 'compute', method: 'POST', path: '/os-interface$', status: 400, times: 1 });
    await addMembers(pool, { '10.67.0.5': subnet });
    const member = (await bench.lib().getTree(id)).members.find(({ ip_address }) => ip_address === '10.67.0.5');
    await (await bench.worker().updateMember(String(member?.id), { weight: 5 })).wait();
    expect(await statusesOf(id)).toMatchObject({ '10.67.0.5': 'ACTIVE' });
    expect((await configs(id))[0]).toContain('10.67.0.5');
    await deleted(id);
  });
});

describe('a passing fault, or one that concerns all members', () => {
  it('is tried again, and rejects no change', async () => {
    const { id, pool } = await serving();
    const subnet = await things.subnet('10.68.0.0/24');
    const busy = { service: 'network', method: 'POST', path: '/ports$', status: 503, times: 2 };
    bench.cloud().faults.add(busy);
    expect(await addMembers(pool, { '10.68.0.5': subnet })).toEqual(['SUCCEEDED null']);
    expect((await configs(id))[0]).toContain('10.68.0.5');
    await deleted(id);
  });

  it("is no member's fault: what could not be tried is applied with the next change", async () => {
    const { id, pool } = await serving();
    const subnet = await things.subnet('10.69.0.0/24');
    bench.cloud().faults.add({ service: 'network', path: '/subnets/', method: 'GET', status: 404 });
    expect(await addMembers(pool, { '10.69.0.5': subnet })).toEqual(['FAILED CloudUnavailableError']);
    bench.cloud().faults.clear();
    expect(await addMembers(pool, { '127.0.0.8': null })).toEqual(['SUCCEEDED null']);
    expect(await statusesOf(id)).toMatchObject({ '10.69.0.5': 'ACTIVE' });
    await deleted(id);
  });
});

describe('a listener that is rejected', () => {
  it('opens no port', async () => {
    const { id, loadBalancer } = await serving();
    expect(await openPorts(id)).toEqual([80]);
    const tls_certificate_id = await things.secret(Buffer.from('no certificate'));
    const listener = newListener(loadBalancer, {
      protocol: 'TERMINATED_HTTPS',
      protocol_port: 443,
      tls_certificate_id,
    });
    const handle = await bench.worker().createListener(listener);
    expect(await bench.ended(handle)).toMatchObject({ status: 'FAILED', error_name: 'CertificateRetrievalError' });
    expect(await openPorts(id)).toEqual([80]);
    expect((await configs(id))[0]).not.toContain(listener.id);
    await deleted(id);
  });

  it('opens none either when it comes with its load balancer', async () => {
    const tls_certificate_id = await things.secret(Buffer.from('no certificate'));
    const { id } = await bench.created({}, (owner) => [
      { kind: 'listener', object: newListener(owner) },
      {
        kind: 'listener',
        object: newListener(owner, { protocol: 'TERMINATED_HTTPS', protocol_port: 443, tls_certificate_id }),
      },
    ]);
    expect(await openPorts(id)).toEqual([80]);
    expect((await bench.lib().getTree(id)).load_balancer.provisioning_status).toBe('ACTIVE');
    await deleted(id);
  });
});
