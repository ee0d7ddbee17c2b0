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
              { ...status('redirect-pool'), members: [] },
            ],
          },
        ],
      },
    });
  });

  it.each(['status', 'statuses'])('is answered at /%s to those who may see the load balancer', async (name) => {
    const api = testApi();
    const { id, project_id } = await storedLoadBalancer();
    const path = `/v2.0/lbaas/loadbalancers/${id}/${name}`;
    const answer = await api.call(path, { token: api.tokenFor(project_id, 'reader') });
    expect(answer.body).toMatchObject({ statuses: { loadbalancer: { id, listeners: [] } } });
    expect((await api.call(path, { token: api.tokenFor('other', 'member') })).status).toBe(403);
  });
});
