import { beforeAll, describe, expect, it } from 'vitest';
import { statusTree } from '../../../../../functions/api/load-balancers/statuses.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { treeWithEverything } from '../support/tree.ts';

beforeAll(useTable);

const status = (id: string) => ({ id, name: id, provisioning_status: 'ACTIVE', operating_status: 'ONLINE' });

describe('the tree of statuses', () => {
  it('holds under each listener its default pool and the pools its working policies send to', () => {
    expect(statusTree(treeWithEverything())).toEqual({
      loadbalancer: {
        ...status('lb'),
        listeners: [
          {
            ...status('listener'),
            pools: [
              {
                ...status('default-pool'),
                health_monitor: { ...status('monitor'), type: 'HTTP' },
                members: [{ ...status('member'), address: '10.0.0.5', protocol_port: 80 }],
              },
              { ...status('redirect-pool'), health_monitor: null, members: [] },
            ],
          },
        ],
      },
    });
  });

  it('is in the order of creation, with the default pool first and then the policies by their positions', () => {
    const tree = treeWithEverything();
    const made = <T extends { readonly id: string }>(
      object: T | undefined,
      id: string,
      day: number,
      changes: Partial<T>,
    ) => {
      if (object === undefined) throw new Error(`nothing to make ${id} of`);
      return { ...object, ...changes, id, name: id, created_at: `2026-01-0${day}T00:00:00.000Z` };
    };
    const [listener] = tree.listeners;
    const [pool] = tree.pools;
    const [member] = tree.members;
    const [policy] = tree.l7_policies;
    const [rule] = tree.l7_rules;
    const statuses = statusTree({
      ...tree,
      listeners: [made(listener, 'a', 2, { default_pool_id: null }), made(listener, 'b', 1, { default_pool_id: 'y' })],
      pools: ['x', 'y', 'z'].map((id, index) => made(pool, id, index + 1, {})),
      members: [made(member, 'm', 2, { pool_id: 'y' }), made(member, 'n', 1, { pool_id: 'y' })],
      health_monitors: [],
      l7_policies: [
        made(policy, 'p', 1, { listener_id: 'b', redirect_pool_id: 'x', position: 2, enabled: true }),
        made(policy, 'q', 2, { listener_id: 'b', redirect_pool_id: 'z', position: 1, enabled: true }),
        made(policy, 'r', 3, { listener_id: 'b', redirect_pool_id: 'y', position: 3, enabled: true }),
      ],
      l7_rules: ['p', 'q', 'r'].map((l7policy_id) => made(rule, `rule-${l7policy_id}`, 1, { l7policy_id })),
    });
    const { listeners } = statuses.loadbalancer;
    expect(listeners.map(({ id, pools }) => [id, ...pools.map((shown) => shown.id)])).toEqual([
      ['b', 'y', 'z', 'x'],
      ['a'],
    ]);
    expect(listeners[0]?.pools[0]?.members.map(({ id }) => id)).toEqual(['n', 'm']);
  });

  it.each(['status', 'statuses'])('is answered at /%s to callers that may see the load balancer', async (name) => {
    const api = testApi();
    const { id, project_id } = await storedLoadBalancer();
    const path = `/v2.0/lbaas/loadbalancers/${id}/${name}`;
    const answer = await api.call(path, { token: api.tokenFor(project_id, 'reader') });
    expect(answer.body).toMatchObject({ statuses: { loadbalancer: { id, listeners: [] } } });
    expect((await api.call(path, { token: api.tokenFor('other', 'member') })).status).toBe(403);
  });
});
