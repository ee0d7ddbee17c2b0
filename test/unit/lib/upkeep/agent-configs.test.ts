import { beforeAll, expect, it } from 'vitest';
import { useTable } from '../../../helpers/table.ts';

beforeAll(() => useTable());

const inPlace = async () => {
  const [{ updateAgentConfigs }, { withAmphora }, { recordHeartbeat }] = await Promise.all([
    import('../../../../lib/upkeep/agent-configs.ts'),
    import('../../functions/amphora/support.ts'),
    import('../../../../lib/repositories/health/heartbeats.ts'),
  ]);
  const started: string[] = [];
  const updateAmphoraAgentConfig = async (id: string): Promise<never> => {
    started.push(id);
    throw new Error('started');
  };
  const round = async (receivers: number) => {
    started.length = 0;
    return await updateAgentConfigs({
      worker: { updateAmphoraAgentConfig },
      mark: crypto.randomUUID(),
      atOnce: 1000,
      receivers,
      until: Date.now() + 10_000,
      intervalMs: 1000,
      patienceMs: 1,
    });
  };
  return { round, started, recordHeartbeat, ...(await withAmphora()) };
};

it('without receivers no agent is updated, and it is reported when amphorae send heartbeats', async () => {
  const { round, started, recordHeartbeat, flow, amphoraId } = await inPlace();
  const silent = await round(0);
  expect(silent).toMatchObject({ updated: 0, failed: 0, without_receivers: false });
  expect(silent.due).toBeGreaterThan(0);
  const heartbeat = { amphora_id: amphoraId, loadbalancer_id: flow.loadbalancer_id, zone: null, listeners: null };
  await recordHeartbeat({ ...heartbeat, sequence: 1, at: new Date().toISOString() }, null);
  expect(await round(0)).toMatchObject({ updated: 0, failed: 0, halted: false, without_receivers: true });
  expect(started).toEqual([]);
  expect(await round(1)).toMatchObject({ without_receivers: false });
  expect(started).toContain(amphoraId);
});
