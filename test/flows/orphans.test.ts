import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import { createPort } from '../../lib/openstack/network/ports/requests.ts';
import { cloudSession } from '../../lib/openstack/session.ts';
import { useBench } from './support/bench.ts';

const bench = useBench({ settings: { ORPHAN_SWEEP_DELETE: 'true' } });
const thing = z.object({ kind: z.string(), name: z.string(), id: z.string() });
const swept = z.object({
  orphans: z.array(thing.extend({ first_seen: z.string(), outcome: z.string() })),
  unknown: z.array(thing),
});

const sweep = async () => swept.parse(await bench.stack().invoke('SweepOrphans'));
const later = async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_700_000 });
  try {
    return await sweep();
  } finally {
    vi.useRealTimers();
  }
};
afterEach(() => vi.useRealTimers());

const port = async (name: string) =>
  await networkDriver().createPort({
    name,
    networkId: bench.cloud().facts.vipNetworkId,
    fixedIps: [],
    adminStateUp: true,
  });

const outcomes = ({ orphans }: z.infer<typeof swept>) =>
  Object.fromEntries(orphans.map(({ name, outcome }) => [name, outcome]));

describe('a deletion', () => {
  it('takes a second server of the amphora with it, whose request arrived after the worker had given up', async () => {
    const { id } = await bench.created();
    const [amphora] = await bench.amphorae(id);
    const second = await computeDriver().createServer({
      name: `amphora-${amphora?.id}`,
      imageId: String(amphora?.image_id),
      flavorId: String(amphora?.compute_flavor),
      networkIds: [bench.cloud().facts.managementNetworkId],
      portIds: [],
      securityGroups: [],
      keyName: null,
      availabilityZone: null,
      serverGroupId: null,
      files: {},
      userData: '',
    });
    expect(bench.cloud().state.servers.has(second.id)).toBe(true);
    await (await bench.worker().deleteLoadBalancer(id)).wait();
    expect(bench.leftovers()).toEqual([]);
  });
});

describe('the sweep of orphans', () => {
  it('deletes what a deleted load balancer and its amphora left, after the quarantine', async () => {
    const { id } = await bench.created();
    const [amphora] = await bench.amphorae(id);
    await (await bench.worker().deleteLoadBalancer(id)).wait();
    await port(`octavia-lb-${id}`);
    await port(`octavia-lb-vrrp-${amphora?.id}`);
    await networkDriver().createSecurityGroup(`lb-${id}`);
    const names = [`octavia-lb-${id}`, `octavia-lb-vrrp-${amphora?.id}`, `lb-${id}`];
    expect(outcomes(await sweep())).toEqual(Object.fromEntries(names.map((name) => [name, 'quarantined'])));
    expect(bench.leftovers().toSorted()).toEqual(names.toSorted());
    expect(outcomes(await later())).toEqual(Object.fromEntries(names.map((name) => [name, 'deleted'])));
    expect(bench.leftovers()).toEqual([]);
  });

  it('touches nothing of a load balancer that lives, nor names of owners it never had', async () => {
    const { id } = await bench.created();
    const before = bench.leftovers();
    const foreign = await port(`octavia-lb-${randomUUID()}`);
    const { orphans, unknown } = await later();
    expect(orphans).toEqual([]);
    expect(unknown).toEqual([{ kind: 'port', name: foreign.name, id: foreign.id }]);
    expect(bench.leftovers().toSorted()).toEqual([...before, foreign.name].toSorted());
    await networkDriver().deletePort(foreign.id);
    await (await bench.worker().deleteLoadBalancer(id)).wait();
  });

  it('leaves alone what is not ours by its device owner, whatever its name', async () => {
    const { id } = await bench.created();
    await (await bench.worker().deleteLoadBalancer(id)).wait();
    const network_id = bench.cloud().facts.vipNetworkId;
    const made = await createPort(cloudSession(), { name: `octavia-lb-${id}`, network_id });
    expect((await later()).orphans).toEqual([]);
    await networkDriver().deletePort(made.id);
  });
});
