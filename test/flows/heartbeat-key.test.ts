import { beforeAll, describe, expect, it } from 'vitest';
import { amphoraKeyOf } from '../../lib/models/heartbeat-key.ts';
import type { Amphora } from '../../lib/models/objects/amphora.ts';
import { useBench } from './support/bench.ts';
import { noteOnRow } from './support/certificates.ts';

const FORMER = 'the key that goes';
const bench = useBench({
  heartbeats: true,
  settings: {
    HEARTBEAT_KEY: 'the key that comes',
    HEARTBEAT_PREVIOUS_KEY: FORMER,
    HEARTBEAT_INTERVAL: '1',
    HEALTH_CHECK_INTERVAL: '1',
    HEARTBEAT_TIMEOUT: '20',
  },
});

const importUpkeep = async () => {
  const [configs, configuration, settings, heartbeats, render, recorded] = await Promise.all([
    import('../../lib/upkeep/agent-configs.ts'),
    import('../../lib/steps/amphora/agent-configuration.ts'),
    import('../../lib/amphora/agent-settings.ts'),
    import('../../lib/amphora/heartbeat-settings.ts'),
    import('../../lib/amphora/agent-config.ts'),
    import('../../lib/repositories/health/heartbeats.ts'),
  ]);
  return { ...configs, ...configuration, ...settings, ...heartbeats, ...render, ...recorded };
};
let upkeep: Awaited<ReturnType<typeof importUpkeep>>;
beforeAll(async () => {
  upkeep = await importUpkeep();
});

const receiver = () => {
  const { heartbeats } = bench.stack();
  if (heartbeats === null) throw new Error('no receiver runs');
  return heartbeats;
};

/** The agent signs with that key from now on. */
const sign = async (amphora: Amphora, heartbeatKey: string): Promise<void> => {
  const ordinary = upkeep.agentConfigFor(amphora.id, 'SINGLE', await upkeep.heartbeatSettings());
  const config = upkeep.renderAgentConfig({ ...ordinary, heartbeatKey });
  await bench.lib().amphoraDriver().updateAgentConfig(bench.agentOf(amphora), config);
};

/** An amphora that was told the former key. */
const older = async (): Promise<Amphora> => {
  const { id } = await bench.created();
  const [amphora] = await bench.amphorae(id);
  if (amphora === undefined) throw new Error('there is no amphora');
  await sign(amphora, amphoraKeyOf(FORMER, amphora.id));
  await noteOnRow(amphora, { agent_config: 'what was told before' });
  return amphora;
};

const now = async ({ id, load_balancer_id }: Amphora): Promise<Amphora | undefined> =>
  (await bench.amphorae(String(load_balancer_id))).find((one) => one.id === id);

const heardSince = async ({ id }: Amphora, since: number): Promise<boolean> =>
  Date.parse(String((await upkeep.findHeartbeat(id))?.heard_at)) > since;

const byHour = () => bench.stack().invoke('UpdateAgentConfigs');

const partsWith = async (worker: Parameters<typeof upkeep.updateAgentConfigs>[0]['worker']) => ({
  worker,
  mark: await upkeep.agentConfigurationMark(),
  atOnce: 10,
  receivers: 1,
  until: Date.now() + 60_000,
  intervalMs: 1_000,
  patienceMs: 2_500,
});

describe('a new heartbeat key', () => {
  it('comes to every agent without a failover, and no amphora becomes stale', async () => {
    const amphorae = [await older(), await older(), await older()];
    const start = Date.now();
    for (const amphora of amphorae) await expect.poll(() => heardSince(amphora, start)).toBe(true);
    expect(receiver().previousKey()).toBeGreaterThan(0);
    const [, , broken] = amphorae;
    bench.cloud().faults.add({
      service: 'agent',
      method: 'PUT',
      path: '/config$',
      status: 500,
      body: {},
      serverId: String(broken?.compute_id),
    });
    expect(await byHour()).toMatchObject({ due: 3, updated: 2, failed: 1, left: 0, halted: false });
    // The next round goes on with those that do not have it yet.
    bench.cloud().faults.clear();
    expect(await byHour()).toMatchObject({ due: 1, updated: 1, failed: 0, left: 0, halted: false });

    const before = receiver().previousKey();
    const told = Date.now();
    for (const amphora of amphorae) await expect.poll(() => heardSince(amphora, told + 2_000)).toBe(true);
    expect(receiver().previousKey()).toBe(before);
    expect(receiver().counts()['bad-mac']).toBe(0);
    const nothing = { due: 0, updated: 0, failed: 0, left: 0, halted: false, without_receivers: false, former_key: [] };
    expect(await byHour()).toEqual(nothing);
    for (const amphora of amphorae) {
      expect(await now(amphora)).toMatchObject({ id: amphora.id, status: 'ALLOCATED' });
      const flows = (await bench.lib().listOperations(String(amphora.load_balancer_id))).map(({ flow }) => flow);
      expect(new Set(flows)).toEqual(new Set(['update-amphora-agent-config', 'create-load-balancer']));
    }
  });

  it('stops at the first amphora when receivers do not know it', async () => {
    const amphorae = [await older(), await older()];
    const start = Date.now();
    for (const amphora of amphorae) await expect.poll(() => heardSince(amphora, start)).toBe(true);
    const asked: string[] = [];
    const parts = await partsWith({
      updateAmphoraAgentConfig: async (id) => {
        asked.push(id);
        const handle = await bench.worker().updateAmphoraAgentConfig(id);
        await handle.wait();
        const told = amphorae.find((amphora) => amphora.id === id);
        if (told !== undefined) await sign(told, 'an unknown key');
        return handle;
      },
    });
    expect(await upkeep.updateAgentConfigs(parts)).toMatchObject({
      due: 2,
      updated: 1,
      failed: 0,
      left: 1,
      halted: true,
    });
    expect(asked).toHaveLength(1);
    // With receivers that know it, all is well again.
    for (const amphora of amphorae) await noteOnRow(amphora, { agent_config: null });
    expect(await byHour()).toMatchObject({ due: 2, updated: 2, failed: 0, left: 0, halted: false });
  });

  it('is not touched where the settings leave agents alone', async () => {
    const amphora = await older();
    const deaf = async () => await upkeep.updateAgentConfigs({ ...(await partsWith(bench.worker())), atOnce: 0 });
    await expect.poll(deaf).toEqual({
      due: 1,
      updated: 0,
      failed: 0,
      left: 1,
      halted: false,
      without_receivers: false,
      former_key: [amphora.id],
    });
  });

  it('is not to be found on a row', async () => {
    const [amphora] = await bench.amphorae((await bench.created()).id);
    expect(amphora?.agent_config).toBe(await upkeep.agentConfigurationMark());
    expect(amphora?.agent_config).toMatch(/^[\w-]{43}$/);
  });
});
