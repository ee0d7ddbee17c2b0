import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Rollout, RolloutStep } from '../../../../../lib/models/operations/rollout.ts';
import { getRollout } from '../../../../../lib/repositories/fleet/rollouts.ts';
import { putGovernor } from '../../../../../lib/repositories/health/receivers.ts';
import { type AdvanceParts, advance } from '../../../../../lib/upkeep/rollout/advance.ts';
import { startedRollout } from '../../../../fixtures/rollout.ts';
import { useTable } from '../../../../helpers/table.ts';
import { agentsOf, due, endFailover, stepOf, stopCurrent } from './support.ts';

const PLANNED = { planned_at: new Date().toISOString() };

beforeAll(async () => {
  vi.stubEnv('STATE_MACHINE_ARN_PREFIX', 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy-worker-');
  await useTable();
  await stopCurrent();
  return () => vi.unstubAllEnvs();
});
/** What other tests have left there is over. */
beforeEach(() => putGovernor({ storms: [], doubts_observer: false }, new Date().toISOString()));
afterEach(stopCurrent);

const images = {
  findImageByTag: async () => {
    throw new Error('no image is asked for');
  },
  imageExists: async () => true,
};

/** One look, since the time is over. */
const look = (agents: ReturnType<typeof agentsOf>, failovers = -1) => {
  const settings = { ampFlavorId: 'small', ampImageTag: 'amphora', ampImageOwnerId: null };
  const parts: AdvanceParts = { ...agents.parts, due: { images, settings }, limits: { failovers } };
  return advance(parts, { until: 0, pauseMs: 1 });
};

const two = async (rollout: Rollout): Promise<readonly [RolloutStep, RolloutStep]> => [
  (await due(rollout)).step,
  (await due(rollout)).step,
];

describe('a look at a roll-out', () => {
  it('is nothing where no roll-out runs', async () => {
    expect(await look(agentsOf())).toBeNull();
  });

  it.each([
    ['at_once is the limit', 2, -1, 2],
    ['a place is left to those that cannot wait', 3, 3, 2],
    ['one has a place in any case', 2, 1, 1],
  ])('begins as many as have a place: %s', async (_name, at_once, failovers, begun) => {
    const agents = agentsOf();
    const rollout = await startedRollout({ ...PLANNED, at_once });
    await two(rollout);
    await two(rollout);
    expect(await look(agents, failovers)).toMatchObject({ progress: { REPLACING: begun, WAITING: 4 - begun } });
    expect(await look(agents, failovers)).toMatchObject({ progress: { REPLACING: begun } });
  });

  it('begins nothing in a storm, and more after it', async () => {
    const agents = agentsOf();
    await two(await startedRollout(PLANNED));
    const until = new Date(Date.now() + 60_000).toISOString();
    await putGovernor({ storms: [], doubts_observer: true }, until);
    expect(await look(agents)).toMatchObject({ status: 'RUNNING', progress: { REPLACING: 0, WAITING: 2 } });
    await putGovernor({ storms: [], doubts_observer: false }, until);
    expect(await look(agents)).toMatchObject({ progress: { REPLACING: 1 } });
  });

  it('gives the place of one that waits to the next', async () => {
    const agents = agentsOf();
    const [busy, next] = await two(await startedRollout(PLANNED));
    await agents.parts.worker.failoverAmphora(String(busy.left[0]));
    expect(await look(agents)).toMatchObject({ progress: { REPLACING: 1, WAITING: 1 } });
    expect(await stepOf(next)).toMatchObject({ status: 'REPLACING' });
  });

  it('goes on with one whose first amphora was replaced, though there is no other place', async () => {
    const agents = agentsOf();
    const rollout = await startedRollout(PLANNED);
    const first = await due(rollout, { topology: 'ACTIVE_STANDBY' });
    const [one] = first.amphoraIds;
    agents.holders.add(String(one));
    await look(agents);
    await due(rollout);
    await endFailover(first.step, 'SUCCEEDED');
    await look(agents);
    await look(agents);
    expect(await stepOf(first.step)).toMatchObject({ status: 'REPLACING', amphora_id: one, left: [] });
  });

  it('notes why a step cannot be begun, and begins the next', async () => {
    const agents = agentsOf();
    const [broken, next] = await two(await startedRollout(PLANNED));
    const { failoverAmphora } = agents.parts.worker;
    const worker: AdvanceParts['worker'] = {
      failoverAmphora: (id, terms) =>
        id === broken.left[0]
          ? Promise.reject(new Error('no such thing'))
          : failoverAmphora.call(agents.parts.worker, id, terms),
    };
    await look({ ...agents, parts: { ...agents.parts, worker } });
    expect(await stepOf(broken)).toMatchObject({ status: 'WAITING', reason: 'Error: no such thing' });
    expect(await stepOf(next)).toMatchObject({ status: 'REPLACING' });
  });

  it.each([
    [1, 0, 'HALTED'],
    [2, 0, 'RUNNING'],
    [1, 1, 'RUNNING'],
  ] as const)('halts with %i failures, of which %i are forgiven: %s', async (max_failures, forgiven, status) => {
    const agents = agentsOf();
    const rollout = await startedRollout({ ...PLANNED, max_failures, forgiven });
    await due(rollout, { status: 'FAILED', reason: 'no host' });
    await due(rollout);
    expect(await look(agents)).toMatchObject({ status });
    expect(await getRollout(rollout.id)).toMatchObject({ reason: status === 'HALTED' ? 'no host' : null });
  });

  it('is the last one when no step waits or is under way', async () => {
    const agents = agentsOf();
    const rollout = await startedRollout(PLANNED);
    await due(rollout, { status: 'DONE', left: [] });
    const last = await due(rollout, { status: 'SETTLING', left: [] });
    agents.silent.add(String(last.amphoraIds[0]));
    expect(await look(agents)).toMatchObject({ status: 'RUNNING' });
    agents.silent.clear();
    expect(await look(agents)).toMatchObject({ status: 'COMPLETED', progress: { DONE: 2 } });
  });

  it('follows what is under way of a roll-out that is paused, and begins nothing', async () => {
    const agents = agentsOf();
    const rollout = await startedRollout({ ...PLANNED, status: 'PAUSED', at_once: 2 });
    const under = await due(rollout, { status: 'SETTLING', left: [] });
    const waiting = await due(rollout);
    expect(await look(agents)).toMatchObject({ status: 'PAUSED' });
    expect(await stepOf(under.step)).toMatchObject({ status: 'DONE' });
    expect(await stepOf(waiting.step)).toMatchObject({ status: 'WAITING' });
  });
});
