import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UnrestorableError } from '../../../../../lib/errors/conflict.ts';
import { ImmutableObjectError } from '../../../../../lib/errors/flow.ts';
import { type LoadBalancerDrift, MOST_FINDINGS } from '../../../../../lib/models/drift.ts';
import { findDrift, findDriftRound, putDrift, putDriftRound } from '../../../../../lib/repositories/fleet/drift.ts';
import { commitLoadBalancerOperation } from '../../../../../lib/repositories/locks/commits.ts';
import { checkLoadBalancers, goOnWithRound } from '../../../../../lib/upkeep/drift/check.ts';
import { forgetAllDrift } from '../../../../fixtures/drift.ts';
import { useTable } from '../../../../helpers/table.ts';
import { updateRequest } from '../../repositories/support/stored.ts';
import { aServer, soundCloud, soundLoadBalancer } from './support.ts';

beforeAll(useTable);
afterAll(forgetAllDrift);

const unused = async () => {
  throw new Error('nothing is to be repaired by this');
};

/** A cloud, and a worker that repairs by updates or refuses to. */
const aCloud = (refusal: Error | null = null) => {
  const cloud = soundCloud();
  const repaired: string[] = [];
  const repairLoadBalancer = async (id: string) => {
    if (refusal !== null) throw refusal;
    repaired.push(id);
    return { operationId: `repair-of-${id}`, executionArn: '', resourceId: id, wait: unused };
  };
  const worker = { repairLoadBalancer, failoverAmphora: unused, failoverLoadBalancer: unused };
  const check = async (ids: readonly string[], repair = false) =>
    await checkLoadBalancers({ ...cloud.parts, worker }, ids, { repair });
  return { ...cloud, repaired, check };
};

const aDrift = (changes: Partial<LoadBalancerDrift>): LoadBalancerDrift => ({
  loadbalancer_id: crypto.randomUUID(),
  project_id: 'project',
  seen_at: '2026-01-01T00:00:00.000Z',
  findings: [],
  repair: null,
  ...changes,
});

describe('drift of a load balancer', () => {
  it('is recorded with the time it was seen first, and its latest repair', async () => {
    const { lost, check } = aCloud();
    const { id, vip, project_id, compute_id } = await soundLoadBalancer();
    lost.add(vip.port_id);
    await check([id]);
    const first = await findDrift(id);
    expect(first).toMatchObject({
      project_id,
      findings: [{ kind: 'port_missing', resource_id: vip.port_id }],
      repair: null,
    });
    const repair = { operation_id: 'op', at: '2026-01-01T00:00:00.000Z' };
    if (first !== null)
      await putDrift({ ...first, findings: first.findings.map((one) => ({ ...one, first_seen: 'then' })), repair });
    lost.add(`port-of-${compute_id}`);
    await check([id]);
    const second = await findDrift(id);
    expect(second).toMatchObject({ findings: [{ first_seen: 'then' }, { first_seen: second?.seen_at }], repair });
    expect(Date.parse(String(second?.seen_at))).toBeGreaterThanOrEqual(Date.parse(String(first?.seen_at)));
  });

  it('is forgotten when nothing is wrong any more, or the load balancer is no more', async () => {
    const { lost, check } = aCloud();
    const { id, vip } = await soundLoadBalancer();
    lost.add(vip.port_id);
    await check([id]);
    lost.clear();
    expect(await check([id])).toEqual([{ loadbalancer_id: id, findings: [], operation_id: null }]);
    expect(await findDrift(id)).toBeNull();
    const gone = aDrift({});
    await putDrift(gone);
    await check([gone.loadbalancer_id]);
    expect(await findDrift(gone.loadbalancer_id)).toBeNull();
  });

  it('is kept while the load balancer cannot be judged', async () => {
    const { check } = aCloud();
    const { id } = await soundLoadBalancer();
    await commitLoadBalancerOperation(id, updateRequest, { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' });
    const drift = aDrift({ loadbalancer_id: id });
    await putDrift(drift);
    expect(await check([id], true)).toEqual([{ loadbalancer_id: id, findings: null, operation_id: null }]);
    expect(await findDrift(id)).toEqual(drift);
  });

  it('is recorded up to a number of findings', async () => {
    const { check } = aCloud();
    const member_subnets = Array.from({ length: MOST_FINDINGS + 1 }, (_, index) => `subnet-${index}`);
    const { id } = await soundLoadBalancer({}, { member_subnets });
    expect((await check([id]))[0]?.findings).toHaveLength(MOST_FINDINGS + 1);
    expect((await findDrift(id))?.findings).toHaveLength(MOST_FINDINGS);
  });

  it('is repaired only where that is asked for, and the repair is recorded', async () => {
    const { lost, check, repaired } = aCloud();
    const [broken, sound] = [await soundLoadBalancer(), await soundLoadBalancer()];
    lost.add(broken.vip.port_id);
    expect(await check([broken.id])).toMatchObject([{ operation_id: null }]);
    expect(repaired).toEqual([]);
    const operation_id = `repair-of-${broken.id}`;
    expect(await check([broken.id, sound.id], true)).toMatchObject([{ operation_id }, { operation_id: null }]);
    expect(repaired).toEqual([broken.id]);
    expect(await findDrift(broken.id)).toMatchObject({ repair: { operation_id } });
  });

  it.each([new ImmutableObjectError('loadbalancer', 'id', 'PENDING_UPDATE'), new UnrestorableError('id', 'so')])(
    'is left to the next look after $name',
    async (refusal) => {
      const { lost, check } = aCloud(refusal);
      const { id, vip } = await soundLoadBalancer();
      lost.add(vip.port_id);
      expect(await check([id], true)).toMatchObject([{ findings: [{ kind: 'port_missing' }], operation_id: null }]);
      expect(await findDrift(id)).toMatchObject({ repair: null });
    },
  );

  it('shows a repair that failed for an unforeseen reason', async () => {
    const { lost, check } = aCloud(new TypeError('unforeseen'));
    const { id, vip } = await soundLoadBalancer();
    lost.add(vip.port_id);
    await expect(check([id], true)).rejects.toThrow('unforeseen');
  });
});

describe('a round over all load balancers', () => {
  // Ids after those of all other tests: the round goes by id.
  let made = 0;
  const idOf = (number: number) => `ffffffff-ffff-4fff-bfff-${String(number).padStart(12, '0')}`;
  const begun = { started_at: '2026-01-01T00:00:00.000Z', ended_at: null, checked: 0, skipped: 0, findings: 0 };
  const cursorAt = (cursor: string) => putDriftRound({ ...begun, cursor });
  /** So many more load balancers, and a round that has come to them. */
  const many = async (count: number) => {
    const before = idOf(made);
    const loadBalancers = [];
    while (loadBalancers.length < count) {
      made += 1;
      loadBalancers.push(await soundLoadBalancer({ id: idOf(made) }));
    }
    await cursorAt(before);
    return loadBalancers;
  };
  const goOn = (
    { parts }: ReturnType<typeof soundCloud>,
    { atOnce = 1_000, until = Date.now() + 60_000 } = {},
    servers = async () => new Map<string, ReturnType<typeof aServer>>(),
  ) => goOnWithRound({ ...parts, listServers: servers }, { atOnce, until });

  afterEach(() => putDriftRound({ ...begun, cursor: '', ended_at: begun.started_at }));

  it('continues after the last load balancer that had its turn, and ends after the last of all', async () => {
    const cloud = soundCloud();
    const [first, second, locked] = await many(3);
    if (!first || !second || !locked) throw new Error('none were made');
    await commitLoadBalancerOperation(locked.id, updateRequest, { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' });
    cloud.lost.add(second.vip.port_id);
    const one = await goOn(cloud, { atOnce: 1 });
    expect(one).toEqual({ ...begun, cursor: first.id, checked: 1 });
    expect(await findDriftRound()).toEqual(one);
    const rest = await goOn(cloud);
    expect(rest).toEqual({
      ...begun,
      ended_at: expect.any(String),
      cursor: locked.id,
      checked: 2,
      skipped: 1,
      findings: 1,
    });
    expect(await findDriftRound()).toEqual(rest);
    expect(await findDrift(second.id)).toMatchObject({ findings: [{ kind: 'port_missing' }] });
    expect(cloud.questions.map(({ serverIds }) => serverIds)).toEqual([[first.compute_id], [second.compute_id]]);
  });

  it('looks at 25 together, and at no more than it may at once', async () => {
    const cloud = soundCloud();
    const all = await many(27);
    expect(await goOn(cloud, { atOnce: 26 })).toMatchObject({ checked: 26, cursor: all[25]?.id, ended_at: null });
    expect(cloud.questions.map(({ serverIds }) => serverIds.length)).toEqual([25, 1]);
  });

  it('has no turn after its time, and is not ended by that', async () => {
    const cloud = soundCloud();
    await many(1);
    const before = await findDriftRound();
    expect(await goOn(cloud, { until: Date.now() - 1 })).toEqual(before);
    expect(cloud.questions).toEqual([]);
  });

  it('begins again after the former one has ended', async () => {
    await putDriftRound({ ...begun, cursor: idOf(0), checked: 9, ended_at: begun.started_at });
    const round = await goOn(soundCloud(), { atOnce: 0 });
    expect(round).toEqual({ ...begun, started_at: expect.any(String), cursor: '' });
    expect(round.started_at).not.toBe(begun.started_at);
  });

  it('asks for the servers only when a load balancer is left, and trusts the list', async () => {
    const cloud = soundCloud();
    const [one] = await many(1);
    if (!one) throw new Error('none was made');
    const asked = { servers: 0, again: 0 };
    const compute = {
      getServer: async (id: string) => {
        asked.again += 1;
        return aServer(id);
      },
    };
    const servers = async () => {
      asked.servers += 1;
      return new Map([[one.compute_id, aServer(one.compute_id)]]);
    };
    await goOn({ ...cloud, parts: { ...cloud.parts, compute } }, {}, servers);
    expect(asked).toEqual({ servers: 1, again: 0 });
    await cursorAt('g');
    await goOn(cloud, {}, servers);
    expect(asked.servers).toBe(1);
  });

  it('forgets at its end what is known of load balancers that are no more, and only then', async () => {
    const cloud = soundCloud();
    const [living] = await many(2);
    const gone = aDrift({});
    await putDrift(gone);
    await goOn(cloud, { atOnce: 1 });
    expect(await findDrift(gone.loadbalancer_id)).toEqual(gone);
    const known = aDrift({ loadbalancer_id: String(living?.id) });
    await putDrift(known);
    await goOn(cloud);
    expect(await findDrift(gone.loadbalancer_id)).toBeNull();
    expect(await findDrift(known.loadbalancer_id)).toEqual(known);
  });
});
