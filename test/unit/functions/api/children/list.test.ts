import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTable } from '../../../../helpers/table.ts';
import { listed, type Workbench, workbench } from '../support/resources.ts';

beforeAll(useTable);

const ids = (objects: readonly { readonly id: string }[]) => objects.map(({ id }) => id);

describe('lists of what is below load balancers', () => {
  let bench: Workbench;
  let first: string;
  let second: string;
  beforeAll(async () => {
    bench = await workbench();
    ({ id: first } = await bench.listener({ name: 'one', tags: ['blue'] }));
    ({ id: second } = await bench.listener({ name: 'two', protocol_port: 81 }));
    await bench.policy(first, { name: 'policy' });
  });

  it('hold the caller’s own, in the asked-for order, with what hangs on them', async () => {
    const { call, loadBalancer } = bench;
    const shown = listed(await call('GET', 'listeners?sort=name'), 'listeners');
    expect(ids(shown)).toEqual([first, second]);
    expect(shown[0]).toMatchObject({ loadbalancers: [{ id: loadBalancer.id }], l7policies: [{}] });
    expect(shown[0]).not.toHaveProperty('loadbalancer_id');
    const stranger = bench.api.tokenFor('stranger', 'member');
    expect((await bench.api.call('/v2.0/lbaas/listeners', { token: stranger })).body).toMatchObject({ listeners: [] });
  });

  it('can be filtered by load balancer, field and tag, and narrowed', async () => {
    const { call, loadBalancer } = bench;
    const of = async (query: string) => listed(await call('GET', `listeners?${query}`), 'listeners');
    expect(ids(await of(`loadbalancer_id=${loadBalancer.id}&name=two`))).toEqual([second]);
    expect(await of('loadbalancer_id=6a0a707c-45ef-4758-b533-e55adddba8ce')).toEqual([]);
    expect(ids(await of('tags=blue'))).toEqual([first]);
    expect(await of('fields=id&fields=protocol_port&protocol_port=81')).toEqual([{ id: second, protocol_port: 81 }]);
    expect(await bench.refused('GET', 'listeners?colour=red')).toMatchObject([400, expect.any(String)]);
  });

  it('of pools can be filtered and sorted by health monitor', async () => {
    const { call, pool, monitor } = await workbench();
    const [one, two] = [await pool(), await pool()];
    const { id: monitorId } = await monitor(two.id);
    const of = async (query: string) => ids(listed(await call('GET', `pools?${query}`), 'pools'));
    expect(await of(`healthmonitor_id=${monitorId}`)).toEqual([two.id]);
    expect(await of(`healthmonitor_id=${one.id}`)).toEqual([]);
    expect(await of('sort=healthmonitor_id:desc')).toEqual([two.id, one.id]);
    const [shown] = listed(
      await call('GET', `pools?healthmonitor_id=${monitorId}&fields=id&fields=healthmonitor_id`),
      'pools',
    );
    expect(shown).toMatchObject({ healthmonitor_id: monitorId });
  });

  it('can be filtered by TLS versions and ALPN protocols, as whole lists', async () => {
    const { call, listener } = await workbench();
    const { id } = await listener({ tls_versions: ['TLSv1.2', 'TLSv1.3'], alpn_protocols: ['h2'] });
    await listener({ protocol_port: 81 });
    const of = async (query: string) => ids(listed(await call('GET', `listeners?${query}`), 'listeners'));
    expect(await of('tls_versions=TLSv1.2&tls_versions=TLSv1.3')).toEqual([id]);
    expect(await of('tls_versions=TLSv1.2')).toEqual([]);
    expect(await of('alpn_protocols=h2')).toEqual([id]);
  });

  it('of members take the pool that their path names', async () => {
    const { call, pool, member } = await workbench();
    const { id } = await pool();
    const made = await member(id);
    const of = async (query: string) => listed(await call('GET', `pools/${id}/members?${query}`), 'members');
    expect(await of(`pool_id=${id}`)).toEqual([made]);
    expect(await of('pool_id=another')).toEqual([]);
  });

  it('are paged', async () => {
    const { call } = bench;
    const { body } = await call('GET', 'listeners?limit=1&sort=name');
    expect(body).toMatchObject({ listeners: [{ id: first }], listeners_links: [{ rel: 'next' }] });
    expect(ids(listed(await call('GET', `listeners?limit=1&sort=name&marker=${first}`), 'listeners'))).toEqual([
      second,
    ]);
  });
});

describe('an object of another project', () => {
  it('is refused with 403, and a missing one with 404', async () => {
    const [mine, other] = [await workbench(), await workbench()];
    const { id } = await mine.listener();
    const { id: poolId } = await mine.pool();
    const forbidden = [403, 'Policy does not allow this request to be performed.'];
    expect(await other.refused('GET', `listeners/${id}`)).toEqual(forbidden);
    expect(await other.refused('PUT', `listeners/${id}`, { listener: {} })).toEqual(forbidden);
    expect(await other.refused('DELETE', `listeners/${id}`)).toEqual(forbidden);
    expect(await other.refused('GET', `pools/${poolId}/members`)).toEqual(forbidden);
    expect(await other.refused('GET', 'listeners/nonsense')).toEqual([404, 'Listener nonsense not found.']);
    const pool = { listener_id: id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
    expect(await other.refused('POST', 'pools', { pool })).toEqual(forbidden);
  });

  it('is looked for below a parent of any project, as upstream', async () => {
    const [mine, other] = [await workbench(), await workbench()];
    const [{ id: theirs }, { id: own }] = [await other.pool(), await mine.pool()];
    const { id } = await mine.member(own);
    expect(await mine.refused('GET', `pools/${theirs}/members/${id}`)).toEqual([404, `Member ${id} not found.`]);
    const nowhere = randomUUID();
    expect(await mine.refused('GET', `pools/${nowhere}/members/${id}`)).toEqual([404, `Pool ${nowhere} not found.`]);
  });

  it('can be read and not changed by a reader of the project', async () => {
    const { api, listener, loadBalancer } = await workbench();
    const { id } = await listener();
    const token = api.tokenFor(loadBalancer.project_id, 'reader');
    expect((await api.call(`/v2.0/lbaas/listeners/${id}`, { token })).status).toBe(200);
    expect((await api.call(`/v2.0/lbaas/listeners/${id}`, { token, method: 'DELETE' })).status).toBe(403);
  });
});
