import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Amphora } from '../../lib/models/objects/amphora.ts';
import { NO_AMPHORA_OPTIONS } from '../../lib/models/objects/load-balancer.ts';
import { listResources } from '../../lib/repositories/cloud/external-resources.ts';
import { listSpares } from '../../lib/repositories/fleet/spares.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { documents, tableName } from '../../lib/repositories/table/client.ts';
import { amphoraKey } from '../../lib/repositories/table/keys.ts';
import { newListener } from '../fixtures/children.ts';
import { useBench } from './support/bench.ts';

const bench = useBench({ settings: { SPARE_AMPHORA_POOL_SIZE: '2' } });

const keep = async () => await bench.stack().invoke('KeepSpares');
const ready = async (): Promise<readonly Amphora[]> => (await listSpares()).filter(({ status }) => status === 'READY');
const settled = async (size: number) => await expect.poll(() => ready()).toHaveLength(size);
const filled = async (): Promise<readonly string[]> => {
  await keep();
  await settled(2);
  return (await ready()).map(({ id }) => id).toSorted();
};
const servers = () => bench.leftovers().filter((name) => name.startsWith('amphora-'));
const remove = async (id: string) => await (await bench.worker().deleteLoadBalancer(id)).wait();
const stepsOf = async (operationId: string) =>
  (await bench.lib().getOperation(operationId)).steps.map(({ name }) => name);
const zoned = { amphora_options: { ...NO_AMPHORA_OPTIONS, compute_zone: 'nova' } };

describe('the spare pool', () => {
  it('gives a create a spare instead of a server to boot, which takes two states less', async () => {
    const spares = await filled();
    expect(await keep()).toEqual({ ready: 2, built: 0, removed: 0 });
    const { id, handle } = await bench.created();
    const [amphora] = await bench.amphorae(id);
    expect(spares).toContain(amphora?.id);
    expect(amphora).toMatchObject({ status: 'ALLOCATED', role: 'STANDALONE', load_balancer_id: id });
    expect(await stepsOf(handle.operationId)).not.toContain('ComputeCreate');
    expect(servers()).toHaveLength(2);
    expect(await bench.holders(id, (await getLoadBalancer(id)).vip.ip_address)).toEqual([amphora?.id]);
    const owner = { loadbalancer_id: id, amphora_id: String(amphora?.id) };
    expect((await listResources(owner)).map(({ kind }) => kind).toSorted()).toEqual(['port', 'server']);
    expect(await listResources({ ...owner, loadbalancer_id: null })).toEqual([]);

    const built = await bench.created(zoned);
    expect(await bench.transitions(handle)).toBe((await bench.transitions(built.handle)) - 2);
    await Promise.all([remove(id), remove(built.id)]);
    expect(servers()).toHaveLength(1);
  });

  it('is not for load balancers that ask for something of their own, or for two amphorae', async () => {
    const spares = await filled();
    const created = await Promise.all([bench.created(zoned), bench.created({ topology: 'ACTIVE_STANDBY' })]);
    expect((await ready()).map(({ id }) => id).toSorted()).toEqual(spares);
    await Promise.all(created.map(({ id }) => remove(id)));
  });

  it('gives each of several at once one of its own, and the last none', async () => {
    const spares = await filled();
    const created = await Promise.all([bench.created(), bench.created(), bench.created()]);
    const used = (await Promise.all(created.map(({ id }) => bench.amphorae(id)))).flat().map(({ id }) => id);
    expect(new Set(used).size).toBe(3);
    expect(used).toEqual(expect.arrayContaining([...spares]));
    expect(await ready()).toEqual([]);
    await Promise.all(created.map(({ id }) => remove(id)));
    expect(servers()).toEqual([]);
  });

  it('gives a failover a spare, which takes over and serves', async () => {
    const { id } = await bench.created({}, (of) => [{ kind: 'listener', object: newListener(of) }]);
    const spares = await filled();
    const [old] = await bench.amphorae(id);
    await bench.crash(old);
    const handle = await bench.worker().failoverAmphora(String(old?.id));
    expect(await bench.ended(handle)).toMatchObject({ status: 'SUCCEEDED' });
    const [amphora, ...others] = await bench.amphorae(id);
    expect(others).toEqual([]);
    expect(spares).toContain(amphora?.id);
    expect(amphora).toMatchObject({ status: 'ALLOCATED', role: 'STANDALONE' });
    expect(await bench.holders(id, (await getLoadBalancer(id)).vip.ip_address)).toEqual([amphora?.id]);
    const again = await bench.worker().failoverLoadBalancer(id);
    expect(await bench.ended(again)).toMatchObject({ status: 'SUCCEEDED' });
    const [last] = await bench.amphorae(id);
    expect(spares.filter((spare) => spare !== amphora?.id)).toEqual([last?.id]);
    await remove(id);
    expect(servers()).toEqual([]);
  });

  it('is left alone by a failover that must build a new one', async () => {
    const { id } = await bench.created();
    const spares = await filled();
    const [old] = await bench.amphorae(id);
    await bench.ended(await bench.worker().failoverAmphora(String(old?.id), { fresh: true }));
    const [amphora] = await bench.amphorae(id);
    expect([...spares, old?.id]).not.toContain(amphora?.id);
    expect((await ready()).map((spare) => spare.id).toSorted()).toEqual(spares);
    await remove(id);
    await Promise.all(spares.map(async (spare) => await (await bench.worker().deleteAmphora(spare)).wait()));
  });

  it('builds an amphora under the id of a spare that does not answer, for a create and for a failover', async () => {
    const spares = await filled();
    for (const spare of await ready()) await bench.crash(spare);
    const { id, handle } = await bench.created();
    const [amphora] = await bench.amphorae(id);
    expect(spares).toContain(amphora?.id);
    expect(amphora?.status).toBe('ALLOCATED');
    expect(await stepsOf(handle.operationId)).toContain('ComputeCreate');
    const failover = await bench.worker().failoverAmphora(String(amphora?.id));
    expect(await bench.ended(failover)).toMatchObject({ status: 'SUCCEEDED' });
    const [next] = await bench.amphorae(id);
    expect(spares.filter((spare) => spare !== amphora?.id)).toEqual([next?.id]);
    await remove(id);
    expect(servers()).toEqual([]);
  });

  it('leaves nothing of a spare whose create fails', async () => {
    await filled();
    bench.cloud().faults.add({ service: 'network', method: 'POST', path: '/security-groups', status: 400, times: 20 });
    const wish = await bench.draft();
    const failed = await bench.ended(await bench.worker().createLoadBalancer(wish));
    bench.cloud().faults.clear();
    expect(failed).toMatchObject({ status: 'FAILED' });
    expect(await bench.amphorae(wish.id)).toEqual([]);
    expect(servers()).toHaveLength(1);
    await remove(wish.id);
  });

  it('replaces spares that are too old when others are ready', async () => {
    const first = await filled();
    for (const id of first) {
      const past = { ':past': new Date(Date.now() - 31 * 86_400_000).toISOString() };
      const update = { UpdateExpression: 'SET created_at = :past', ExpressionAttributeValues: past };
      await documents().send(new UpdateCommand({ TableName: tableName(), Key: amphoraKey(id, null), ...update }));
    }
    expect(await keep()).toMatchObject({ built: 2, removed: 0 });
    await settled(4);
    expect(await keep()).toMatchObject({ built: 0, removed: 2 });
    await expect.poll(() => servers()).toHaveLength(2);
    expect((await ready()).filter(({ id }) => first.includes(id))).toEqual([]);
  });
});
