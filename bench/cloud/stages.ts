import { setTimeout as pause } from 'node:timers/promises';
import { type CloudBench, createOne, deleteOne, secondsSince, type Topology, timed } from './bench.ts';
import { addChildren } from './children.ts';
import type { StageName } from './options.ts';
import { isServing, outageSeconds, watchVip } from './outage.ts';

const CONCURRENT = 10;
const BATCH = 100;
const FAILOVERS = 2;
const CALM_MS = 1000;
const AFTERMATH_MS = 3000;

type Stage = (bench: CloudBench) => Promise<void>;

const lifecycle =
  (topology: Topology, childrenAlways: boolean, prefix: string): Stage =>
  async (bench) => {
    const client = bench.tenant(topology);
    for (let round = 0; round < bench.repeat; round += 1) {
      const begun = performance.now();
      const { id } = await createOne(bench, `${topology.toLowerCase()}-${round}`, topology);
      await client.untilActive(id);
      bench.note(`LB create ${topology}`, secondsSince(begun));
      if (childrenAlways || round === 0) await addChildren(bench, client, id, prefix);
      await deleteOne(bench, client, `LB delete cascade ${topology}`, id);
    }
  };

const batch: Stage = async (bench) => {
  const client = bench.tenant('SINGLE');
  const { id } = await createOne(bench, 'batch', 'SINGLE');
  await client.untilActive(id);
  const poolId = await addChildren(bench, client, id, 'setup: ');
  for (const [what, weight] of [
    ['create', 1],
    ['update', 2],
  ] as const) {
    const members = Array.from({ length: BATCH }, (_, index) => ({
      address: `10.90.2.${100 + index}`,
      protocol_port: 80,
      subnet_id: bench.subnets.member,
      weight,
    }));
    const name = `${BATCH} members, one batch PUT (${what})`;
    await timed(bench, client, name, id, () => client.send('PUT', `/lbaas/pools/${poolId}/members`, { members }));
  }
  await deleteOne(bench, client, `LB delete cascade with ${BATCH} members`, id);
};

const concurrent: Stage = async (bench) => {
  const client = bench.tenant('SINGLE');
  const numbers = Array.from({ length: CONCURRENT }, (_, index) => index);
  const begun = performance.now();
  const created = await Promise.all(numbers.map((number) => createOne(bench, `concurrent-${number}`, 'SINGLE')));
  bench.note(`${CONCURRENT} concurrent creates: all accepted`, secondsSince(begun));
  await Promise.all(
    created.map(async ({ id }) => {
      await client.untilActive(id);
      bench.note(`${CONCURRENT} concurrent creates: each`, secondsSince(begun));
    }),
  );
  bench.note(`${CONCURRENT} concurrent creates: all ACTIVE`, secondsSince(begun));
  const deleting = performance.now();
  for (const { id } of created) await client.send('DELETE', `/lbaas/loadbalancers/${id}?cascade=true`);
  await Promise.all(created.map(({ id }) => client.untilGone(id)));
  bench.note(`${CONCURRENT} deletes: all gone`, secondsSince(deleting));
};

/** Fails it over once; with `vip`, a server answers there, and the time without an answer is measured too. */
const failoverOnce = async (bench: CloudBench, topology: Topology, id: string, vip: string | null): Promise<void> => {
  const watching = vip === null ? null : watchVip(vip);
  try {
    await pause(CALM_MS);
    const begun = performance.now();
    await bench.admin(topology).send('PUT', `/lbaas/loadbalancers/${id}/failover`);
    await bench.tenant(topology).untilActive(id);
    bench.note(`admin failover ${topology} -> ACTIVE`, secondsSince(begun));
    if (watching === null) return;
    await pause(AFTERMATH_MS);
    bench.note(`admin failover ${topology}: VIP outage`, outageSeconds(await watching.stop(), begun));
  } finally {
    await watching?.stop();
  }
};

/** Failovers asked for by an administrator. */
const failover = async (bench: CloudBench, topology: Topology): Promise<void> => {
  const client = bench.tenant(topology);
  const { id, vip_address: vip } = await createOne(bench, `failover-${topology}`, topology);
  await client.untilActive(id);
  await addChildren(bench, client, id, 'setup: ');
  const serving = (await isServing(vip)) ? vip : null;
  for (let round = 0; round < FAILOVERS; round += 1) await failoverOnce(bench, topology, id, serving);
  await deleteOne(bench, client, null, id);
};

export const stages: Readonly<Record<StageName, Stage>> = {
  single: lifecycle('SINGLE', true, ''),
  standby: lifecycle('ACTIVE_STANDBY', false, 'ACTIVE_STANDBY '),
  batch,
  concurrent,
  'admin-failover': async (bench) => {
    await failover(bench, 'SINGLE');
    await failover(bench, 'ACTIVE_STANDBY');
  },
};
