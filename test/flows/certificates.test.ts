import { afterEach, expect, test } from 'vitest';
import type { Amphora } from '../../lib/models/objects/amphora.ts';
import { newListener, newMember, newPool } from '../fixtures/children.ts';
import { fixtures } from '../unit/lib/tls/fixture.ts';
import { useBench } from './support/bench.ts';
import { cloudThings } from './support/cloud-things.ts';

const bench = useBench();
const things = cloudThings();

afterEach(() => bench.cloud().faults.clear());

/** A load balancer with a listener on port 80 and one on port 443 that has a certificate. */
const secured = async () => {
  const reference = await things.secret(fixtures('leaf.pem', 'chain.pem', 'leaf-key.pem'));
  const loadBalancer = await bench.created({}, (owner) => {
    const pool = newPool(owner);
    return [
      { kind: 'pool', object: pool },
      { kind: 'listener', object: newListener(owner, { default_pool_id: pool.id }) },
      {
        kind: 'listener',
        object: newListener(owner, {
          default_pool_id: pool.id,
          protocol: 'TERMINATED_HTTPS',
          protocol_port: 443,
          tls_certificate_id: reference,
        }),
      },
    ];
  });
  return { id: loadBalancer.id, vip: loadBalancer.vip, handle: loadBalancer.handle, reference };
};

/** The files an amphora needs, as the key manager gives them. */
const filesOf = async (id: string) => {
  const { loadTlsMaterial } = await import('../../lib/tls/load-tls-material.ts');
  return (await loadTlsMaterial()(await bench.lib().getTree(id))).uploads;
};

/** Whether the amphora has all of them: an upload of what is there already sends nothing. */
const hasFiles = async (id: string, amphora: Amphora | undefined): Promise<boolean> => {
  if (amphora === undefined) throw new Error('there is no amphora');
  const agents = bench.lib().amphoraDriver();
  const sent: boolean[] = [];
  for (const { fileName, pem } of await filesOf(id)) {
    sent.push(await agents.uploadCertificate(bench.agentOf(amphora), id, fileName, pem));
  }
  return sent.length > 0 && !sent.includes(true);
};

/** What a reboot does: certificates are kept in memory only. */
const forgetFiles = async (id: string, amphora: Amphora | undefined): Promise<void> => {
  if (amphora === undefined) throw new Error('there is no amphora');
  for (const { fileName } of await filesOf(id)) {
    await bench.lib().amphoraDriver().deleteCertificate(bench.agentOf(amphora), id, fileName);
  }
};

const addMember = async (id: string) => {
  const [pool] = (await bench.lib().getTree(id)).pools;
  if (pool === undefined) throw new Error('there is no pool');
  return await bench.ended(await bench.worker().createMember(newMember(pool, { ip_address: '127.0.0.7' })));
};

const configOf = async (id: string): Promise<string> => {
  const [amphora] = await bench.amphorae(id);
  if (amphora === undefined) throw new Error('there is no amphora');
  return String(await bench.lib().amphoraDriver().getHaproxyConfig(bench.agentOf(amphora), id));
};

const listenerStatuses = async (id: string): Promise<readonly string[]> =>
  (await bench.lib().getTree(id)).listeners
    .map(({ protocol_port, provisioning_status }) => `${protocol_port} ${provisioning_status}`)
    .sort();

const deleted = async (id: string): Promise<void> => {
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
};

test('trap 11: as many listeners run as are not in ERROR, when the secrets of one are gone', async () => {
  const { id, handle, reference } = await secured();
  const frontends = async () => (await configOf(id)).match(/^frontend /gm)?.length;
  expect([await frontends(), await listenerStatuses(id)]).toEqual([2, ['443 ACTIVE', '80 ACTIVE']]);
  await things.deleteSecret(reference);
  expect(await addMember(id)).toMatchObject({ status: 'SUCCEEDED', error_name: null });
  expect(await configOf(id)).toContain('127.0.0.7');
  // With the files it has the amphora goes on; the one that replaces it gets none.
  expect([await frontends(), await listenerStatuses(id)]).toEqual([2, ['443 ACTIVE', '80 ACTIVE']]);
  await (await bench.worker().failoverLoadBalancer(id)).wait();
  expect([await frontends(), await listenerStatuses(id)]).toEqual([1, ['443 ERROR', '80 ACTIVE']]);
  expect(await bench.lib().getOperation(handle.operationId)).toMatchObject({ status: 'SUCCEEDED', error_name: null });
  await deleted(id);
});

test('trap 22: an amphora that lost its certificates is given them again by the next change', async () => {
  const { id } = await secured();
  const [amphora] = await bench.amphorae(id);
  await forgetFiles(id, amphora);
  expect(await addMember(id)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await hasFiles(id, amphora)).toBe(true);
  await deleted(id);
});

test('trap 22: what replaces a rebooted amphora has its certificates', async () => {
  const { id } = await secured();
  const [rebooted] = await bench.amphorae(id);
  await forgetFiles(id, rebooted);
  await (await bench.worker().failoverAmphora(String(rebooted?.id))).wait();
  const [replacement] = await bench.amphorae(id);
  expect(replacement?.id).not.toBe(rebooted?.id);
  expect(await hasFiles(id, replacement)).toBe(true);
  expect(await listenerStatuses(id)).toEqual(['443 ACTIVE', '80 ACTIVE']);
  await deleted(id);
});

test('trap 14: a delete needs no key manager, and no rule of the security group is touched', async () => {
  const { id } = await secured();
  bench.cloud().faults.add({ service: 'key-manager', status: 503 });
  bench.cloud().faults.add({ service: 'network', path: '/security-group-rules', status: 500 });
  bench.cloud().faults.add({ service: 'agent', drop: 'before' });
  await deleted(id);
});

test('trap 14: a delete succeeds for what was deleted by another client', async () => {
  const { id, vip } = await secured();
  const [amphora] = await bench.amphorae(id);
  const { security_group_id } = (await bench.lib().getTree(id)).load_balancer;
  const [network, { computeDriver }] = [
    bench.lib().networkDriver(),
    await import('../../lib/drivers/compute/index.ts'),
  ];
  await computeDriver().deleteServer(String(amphora?.compute_id));
  await expect.poll(() => bench.cloud().state.servers.has(String(amphora?.compute_id))).toBe(false);
  for (const port of [String(amphora?.vrrp_port_id), vip.port_id]) await network.deletePort(port);
  await network.deleteSecurityGroup(String(security_group_id));
  await deleted(id);
  expect((await bench.lib().getTree(id)).load_balancer.provisioning_status).toBe('DELETED');
});
