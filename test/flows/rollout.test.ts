import { afterEach, describe, expect, it } from 'vitest';
import type { Rollout } from '../../lib/models/operations/rollout.ts';
import { changeRollout, findCurrentRollout, getRollout, listSteps } from '../../lib/repositories/fleet/rollouts.ts';
import type { AdvanceParts } from '../../lib/upkeep/rollout/advance.ts';
import { smallTree } from '../fixtures/children.ts';
import { startedRollout } from '../fixtures/rollout.ts';
import { useBench } from './support/bench.ts';
import { holdNext } from './support/hold-next.ts';

const bench = useBench();
afterEach(async () => {
  bench.cloud().faults.clear();
  // A test that fails leaves none behind for the next one.
  const left = await findCurrentRollout();
  if (left !== null) await changeRollout(left, { status: 'STOPPED' });
});

/** Three builds, one after another, on a machine that has other things to do. */

const ACTIVE_STANDBY = { topology: 'ACTIVE_STANDBY' } as const;

const started = (loadbalancer_ids: readonly string[], changes: Partial<Rollout> = {}): Promise<Rollout> =>
  startedRollout({ loadbalancer_ids, ...changes });

const parts = async (changes: Partial<AdvanceParts> = {}): Promise<AdvanceParts> => {
  const { computeConfig } = await import('../../lib/settings/config.ts');
  const { imageDriver } = await import('../../lib/drivers/image/index.ts');
  return {
    worker: bench.worker(),
    agents: bench.lib().impatientAmphoraDriver(),
    settleTimeout: 20,
    limits: { failovers: 10 },
    due: { images: imageDriver(), settings: computeConfig() },
    ...changes,
  };
};

const advance = async (forMs: number, changes: Partial<AdvanceParts> = {}) => {
  const lib = await import('../../lib/upkeep/rollout/advance.ts');
  return await lib.advance(await parts(changes), { until: Date.now() + forMs, pauseMs: 50 });
};

const toItsEnd = () => advance(60_000);
const ids = async (id: string) => (await bench.amphorae(id)).map((amphora) => amphora.id).toSorted();
const gone = async (id: string): Promise<void> => {
  await (await bench.worker().deleteLoadBalancer(id)).wait();
};
const failovers = async (id: string) =>
  (await bench.lib().listOperations(id)).filter(({ flow }) => flow === 'failover-amphora').toReversed();

describe('a roll-out', () => {
  it('replaces the amphora of SINGLE, and those of ACTIVE_STANDBY one after the other, the VIP holder last', async () => {
    const [single, pair] = await Promise.all([bench.created(), bench.created(ACTIVE_STANDBY)]);
    const before = [await ids(single.id), await ids(pair.id)];
    const [holder] = await bench.holders(pair.id, pair.vip.ip_address);
    const rollout = await started([single.id, pair.id]);
    expect(await toItsEnd()).toMatchObject({ status: 'COMPLETED', progress: { DONE: 2, WAITING: 0, FAILED: 0 } });
    const after = [await ids(single.id), await ids(pair.id)];
    expect(after.map((some) => some.length)).toEqual([1, 2]);
    expect(after.flat().filter((id) => before.flat().includes(id))).toEqual([]);
    const [first, second, ...more] = await failovers(pair.id);
    expect(more).toEqual([]);
    expect(JSON.stringify(first?.input)).not.toContain(String(holder));
    expect(JSON.stringify(second?.input)).toContain(String(holder));
    expect(String(first?.ended_at) < String(second?.created_at)).toBe(true);
    expect(await bench.holders(pair.id, pair.vip.ip_address)).toHaveLength(1);
    // Not even rules for those that have left.
    const drift = await bench.stack().invoke('ReportDrift', { loadbalancer_ids: [pair.id] });
    expect(drift).toMatchObject({ judged: [{ findings: [] }] });
    expect(await getRollout(rollout.id)).toMatchObject({ status: 'COMPLETED', ended_at: expect.any(String) });
    await Promise.all([gone(single.id), gone(pair.id)]);
  });

  it('goes on where an invocation died, at any point, and replaces no amphora twice', async () => {
    const pair = await bench.created(ACTIVE_STANDBY);
    const before = await ids(pair.id);
    await started([pair.id]);
    // Each invocation has time for a look or two, and is then no more.
    for (let look = 0; look < 400 && (await advance(1)) !== null; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await ids(pair.id)).filter((id) => before.includes(id))).toEqual([]);
    expect(await failovers(pair.id)).toHaveLength(2);
    await gone(pair.id);
  });

  it('is what the function behind the clock does', async () => {
    const { id } = await bench.created();
    const before = await ids(id);
    await started([id]);
    expect(await bench.stack().invoke('RollOut')).toMatchObject({ status: 'COMPLETED', progress: { DONE: 1 } });
    expect(await ids(id)).not.toEqual(before);
    await gone(id);
  });

  it('is done once when two invocations go on at the same time', async () => {
    const [one, other] = await Promise.all([bench.created(), bench.created()]);
    await started([one.id, other.id], { at_once: 2 });
    await Promise.all([toItsEnd(), toItsEnd()]);
    expect(await Promise.all([failovers(one.id), failovers(other.id)])).toMatchObject([
      [{ status: 'SUCCEEDED' }],
      [{ status: 'SUCCEEDED' }],
    ]);
    await Promise.all([gone(one.id), gone(other.id)]);
  });

  it('works on no more load balancers at the same time than it may, and leaves a failover’s place free', async () => {
    const three = await Promise.all([bench.created(), bench.created(), bench.created()]);
    const rollout = await started(
      three.map(({ id }) => id),
      { at_once: 3 },
    );
    await advance(1, { limits: { failovers: 3 } });
    await advance(1, { limits: { failovers: 3 } });
    expect((await listSteps(rollout.id)).filter(({ status }) => status === 'REPLACING')).toHaveLength(2);
    expect(await toItsEnd()).toMatchObject({ progress: { DONE: 3 } });
    await Promise.all(three.map(({ id }) => gone(id)));
  });
});

describe('a roll-out that is held', () => {
  it('halts at the first failure, with its reason, and goes on when it is resumed', async () => {
    const two = await Promise.all([bench.created(), bench.created()]);
    bench.cloud().faults.failNextServer('No valid host was found.', 10);
    const rollout = await started(two.map(({ id }) => id));
    expect(await toItsEnd()).toMatchObject({ status: 'HALTED', progress: { FAILED: 1, WAITING: 1 } });
    const halted = await getRollout(rollout.id);
    expect(halted.reason).toContain('No valid host was found.');
    // Nothing begins while it is halted.
    expect(await advance(500)).toMatchObject({ status: 'HALTED', progress: { WAITING: 1 } });
    bench.cloud().faults.clear();
    await changeRollout(halted, { status: 'RUNNING', forgiven: 1, reason: null });
    expect(await toItsEnd()).toMatchObject({ status: 'COMPLETED', progress: { FAILED: 1, DONE: 1 } });
    for (const { id } of two) await gone(id);
  });

  it('starts nothing after it was paused, also in a run that has just read it', async () => {
    const { id } = await bench.created();
    const rollout = await started([id]);
    await advance(1);
    const [step] = await listSteps(rollout.id);
    if (step === undefined) throw new Error('no load balancer is due');
    await changeRollout(rollout, { status: 'PAUSED' });
    const { begin } = await import('../../lib/upkeep/rollout/step.ts');
    expect(await begin(await parts(), step)).toBe(false);
    expect(await failovers(id)).toEqual([]);
    expect((await bench.lib().getTree(id)).load_balancer).toMatchObject({ lock: null, provisioning_status: 'ACTIVE' });
    await changeRollout({ id: rollout.id, status: 'PAUSED' }, { status: 'STOPPED' });
    expect(await advance(100)).toBeNull();
    expect(await bench.stack().invoke('RollOut')).toBeNull();
    await gone(id);
  });

  it('waits for a load balancer that is worked on, and passes one that is gone', async () => {
    const [busy, leaving] = await Promise.all([bench.created({}, (owner) => smallTree(owner, {})), bench.created()]);
    const rollout = await started([busy.id, leaving.id], { at_once: 2 });
    const { findDue } = await import('../../lib/upkeep/rollout/due.ts');
    expect(await findDue((await parts()).due, rollout)).toHaveLength(2);
    await advance(1);
    await gone(leaving.id);
    const held = holdNext(bench.cloud(), { service: 'agent', method: 'GET', path: '/haproxy$' });
    const update = await bench.worker().updateLoadBalancer(busy.id, { enabled: false });
    await held.reached();
    expect(await advance(300)).toMatchObject({ status: 'RUNNING', progress: { DONE: 1 } });
    expect(await failovers(busy.id)).toEqual([]);
    await held.letGo();
    expect(await toItsEnd()).toMatchObject({ status: 'COMPLETED', progress: { DONE: 2 } });
    await update.wait();
    expect(await failovers(leaving.id)).toEqual([]);
    await gone(busy.id);
  });

  it('goes on with the others where one cannot even be begun, and says why', async () => {
    // Begun in the order of their ids.
    const [one, other] = [await bench.created(), await bench.created()];
    const [strange, known] = one.id < other.id ? [one, other] : [other, one];
    const [first] = await ids(strange.id);
    const rollout = await started([strange.id, known.id]);
    const worker: AdvanceParts['worker'] = {
      failoverAmphora: async (id, terms) => {
        if (id === first) throw new TypeError('no way');
        return await bench.worker().failoverAmphora(id, terms);
      },
    };
    await expect.poll(async () => (await advance(200, { worker }))?.progress).toMatchObject({ DONE: 1, WAITING: 1 });
    const step = (await listSteps(rollout.id)).find(({ loadbalancer_id }) => loadbalancer_id === strange.id);
    expect(step).toMatchObject({ status: 'WAITING', reason: 'TypeError: no way' });
    await changeRollout(rollout, { status: 'STOPPED' });
    await Promise.all([gone(strange.id), gone(known.id)]);
  });
});

describe('due amphorae', () => {
  it('by image, by flavor and by age, each with what it has and what is wanted', async () => {
    const { id } = await bench.created();
    const { findDue } = await import('../../lib/upkeep/rollout/due.ts');
    const { due } = await parts();
    const criteria = { image: true, flavor: true, max_age: 3_600, project_id: null, loadbalancer_ids: [id] };
    expect(await findDue(due, criteria)).toEqual([]);
    const [amphora] = await bench.amphorae(id);
    const settings = { ...due.settings, ampFlavorId: 'larger' };
    const images = { findImageByTag: async () => 'newer' };
    expect(await findDue({ settings, images }, { ...criteria, max_age: 0 })).toMatchObject([
      {
        loadbalancer_id: id,
        amphorae: [
          {
            amphora_id: amphora?.id,
            reasons: [
              { reason: 'image', has: amphora?.image_id, wanted: 'newer' },
              { reason: 'flavor', has: amphora?.compute_flavor, wanted: 'larger' },
              { reason: 'age', has: `made ${amphora?.created_at}` },
            ],
          },
        ],
      },
    ]);
    await gone(id);
  });
});
