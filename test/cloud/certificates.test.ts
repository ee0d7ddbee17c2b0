import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { amphoraKeyOf } from '../../lib/models/heartbeat-key.ts';
import { noteOnRow } from '../flows/support/certificates.ts';
import { amphoraeOfVip, type SeenAmphora, shownCertificate } from './amphora.ts';
import { inRecipe } from './in-recipe.ts';
import { recipe } from './instance.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from './load-balancer-api.ts';
import { useRealStack } from './real-stack.ts';

const KEY = 'the key that comes';
const FORMER_KEY = 'the key that goes';
/** This machine in the recipe's management network. */
const MANAGEMENT_ADDRESS = '192.168.90.2';
const INTERVAL_S = 2;
/** Seconds a certificate is valid; due for its successor 20 s after it was made. */
const VALIDITY_S = 600;

// Read by the stack when it starts.
vi.stubEnv('CERT_SCHEDULE', 'rate(1 minute)');
afterAll(() => {
  vi.unstubAllEnvs();
});

const created = z.object({ id: z.string(), vip_address: z.string(), vip_network_id: z.string() });

inRecipe.describe('the upkeep of a real amphora', () => {
  const real = useRealStack({
    HEARTBEAT_BIND_IP: MANAGEMENT_ADDRESS,
    HEARTBEAT_BIND_PORT: '5555',
    HEARTBEAT_INTERVAL: String(INTERVAL_S),
    HEARTBEAT_KEY: KEY,
    HEARTBEAT_PREVIOUS_KEY: FORMER_KEY,
    CERT_VALIDITY_TIME: String(VALIDITY_S),
    CERT_EXPIRY_BUFFER: String(VALIDITY_S - 20),
  });
  let api: LoadBalancerApi;
  let id = '';
  let amphora: SeenAmphora;

  beforeAll(async () => {
    const { as, facts, session } = real();
    api = await as(facts.TEST_TENANT_CLOUD);
    const balancer = created.parse(await api.create({ name: 'kept', vip_subnet_id: facts.TEST_VIP_SUBNET }));
    id = balancer.id;
    expect(await api.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    const vip = { address: balancer.vip_address, networkId: balancer.vip_network_id };
    const [seen] = await amphoraeOfVip(session, vip, facts.AMP_BOOT_NETWORK_LIST);
    if (seen === undefined) throw new Error('there is no amphora');
    amphora = seen;
  });
  afterAll(async () => {
    await api.settled(id);
    expect((await api.call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`)).status).toBe(204);
    expect(await api.settled(id)).toBeNull();
  });

  it('gives it a new certificate by schedule, which the real agent shows, before the old one ends', async () => {
    const before = await shownCertificate(amphora);
    const shown = () => shownCertificate(amphora);
    await expect
      .poll(async () => (await shown()).fingerprint256, { timeout: 100_000, interval: 1_000 })
      .not.toBe(before.fingerprint256);
    const after = await shown();
    expect(after.subject).toBe(`CN=${amphora.id}`);
    expect(Date.parse(after.validTo)).toBeGreaterThan(Date.parse(before.validTo) + 15_000);
    expect(Date.now()).toBeLessThan(Date.parse(before.validTo));
    expect(await api.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('gives it a new heartbeat key, which it signs with once its agent begins again, and it is heard all the time', async () => {
    const [
      { amphoraDriver },
      { renderAgentConfig },
      { agentConfigFor },
      { heartbeatSettings },
      { findHeartbeat },
      { listOperations },
    ] = await Promise.all([
      import('../../lib/drivers/amphora/index.ts'),
      import('../../lib/amphora/agent-config.ts'),
      import('../../lib/amphora/agent-settings.ts'),
      import('../../lib/amphora/heartbeat-settings.ts'),
      import('../../lib/repositories/health/heartbeats.ts'),
      import('../../lib/repositories/operations/operations.ts'),
    ]);
    const { heartbeats: receiver } = real().stack;
    if (receiver === null) throw new Error('no receiver runs');
    const SOON = { timeout: 30_000, interval: 250 };
    const heardSince = async (since: number) => Date.parse(String((await findHeartbeat(amphora.id))?.heard_at)) > since;
    const inside = (...words: readonly string[]) =>
      recipe(real().facts, 'vm/vm-ctl', 'exec', amphora.serverId, ...words);
    const beginAgain = () => inside('systemctl', 'restart', 'octavia-agent');

    // As if it had been built when that was the key.
    const config = renderAgentConfig({
      ...agentConfigFor(amphora.id, 'SINGLE', await heartbeatSettings()),
      heartbeatKey: amphoraKeyOf(FORMER_KEY, amphora.id),
    });
    const agent = { amphoraId: amphora.id, lbNetworkIp: amphora.managementAddress };
    await amphoraDriver().updateAgentConfig(agent, config);
    await beginAgain();
    await noteOnRow({ id: amphora.id, load_balancer_id: id }, { agent_config: 'what was told before' });
    await expect.poll(() => receiver.previousKey(), SOON).toBeGreaterThan(1);

    const round = () => real().stack.invoke('UpdateAgentConfigs');
    // A rotation of the certificate may just hold the amphora. This agent's sender does not look at its file again.
    await expect.poll(round, SOON).toMatchObject({ due: 0, halted: false, former_key: [amphora.id] });
    expect(await inside('cat', '/etc/octavia/amphora-agent.conf')).toContain(
      `heartbeat_key = ${amphoraKeyOf(KEY, amphora.id)}`,
    );
    await beginAgain();
    await expect.poll(round, SOON).toMatchObject({ due: 0, former_key: [] });
    const before = receiver.previousKey();
    const now = Date.now();
    await expect.poll(() => heardSince(now + 2 * INTERVAL_S * 1000), SOON).toBe(true);
    expect(receiver.previousKey()).toBe(before);
    expect(receiver.counts()['bad-mac']).toBe(0);
    const flows = new Set((await listOperations(id)).map(({ flow }) => flow));
    expect(flows).toContain('update-amphora-agent-config');
    expect(flows).not.toContain('failover-amphora');
  });
});
