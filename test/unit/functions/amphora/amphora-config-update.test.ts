import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { useTable } from '../../../helpers/table.ts';

beforeAll(async () => {
  vi.stubEnv('HEARTBEAT_KEY', 'the shared key');
  await useTable();
});
afterAll(() => void vi.unstubAllEnvs());

const inPlace = async () => {
  const [{ amphoraConfigUpdate }, { withAmphora }, sources, heartbeats] = await Promise.all([
    import('../../../../functions/amphora/amphora-config-update.ts'),
    import('./support.ts'),
    import('../../../../lib/repositories/health/heartbeat-sources.ts'),
    import('../../../../lib/repositories/health/heartbeats.ts'),
  ]);
  return { amphoraConfigUpdate, ...sources, ...heartbeats, ...(await withAmphora()) };
};

describe('AmphoraConfigUpdate', () => {
  it('notes the address before the agent has its own key, so that a death in between silences no heartbeat', async () => {
    const { amphoraConfigUpdate, findSource, flow, amphoraId } = await inPlace();
    const dies = async () => {
      expect(await findSource('172.16.0.5')).toBe(amphoraId);
      throw new Error('killed');
    };
    await expect(amphoraConfigUpdate({ updateAgentConfig: dies })(amphoraId, flow)).rejects.toThrow('killed');
    expect(await findSource('172.16.0.5')).toBe(amphoraId);
  });

  it('is the same when it runs twice', async () => {
    const { amphoraConfigUpdate, findSource, flow, amphoraId } = await inPlace();
    const files: string[] = [];
    const run = amphoraConfigUpdate({ updateAgentConfig: async (_agent, file) => void files.push(file) });
    await run(amphoraId, flow);
    await run(amphoraId, flow);
    expect(files[0]).toBe(files[1]);
    expect(files[0]).not.toContain('the shared key');
    expect(await findSource('172.16.0.5')).toBe(amphoraId);
  });

  it('leaves an agent that sends heartbeats as it is while no receivers are set', async () => {
    const { amphoraConfigUpdate, recordHeartbeat, flow, amphoraId } = await inPlace();
    const files: string[] = [];
    const run = amphoraConfigUpdate({ updateAgentConfig: async (_agent, file) => void files.push(file) });
    const at = new Date().toISOString();
    const heartbeat = { amphora_id: amphoraId, loadbalancer_id: flow.loadbalancer_id, zone: null };
    await recordHeartbeat({ ...heartbeat, sequence: 1, at, listeners: null }, null);
    await expect(run(amphoraId, flow)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: `CONTROLLER_IP_PORT_LIST: is empty, and amphora ${amphoraId} sends heartbeats; its agent keeps its configuration`,
    });
    expect(files).toEqual([]);
  });
});
