import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadBalancerApi } from '../cloud/load-balancer-api.ts';
import { useBench } from '../flows/support/bench.ts';
import { tenant } from '../helpers/tenant.ts';
import { whileAnotherAsks } from './others.ts';

const PATIENCE_MS = 5_000;
const MEGABYTE = 1_048_576;

const bench = useBench({ settings: { CLOUD_REQUEST_TIMEOUT_MS: '5000' } });
let alice: LoadBalancerApi;
let bob: LoadBalancerApi;
beforeAll(async () => {
  [alice, bob] = await Promise.all([tenant(bench.stack()), tenant(bench.stack(), 'bob')]);
});

const listen = (loadbalancer_id: string, protocol_port: number) =>
  alice.call('POST', '/v2.0/lbaas/listeners', { listener: { loadbalancer_id, protocol: 'HTTP', protocol_port } });

describe('an agent that was taken over', () => {
  it.each([
    ['megabytes of lists', Array.from({ length: 12 }, () => Array.from({ length: 100_000 }, () => []))],
    ['a megabyte in one text', { details: 'x'.repeat(2 * MEGABYTE) }],
  ])(
    'answers every call with %s, and others are served; its load balancer is well again after it',
    async (_what, body) => {
      const { id } = await alice.create({ name: 'hostile', vip_subnet_id: bench.cloud().facts.vipSubnetId });
      await alice.settled(id);
      const [amphora] = await bench.amphorae(id);
      bench.cloud().faults.add({ service: 'agent', serverId: String(amphora?.compute_id), status: 500, body });
      const { result, waited } = await whileAnotherAsks(bob, async () => {
        await listen(id, 80);
        return await alice.settled(id);
      });
      expect(result?.provisioning_status).not.toMatch(/^PENDING/);
      expect(waited.refusals).toEqual([]);
      expect(waited.longestMs).toBeLessThan(PATIENCE_MS);
      bench.cloud().faults.clear();
      await listen(id, 81);
      expect((await alice.settled(id))?.provisioning_status).toBe('ACTIVE');
    },
  );
});

describe('a service of the cloud', () => {
  it('that answers a page of half a megabyte of tags costs one change, and affects no other', async () => {
    const { id } = await alice.create({ name: 'victim', vip_subnet_id: bench.cloud().facts.vipSubnetId });
    await alice.settled(id);
    bench.cloud().faults.add({ service: 'network', method: 'GET', status: 500, body: '<'.repeat(500_000) });
    const { waited } = await whileAnotherAsks(bob, async () => {
      await listen(id, 80);
      return await alice.settled(id);
    });
    bench.cloud().faults.clear();
    expect(waited.refusals).toEqual([]);
    expect(waited.longestMs).toBeLessThan(PATIENCE_MS);
  });

  it('that answers 20 megabytes is given up before they are read', async () => {
    const pools = '/v2.0/lbaas/pools';
    bench
      .cloud()
      .faults.add({ service: 'network', method: 'GET', status: 200, body: { subnet: 'x'.repeat(20 * MEGABYTE) } });
    const answer = await alice.call('POST', '/v2.0/lbaas/loadbalancers', {
      loadbalancer: { vip_subnet_id: bench.cloud().facts.vipSubnetId },
    });
    bench.cloud().faults.clear();
    expect(answer.status).toBe(503);
    expect((await bob.call('GET', pools)).status).toBe(200);
  });
});
