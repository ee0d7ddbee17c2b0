import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Rollout, RolloutStep } from '../../../../../lib/models/operations/rollout.ts';
import { updateAmphora } from '../../../../../lib/repositories/fleet/amphorae.ts';
import { changeRollout, changeStep } from '../../../../../lib/repositories/fleet/rollouts.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { getOperation } from '../../../../../lib/repositories/operations/operations.ts';
import { begin, follow } from '../../../../../lib/upkeep/rollout/step.ts';
import { startedRollout } from '../../../../fixtures/rollout.ts';
import { useTable } from '../../../../helpers/table.ts';
import { agentsOf, byAnOperation, due, endFailover, stepOf, stopCurrent } from './support.ts';

const PLANNED = { planned_at: new Date().toISOString() };

let rollout: Rollout;
beforeAll(async () => {
  vi.stubEnv('STATE_MACHINE_ARN_PREFIX', 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy-worker-');
  await useTable();
  await stopCurrent();
  return () => vi.unstubAllEnvs();
});
beforeEach(async () => {
  rollout = await startedRollout(PLANNED);
});
afterEach(stopCurrent);

const PAIR = { topology: 'ACTIVE_STANDBY' } as const;

/** Begins, ends the failover, and has the step looked at: it settles now. */
const settling = async (agents: ReturnType<typeof agentsOf>, step: RolloutStep): Promise<RolloutStep> => {
  await begin(agents.parts, step);
  await endFailover(step, 'SUCCEEDED');
  await follow(agents.parts, await stepOf(step));
  return await stepOf(step);
};

describe('the begin of a step', () => {
  it('commits a failover of the amphora, and notes both in the step', async () => {
    const { parts } = agentsOf();
    const { step, loadBalancer, amphoraIds } = await due(rollout);
    expect(await begin(parts, step)).toBe(true);
    const now = await stepOf(step);
    expect(now).toMatchObject({ status: 'REPLACING', amphora_id: amphoraIds[0], left: [], reason: null });
    expect(await getLoadBalancer(loadBalancer.id)).toMatchObject({
      provisioning_status: 'PENDING_UPDATE',
      lock: { operation_id: now.operation_id },
    });
    expect(await getOperation(now.operation_id ?? '')).toMatchObject({ flow: 'failover-amphora' });
  });

  it('asks no agent where the only amphora goes', async () => {
    const { parts, asked } = agentsOf();
    const { step } = await due(rollout);
    await begin(parts, step);
    expect(asked).toEqual([]);
  });

  it.each([0, 1])('of two takes the one without the VIP, and asks the other: holder %i', async (index) => {
    const { parts, holders, asked } = agentsOf();
    const { step, amphoraIds } = await due(rollout, PAIR);
    const [holder, other] = [amphoraIds[index], amphoraIds[1 - index]];
    holders.add(String(holder));
    expect(await begin(parts, step)).toBe(true);
    expect(await stepOf(step)).toMatchObject({ amphora_id: other, left: [holder] });
    expect(asked).toEqual([holder]);
  });

  it('waits while the amphora that stays does not answer', async () => {
    const { parts, holders, silent } = agentsOf();
    const { step, amphoraIds, loadBalancer } = await due(rollout, PAIR);
    const [holder] = amphoraIds;
    holders.add(String(holder));
    silent.add(String(holder));
    expect(await begin(parts, step)).toBe(false);
    expect(await stepOf(step)).toMatchObject({ status: 'WAITING', reason: `amphora ${holder} does not answer` });
    expect((await getLoadBalancer(loadBalancer.id)).lock).toBeNull();
  });

  it('waits while an amphora is missing', async () => {
    const { parts } = agentsOf();
    const { step, amphoraIds, loadBalancer } = await due(rollout, PAIR);
    await byAnOperation(loadBalancer.id, (flow) => updateAmphora(flow, String(amphoraIds[1]), { status: 'DELETED' }));
    expect(await begin(parts, step)).toBe(false);
    expect(await stepOf(step)).toMatchObject({ status: 'WAITING', reason: 'it has 1 amphorae instead of 2' });
  });

  it('waits while an operation works on the load balancer', async () => {
    const { parts } = agentsOf();
    const { step, loadBalancer } = await due(rollout);
    await parts.worker.failoverAmphora(String(step.left[0]));
    expect(await begin(parts, step)).toBe(false);
    expect(await stepOf(step)).toMatchObject({ status: 'WAITING', reason: 'an operation works on it' });
    expect((await getLoadBalancer(loadBalancer.id)).lock).not.toBeNull();
  });

  it('skips a load balancer in ERROR', async () => {
    const { parts } = agentsOf();
    const { step, loadBalancer } = await due(rollout);
    await byAnOperation(loadBalancer.id, async () => undefined, 'ERROR');
    expect(await begin(parts, step)).toBe(false);
    expect(await stepOf(step)).toMatchObject({ status: 'SKIPPED', reason: 'it is in ERROR' });
  });

  it('is done where the amphorae were replaced already, and where the load balancer is gone', async () => {
    const { parts } = agentsOf();
    const replaced = await due(rollout, { left: [crypto.randomUUID()] });
    expect(await begin(parts, replaced.step)).toBe(false);
    expect(await stepOf(replaced.step)).toMatchObject({ status: 'DONE', left: [] });
    const gone = await due(rollout, { loadbalancer_id: crypto.randomUUID() });
    expect(await begin(parts, gone.step)).toBe(false);
    expect(await stepOf(gone.step)).toMatchObject({ status: 'DONE', reason: 'the load balancer is no more' });
  });

  it('commits nothing when the roll-out is paused, or the step was begun by another run', async () => {
    const { parts } = agentsOf();
    const paused = await due(rollout);
    await changeRollout(rollout, { status: 'PAUSED' });
    expect(await begin(parts, paused.step)).toBe(false);
    expect((await getLoadBalancer(paused.loadBalancer.id)).lock).toBeNull();
    await changeRollout({ ...rollout, status: 'PAUSED' }, { status: 'RUNNING' });
    await changeStep(paused.step, { reason: 'moved' });
    expect(await begin(parts, paused.step)).toBe(false);
    expect((await getLoadBalancer(paused.loadBalancer.id)).lock).toBeNull();
  });
});

describe('a step under way', () => {
  it('stays while the failover runs, and settles when it has succeeded', async () => {
    const { parts } = agentsOf();
    const { step } = await due(rollout);
    await begin(parts, step);
    await follow(parts, await stepOf(step));
    expect(await stepOf(step)).toMatchObject({ status: 'REPLACING' });
    await endFailover(step, 'SUCCEEDED');
    await follow(parts, await stepOf(step));
    expect(await stepOf(step)).toMatchObject({ status: 'SETTLING' });
  });

  it('fails with the failover, and with one whose record is lost', async () => {
    const { parts } = agentsOf();
    const { step, amphoraIds } = await due(rollout);
    await begin(parts, step);
    await endFailover(step, 'FAILED');
    await follow(parts, await stepOf(step));
    const failed = `the failover of amphora ${amphoraIds[0]} failed:`;
    expect(await stepOf(step)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(failed) });
    const lost = await due(rollout, { status: 'REPLACING', operation_id: crypto.randomUUID() });
    await follow(parts, lost.step);
    expect(await stepOf(lost.step)).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/no record$/) });
  });

  it('of SINGLE is done when the agent answers, whether it holds the VIP or not', async () => {
    const agents = agentsOf();
    const { step } = await due(rollout);
    const settled = await settling(agents, step);
    await follow(agents.parts, settled);
    expect(await stepOf(step)).toMatchObject({ status: 'DONE', reason: null });
  });

  it.each([
    ['one has the VIP', 1, 'WAITING'],
    ['none has the VIP', 0, 'SETTLING'],
    ['both have the VIP', 2, 'SETTLING'],
  ])('of two goes on when exactly one has the VIP: %s', async (_name, count, status) => {
    const agents = agentsOf();
    const { step, amphoraIds } = await due(rollout, PAIR);
    const settled = await settling(agents, step);
    for (const id of amphoraIds.slice(0, count)) agents.holders.add(id);
    await follow(agents.parts, settled);
    expect(await stepOf(step)).toMatchObject({ status });
  });

  it('is done after the last amphora', async () => {
    const agents = agentsOf();
    const { step, amphoraIds } = await due(rollout, PAIR);
    agents.holders.add(String(amphoraIds[0]));
    await follow(agents.parts, await settling(agents, step));
    await follow(agents.parts, await settling(agents, await stepOf(step)));
    expect(await stepOf(step)).toMatchObject({ status: 'DONE', left: [] });
  });

  it('fails when the agent stays silent for longer than it may, and not before', async () => {
    const agents = agentsOf();
    const { step, amphoraIds } = await due(rollout);
    const settled = await settling(agents, step);
    agents.silent.add(String(amphoraIds[0]));
    await follow(agents.parts, settled);
    expect(await stepOf(step)).toMatchObject({ status: 'SETTLING' });
    await follow({ ...agents.parts, settleTimeout: 0 }, settled);
    const reason = `after the replacement amphora ${amphoraIds[0]} does not answer`;
    expect(await stepOf(step)).toMatchObject({ status: 'FAILED', reason });
  });
});
