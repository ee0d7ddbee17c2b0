import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { pageOf } from '../support/read.ts';

beforeAll(useTable);

const api = testApi();
const list = async (query: string, token: string) =>
  pageOf(await api.call(`/v2.0/lbaas/loadbalancers${query}`, { token }));
const created_at = (minute: number): string => `2026-01-01T00:0${minute}:00.000Z`;

describe('the list of load balancers', () => {
  it('is of the caller’s project, oldest first, without deleted ones', async () => {
    const project_id = randomUUID();
    const second = await storedLoadBalancer({ project_id, created_at: created_at(2) });
    const first = await storedLoadBalancer({ project_id, created_at: created_at(1) });
    await storedLoadBalancer({ project_id }, 'DELETED');
    await storedLoadBalancer();
    const { loadbalancers, loadbalancers_links } = await list('', api.tokenFor(project_id, 'reader'));
    expect(loadbalancers.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(loadbalancers[0]).toMatchObject({ listeners: [], pools: [], project_id });
    expect(loadbalancers_links).toEqual([]);
  });

  it('can be filtered by the VIP’s fields and paged behind a load balancer that was deleted meanwhile', async () => {
    const project_id = randomUUID();
    const token = api.tokenFor(project_id, 'member');
    const gone = await storedLoadBalancer({ project_id, created_at: created_at(1) }, 'DELETED');
    const kept = await storedLoadBalancer({ project_id, created_at: created_at(2) });
    const bySubnet = await list(`?vip_subnet_id=${kept.vip.subnet_id}&admin_state_up=true`, token);
    const behind = await list(`?marker=${gone.id}&limit=5`, token);
    expect([bySubnet, behind].map((page) => page.loadbalancers.map(({ id }) => id))).toEqual([[kept.id], [kept.id]]);
  });

  it('does not take another project’s load balancer for a marker', async () => {
    const theirs = await storedLoadBalancer();
    const answer = await api.call(`/v2.0/lbaas/loadbalancers?marker=${theirs.id}`, {
      token: api.tokenFor(randomUUID(), 'member'),
    });
    expect(answer.status).toBe(400);
  });

  it('is of any project for administrators, and 403 for all others that ask for another’s', async () => {
    const { id, project_id } = await storedLoadBalancer();
    const query = `/v2.0/lbaas/loadbalancers?project_id=${project_id}`;
    const { loadbalancers } = await list(`?project_id=${project_id}`, api.tokenFor('ops', 'admin'));
    expect(loadbalancers.map((found) => found.id)).toEqual([id]);
    expect((await api.call(query, { token: api.tokenFor('other', 'member') })).status).toBe(403);
    const own = { token: api.tokenFor(project_id, 'member') };
    expect((await api.call(`${query}&project_id=other`, own)).status).toBe(403);
    const all = await list('?limit=1000', api.tokenFor('ops', 'admin'));
    expect(all.loadbalancers.length).toBeGreaterThan(1);
  });
});
