import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { deleteRule, listIngressRules } from '../../lib/openstack/network/security-group-rules/requests.ts';
import { listSecurityGroups } from '../../lib/openstack/network/security-groups/requests.ts';
import { inRecipe } from './in-recipe.ts';
import { recipe } from './instance.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from './load-balancer-api.ts';
import { useRealStack } from './real-stack.ts';
import { allocated } from './recovery.ts';
import { get, steadyClient } from './traffic.ts';

const LBAAS = '/v2.0/lbaas';
const OCTAVIA = '/v2.0/octavia';
const HOST = { name: 'fleet', address: '10.90.2.48' } as const;

const balancerShape = z.object({ id: z.string(), vip_address: z.string() });
type Balancer = z.infer<typeof balancerShape>;
const made = z.record(z.string(), z.object({ id: z.string() }));
const judged = z.object({
  judged: z.array(
    z.object({
      findings: z.array(z.object({ kind: z.string(), expected: z.string(), remedy: z.string() })).nullable(),
      operation_id: z.string().nullable(),
    }),
  ),
});
const findings = z.object({ findings: z.array(z.looseObject({ kind: z.string() })) });
const preview = z.object({ preview: z.object({ amphora_count: z.number() }) });
const rolloutShape = z.object({
  rollout: z.looseObject({ id: z.string(), status: z.string(), progress: z.record(z.string(), z.number()) }),
});

inRecipe.describe('the fleet on a real cloud', () => {
  const real = useRealStack();
  let api: LoadBalancerApi;
  let operator: LoadBalancerApi;
  let single: Balancer;
  let pair: Balancer;
  let flavor = { id: '', profile: '' };

  const post = async (path: string, body: unknown): Promise<string> => {
    const answer = await operator.call('POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return Object.values(made.parse(answer.body))[0]?.id ?? '';
  };

  const create = async (name: string, flavorId?: string): Promise<Balancer> => {
    const { facts } = real();
    const members = [
      { name: HOST.name, address: HOST.address, protocol_port: 80, subnet_id: facts.TEST_MEMBER_SUBNET },
    ];
    const default_pool = { name: 'one', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', members };
    const created = await api.create({
      name,
      vip_subnet_id: facts.TEST_VIP_SUBNET,
      ...(flavorId === undefined ? {} : { flavor_id: flavorId }),
      listeners: [{ name, protocol: 'HTTP', protocol_port: 80, default_pool }],
    });
    expect(await api.settled(created.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    return balancerShape.parse(created);
  };

  beforeAll(async () => {
    const { as, facts } = real();
    [api, operator] = [await as(facts.TEST_TENANT_CLOUD), await as('admin')];
    await recipe(facts, 'add-member-host', HOST.name, HOST.address, '80');
    const profile = await post(`${LBAAS}/flavorprofiles`, {
      flavorprofile: {
        name: 'two',
        provider_name: 'amphora',
        flavor_data: JSON.stringify({ loadbalancer_topology: 'ACTIVE_STANDBY' }),
      },
    });
    const id = await post(`${LBAAS}/flavors`, { flavor: { name: 'two', flavor_profile_id: profile, enabled: true } });
    flavor = { id, profile };
    [single, pair] = await Promise.all([create('single'), create('pair', flavor.id)]);
  });
  afterAll(async () => {
    try {
      for (const { id } of [single, pair]) {
        await api.settled(id);
        expect((await api.call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`)).status).toBe(204);
        expect(await api.settled(id)).toBeNull();
      }
    } finally {
      await recipe(real().facts, 'remove-member-host', HOST.name);
    }
  });

  const check = async ({ id }: Balancer, repair: boolean) => {
    const answer = await real().stack.invoke('ReportDrift', { loadbalancer_ids: [id], repair });
    const [one] = judged.parse(answer).judged;
    if (one === undefined) throw new Error('no load balancer was judged');
    return one;
  };
  const kinds = async (balancer: Balancer) => (await check(balancer, false)).findings?.map(({ kind }) => kind);
  const served = async ({ vip_address }: Balancer) => (await get(`http://${vip_address}/`)).status;

  it('finds nothing where nothing was touched: servers, ports, rules and configurations are as noted', async () => {
    expect([await kinds(single), await kinds(pair)]).toEqual([[], []]);
    const round = await real().stack.invoke('ReportDrift');
    expect(round).toMatchObject({ checked: 2, skipped: 0, findings: 0, ended_at: expect.any(String) });
  });

  it('finds a security group’s rule that was deleted by hand, and has it back when it is asked to', async () => {
    const { session } = real();
    const [group] = await listSecurityGroups(session, `lb-${single.id}`, null);
    const open = async () =>
      (await listIngressRules(session, [group?.id ?? ''])).filter(({ port_range_min }) => port_range_min === 80);
    const [rule] = await open();
    await deleteRule(session, rule?.id ?? '');
    expect(await kinds(single)).toEqual(['rule_missing']);
    const { body } = await operator.call('GET', `${OCTAVIA}/drift/findings?loadbalancer_id=${single.id}`);
    expect(findings.parse(body).findings).toMatchObject([{ kind: 'rule_missing', remedy: 'update' }]);
    const wish = { drift: { loadbalancer_ids: [single.id], repair: true } };
    expect((await operator.call('POST', `${OCTAVIA}/drift`, wish)).status).toBe(202);
    await expect.poll(async () => (await open()).length, { timeout: 60_000 }).toBe(1);
    await api.settled(single.id);
    expect([await kinds(single), await served(single)]).toEqual([[], 200]);
  });

  it('finds a server that is lost, and has its amphora replaced when it is asked to', async () => {
    const [lost] = await allocated({ operator, balancer: single });
    await computeDriver().deleteServer(lost?.compute_id ?? '');
    await expect.poll(() => kinds(single), { timeout: 60_000 }).toContain('server_missing');
    const { operation_id } = await check(single, true);
    expect(operation_id).not.toBeNull();
    expect(await api.settled(single.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect((await allocated({ operator, balancer: single })).map(({ id }) => id)).not.toContain(lost?.id);
    expect([await kinds(single), await served(single)]).toEqual([[], 200]);
  });

  it('replaces the amphorae of one and of two under traffic, one after another', async () => {
    const before = [single, pair].map((balancer) => allocated({ operator, balancer }));
    const old = (await Promise.all(before)).flat().map(({ id }) => id);
    expect(old).toHaveLength(3);
    const clients = [single, pair].map(({ vip_address }) => steadyClient(`http://${vip_address}/`));
    const wish = { rollout: { max_age: 0, loadbalancer_ids: [single.id, pair.id] } };
    const seen = await operator.call('POST', `${OCTAVIA}/rollouts/preview`, wish);
    expect(preview.parse(seen.body).preview.amphora_count).toBe(3);
    try {
      const started = await operator.call('POST', `${OCTAVIA}/rollouts`, wish);
      expect(started.status, JSON.stringify(started.body)).toBe(201);
      const { id } = rolloutShape.parse(started.body).rollout;
      const rollout = async () =>
        rolloutShape.parse((await operator.call('GET', `${OCTAVIA}/rollouts/${id}`)).body).rollout;
      const ended = async () => (await rollout()).status;
      await expect.poll(ended, { timeout: 600_000, interval: 2_000 }).not.toBe('RUNNING');
      expect(await rollout()).toMatchObject({ status: 'COMPLETED', progress: { DONE: 2, FAILED: 0 } });
    } finally {
      for (const client of clients) await client.stop();
    }
    const [ofSingle, ofPair] = clients.map((client) => client.longestGap());
    console.log(`roll-out under traffic, the longest time without an answer: single ${ofSingle} ms, pair ${ofPair} ms`);
    const now = await Promise.all([single, pair].map((balancer) => allocated({ operator, balancer })));
    expect(now.map((some) => some.length)).toEqual([1, 2]);
    expect(now.flat().filter(({ id }) => old.includes(id))).toEqual([]);
    expect([await served(single), await served(pair)]).toEqual([200, 200]);
    expect([await kinds(single), await kinds(pair)]).toEqual([[], []]);
    // A client sends every 50 ms: two amphorae hand over with a word, one is replaced by one that is up.
    expect(Math.max(ofSingle ?? 0, ofPair ?? 0)).toBeLessThan(10_000);
  });
});
