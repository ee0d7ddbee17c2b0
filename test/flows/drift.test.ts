import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Amphora } from '../../lib/models/objects/amphora.ts';
import { deleteRule } from '../../lib/openstack/network/security-group-rules/requests.ts';
import { cloudSession } from '../../lib/openstack/session.ts';
import { listDrift } from '../../lib/repositories/fleet/drift.ts';
import { newListener, smallTree } from '../fixtures/children.ts';
import { tenant } from '../helpers/tenant.ts';
import { useBench } from './support/bench.ts';
import { holdNext } from './support/hold-next.ts';

const bench = useBench({ settings: { DRIFT_CHECKS_AT_ONCE: '2' } });
afterEach(() => bench.cloud().faults.clear());

const finding = z.object({
  kind: z.string(),
  resource_id: z.string().nullable(),
  amphora_id: z.string().nullable(),
  expected: z.string(),
  found: z.string(),
  remedy: z.string(),
});
const judged = z.object({
  judged: z.array(
    z.object({
      loadbalancer_id: z.string(),
      findings: z.array(finding).nullable(),
      operation_id: z.string().nullable(),
    }),
  ),
});

const check = async (id: string, repair = false) => {
  const answer = judged.parse(await bench.stack().invoke('ReportDrift', { loadbalancer_ids: [id], repair }));
  const [one] = answer.judged;
  if (one === undefined) throw new Error('no load balancer was judged');
  return one;
};
const kinds = async (id: string) => (await check(id)).findings?.map(({ kind }) => kind);

/** Has it repaired, waits for the end, and answers what flow it was. */
const repaired = async (id: string): Promise<string> => {
  const { operation_id } = await check(id, true);
  if (operation_id === null) throw new Error('no repair began');
  const { getOperation } = bench.lib();
  await expect.poll(async () => (await getOperation(operation_id)).status).toBe('SUCCEEDED');
  return (await getOperation(operation_id)).flow;
};

const made = async (changes: Parameters<typeof bench.created>[0] = {}) => {
  const loadBalancer = await bench.created(changes, (owner) => smallTree(owner, { ip_address: '127.0.0.9' }));
  const [amphora] = await bench.amphorae(loadBalancer.id);
  if (amphora === undefined) throw new Error('there is no amphora');
  const { security_group_id } = (await bench.lib().getTree(loadBalancer.id)).load_balancer;
  return { ...loadBalancer, amphora, security_group_id: String(security_group_id) };
};
const gone = async (id: string): Promise<void> => {
  await (await bench.worker().deleteLoadBalancer(id)).wait();
};
/** What is noted of it: it is forgotten when it is right again. */
const noted = async (id: string) => (await listDrift()).filter(({ loadbalancer_id }) => loadbalancer_id === id);
const basePort = ({ vrrp_port_id }: Amphora) => String(vrrp_port_id);

describe('what is as the table has it', () => {
  it('is no finding, with one amphora and with two, with UDP and with members elsewhere', async () => {
    const single = await made();
    const pair = await bench.created({ topology: 'ACTIVE_STANDBY' }, (owner) => [
      ...smallTree(owner, { ip_address: '127.0.0.9', subnet_id: bench.cloud().facts.memberSubnetId }),
      { kind: 'listener', object: newListener(owner, { protocol: 'UDP', protocol_port: 53 }) },
    ]);
    expect(await check(single.id)).toMatchObject({ findings: [], operation_id: null });
    expect(await check(pair.id, true)).toMatchObject({ findings: [], operation_id: null });
    await Promise.all([gone(single.id), gone(pair.id)]);
  });
});

describe('what was changed behind the worker’s back', () => {
  it('a rule deleted by hand', async () => {
    const { id, security_group_id } = await made();
    const rules = () =>
      [...bench.cloud().state.securityGroupRules.values()].filter(
        (rule) => rule.security_group_id === security_group_id && rule.direction === 'ingress',
      );
    const [http] = rules();
    await deleteRule(cloudSession(), String(http?.id));
    const { findings } = await check(id);
    expect(findings).toEqual([
      {
        kind: 'rule_missing',
        resource_id: security_group_id,
        amphora_id: null,
        expected: 'IPv4 tcp port 80 from anywhere',
        found: 'nothing',
        remedy: 'update',
      },
    ]);
    expect(await noted(id)).toMatchObject([{ findings: [{ kind: 'rule_missing' }], repair: null }]);
    expect(await repaired(id)).toBe('update-load-balancer');
    expect(rules()).toMatchObject([{ port_range_min: 80 }]);
    expect(await kinds(id)).toEqual([]);
    expect(await noted(id)).toEqual([]);
    await gone(id);
  });

  it('address pairs and groups of the base port', async () => {
    const { id, amphora, vip } = await made();
    const network = bench.lib().networkDriver();
    await network.updatePort(basePort(amphora), { allowedAddressPairs: [], securityGroupIds: [] });
    await network.updatePort(vip.port_id, { securityGroupIds: [] });
    expect(await kinds(id)).toEqual(['port_security_groups', 'port_address_pairs', 'port_security_groups']);
    expect(await repaired(id)).toBe('update-load-balancer');
    expect(await kinds(id)).toEqual([]);
    expect((await network.getPort(basePort(amphora))).allowedAddressPairs).toEqual([vip.ip_address]);
    await gone(id);
  });

  it('a configuration on the amphora, and one that is unconfirmed', async () => {
    const { id, amphora } = await made();
    const agents = bench.lib().amphoraDriver();
    const agent = bench.agentOf(amphora);
    const right = String(await agents.getHaproxyConfig(agent, id));
    await agents.uploadHaproxyConfig(agent, id, `${right}\n# changed by hand\n`);
    const { findings } = await check(id);
    expect(findings).toMatchObject([
      { kind: 'configuration_changed', resource_id: id, amphora_id: amphora.id, remedy: 'update' },
    ]);
    expect(findings?.[0]?.expected).toBe(`sha256 ${amphora.pushed?.haproxy}`);
    expect(await repaired(id)).toBe('update-load-balancer');
    expect(await agents.getHaproxyConfig(agent, id)).toBe(right);
    expect(await kinds(id)).toEqual([]);
    await gone(id);
  });

  it('a port in the members’ network that was taken away', async () => {
    const loadBalancer = await bench.created({}, (owner) =>
      smallTree(owner, { ip_address: '127.0.0.9', subnet_id: bench.cloud().facts.memberSubnetId }),
    );
    const { id } = loadBalancer;
    const [amphora] = await bench.amphorae(id);
    const leg = [...bench.cloud().state.ports.values()].find(({ name }) => name === `octavia-lb-member-${amphora?.id}`);
    const { computeDriver } = await import('../../lib/drivers/compute/index.ts');
    await computeDriver().detachPort(String(amphora?.compute_id), String(leg?.id));
    await bench.lib().networkDriver().deletePort(String(leg?.id));
    expect(await kinds(id)).toEqual(['member_port_missing']);
    expect(await repaired(id)).toBe('update-load-balancer');
    expect(await kinds(id)).toEqual([]);
    await gone(id);
  });
});

describe('what is lost', () => {
  it('a server: the amphora is failed over', async () => {
    const { id, amphora } = await made();
    const { computeDriver } = await import('../../lib/drivers/compute/index.ts');
    await computeDriver().deleteServer(String(amphora.compute_id));
    await expect.poll(() => bench.cloud().state.servers.has(String(amphora.compute_id))).toBe(false);
    const { findings } = await check(id);
    expect(findings).toMatchObject([
      { kind: 'server_missing', resource_id: amphora.compute_id, amphora_id: amphora.id, remedy: 'failover_amphora' },
    ]);
    expect(await repaired(id)).toBe('failover-amphora');
    expect((await bench.amphorae(id)).map(({ id: now }) => now)).not.toContain(amphora.id);
    expect(await kinds(id)).toEqual([]);
    await gone(id);
  });

  it('a VIP’s port is made again with its address, and no amphora is replaced', async () => {
    const { id, vip } = await made();
    await bench.lib().networkDriver().deletePort(vip.port_id);
    expect(await kinds(id)).toEqual(['port_missing']);
    expect(await repaired(id)).toBe('update-load-balancer');
    expect(await kinds(id)).toEqual([]);
    expect((await bench.lib().getTree(id)).load_balancer.vip).toMatchObject({ ip_address: vip.ip_address });
    await gone(id);
  });

  it('an agent that does not answer is reported, and left to the heartbeat sweep', async () => {
    const { id, amphora } = await made();
    await bench.crash(amphora);
    expect(await check(id, true)).toMatchObject({
      findings: [{ kind: 'agent_unreachable', remedy: 'none' }],
      operation_id: null,
    });
    await gone(id);
  });
});

describe('a check that the API is asked for', () => {
  it('is read under its id with what came of it, and marks the findings as repaired when the repair has ended', async () => {
    const { id, amphora } = await made();
    const network = bench.lib().networkDriver();
    await network.updatePort(basePort(amphora), { allowedAddressPairs: [] });
    const operator = await tenant(bench.stack(), 'admin');
    const drift = { loadbalancer_ids: [id], repair: true };
    const { status, body } = await operator.call('POST', '/v2.0/octavia/drift', { drift });
    const asked = z.object({ drift: z.looseObject({ id: z.guid() }) }).parse(body).drift;
    expect([status, asked]).toMatchObject([202, { ended_at: null, loadbalancers: [{ status: 'WAITING' }] }]);
    const checked = async () => (await operator.call('GET', `/v2.0/octavia/drift/checks/${asked.id}`)).body;
    const judged = { loadbalancer_id: id, status: 'JUDGED', findings: 1, repair_operation_id: expect.any(String) };
    await expect.poll(checked).toMatchObject({ check: { ended_at: expect.any(String), loadbalancers: [judged] } });
    const findings = async () =>
      (await operator.call('GET', `/v2.0/octavia/drift/findings?loadbalancer_id=${id}`)).body;
    const repaired = { kind: 'port_address_pairs', repair_status: 'SUCCEEDED', repaired_at: expect.any(String) };
    await expect.poll(findings).toMatchObject({ findings: [repaired] });
    expect(await kinds(id)).toEqual([]);
    expect(await findings()).toMatchObject({ findings: [] });
    await gone(id);
  });
});

describe('an event that no request of the API stands behind', () => {
  it('repairs nothing, whatever it says', async () => {
    const { id, amphora } = await made();
    await bench.lib().networkDriver().updatePort(basePort(amphora), { allowedAddressPairs: [] });
    const requester = { user_id: 'forged', project_id: null, request_id: null };
    const detail = { id: crypto.randomUUID(), loadbalancer_ids: [id], repair: true, requester };
    const forged = { source: 'deploy-worker-local', 'detail-type': 'Drift Check Requested', detail };
    expect(await bench.stack().invoke('ReportDrift', forged)).toMatchObject({ judged: [] });
    expect(await kinds(id)).toEqual(['port_address_pairs']);
    await gone(id);
  });
});

describe('a load balancer that is worked on', () => {
  it('is not judged, and what was known of it stays', async () => {
    const { id, amphora } = await made();
    const network = bench.lib().networkDriver();
    await network.updatePort(basePort(amphora), { allowedAddressPairs: [] });
    expect(await kinds(id)).toEqual(['port_address_pairs']);
    const held = holdNext(bench.cloud(), { service: 'agent', method: 'GET', path: '/haproxy$' });
    const handle = await bench.worker().updateLoadBalancer(id, { enabled: false });
    await held.reached();
    expect(await check(id, true)).toMatchObject({ findings: null, operation_id: null });
    expect(await noted(id)).toHaveLength(1);
    await held.letGo();
    await handle.wait();
    await gone(id);
  });

  it('and one that was worked on while it was looked at', async () => {
    const { id, amphora } = await made();
    const held = holdNext(bench.cloud(), { service: 'agent', method: 'GET', path: '/haproxy$' });
    const looking = check(id);
    await held.reached();
    await (await bench.worker().updateLoadBalancer(id, { name: 'other' })).wait();
    await held.letGo();
    expect(await looking).toMatchObject({ findings: null });
    expect(amphora.status).toBe('ALLOCATED');
    await gone(id);
  });
});

describe('a round over all', () => {
  it('goes on where it stopped, and forgets what is gone', async () => {
    const three = await Promise.all([made(), made(), made()]);
    const network = bench.lib().networkDriver();
    for (const { amphora } of three) await network.updatePort(basePort(amphora), { allowedAddressPairs: [] });
    const before = (await listDrift()).length;
    expect(await bench.stack().invoke('ReportDrift')).toMatchObject({ checked: 2, findings: 2, ended_at: null });
    expect(await listDrift()).toHaveLength(before + 2);
    expect(await bench.stack().invoke('ReportDrift')).toMatchObject({
      checked: 3,
      findings: 3,
      ended_at: expect.any(String),
    });
    expect(await listDrift()).toHaveLength(3);
    const [first] = await listDrift();
    await Promise.all(three.map(({ id }) => gone(id)));
    expect(await listDrift()).toHaveLength(3);
    expect(await bench.stack().invoke('ReportDrift')).toMatchObject({ checked: 0, findings: 0 });
    expect(await listDrift()).toEqual([]);
    expect(first?.findings[0]?.first_seen).toBe(first?.seen_at);
  });
});
