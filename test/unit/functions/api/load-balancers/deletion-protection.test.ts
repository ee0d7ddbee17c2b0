import { beforeAll, describe, expect, it } from 'vitest';
import { commitLoadBalancerOperation } from '../../../../../lib/repositories/locks/commits.ts';
import { setDeletionProtection } from '../../../../../lib/repositories/objects/deletion-protection.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { SUBNET_V4 } from '../support/fake-network.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { faultOf } from '../support/read.ts';
import { inside } from '../support/resources.ts';

beforeAll(useTable);

const api = testApi();

const at = (id: string, token: string) => {
  const path = `/v2.0/lbaas/loadbalancers/${id}`;
  return {
    shown: async () => inside(await api.call(path, { token }), 'loadbalancer'),
    put: (fields: object) => api.call(path, { method: 'PUT', token, body: { loadbalancer: fields } }),
    remove: (query = '') => api.call(`${path}${query}`, { method: 'DELETE', token }),
  };
};
const stored = async (...given: Parameters<typeof storedLoadBalancer>) => {
  const { id, project_id } = await storedLoadBalancer(...given);
  return { id, ...at(id, api.tokenFor(project_id, 'member')) };
};

const deletion = { flow: 'delete-load-balancer', requester } as const;
const commit = { allowed: ['ACTIVE', 'ERROR'], to: 'PENDING_DELETE', deletes: true } as const;

describe('a load balancer that is protected from deletion', () => {
  it('is not deleted, with or without cascade, until its owner says so', async () => {
    const { id, put, remove } = await stored();
    expect((await put({ deletion_protected: true })).status).toBe(200);
    for (const query of ['', '?cascade=true']) {
      const refused = await remove(query);
      expect([refused.status, faultOf(refused)]).toEqual([
        409,
        `Load Balancer ${id} is protected from deletion. Set its deletion_protected to false to delete it.`,
      ]);
    }
    expect((await getLoadBalancer(id)).provisioning_status).toBe('ACTIVE');
    expect((await put({ deletion_protected: null })).status).toBe(200);
    expect((await remove()).status).toBe(204);
  });

  it('says so; any other looks as upstream’s', async () => {
    const { shown, put } = await stored();
    expect(await shown()).not.toHaveProperty('deletion_protected');
    expect((await put({ deletion_protected: true })).body).toMatchObject({
      loadbalancer: { deletion_protected: true },
    });
    expect(await shown()).toMatchObject({ deletion_protected: true, provisioning_status: 'ACTIVE' });
    await put({ deletion_protected: false });
    expect(await shown()).not.toHaveProperty('deletion_protected');
  });

  it('may be made so, and with other changes', async () => {
    const token = api.tokenFor('protected', 'member');
    const body = { loadbalancer: { vip_subnet_id: SUBNET_V4.id, deletion_protected: true } };
    const made = await api.call('/v2.0/lbaas/loadbalancers', { method: 'POST', token, body });
    expect(made).toMatchObject({ status: 201, body: { loadbalancer: { deletion_protected: true } } });
    const { put } = await stored();
    const changed = await put({ deletion_protected: true, name: 'kept' });
    expect(changed.body).toMatchObject({
      loadbalancer: { deletion_protected: true, name: 'kept', provisioning_status: 'PENDING_UPDATE' },
    });
  });

  it('can be let go in any state, so that one in ERROR can be deleted', async () => {
    const { put, remove } = await stored({ deletion_protected: true }, 'ERROR');
    expect((await remove()).status).toBe(409);
    expect((await put({ deletion_protected: false })).status).toBe(200);
    expect((await remove()).status).toBe(204);
    expect((await put({ deletion_protected: true })).status).toBe(404);
  });

  it('is protected or gone, whichever of two requests comes first', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await storedLoadBalancer();
      const [protecting, deleting] = await Promise.allSettled([
        setDeletionProtection(id, true),
        commitLoadBalancerOperation(id, deletion, commit),
      ]);
      expect(protecting.status).not.toBe(deleting.status);
      const { deletion_protected, provisioning_status } = await getLoadBalancer(id);
      expect([deletion_protected, provisioning_status]).toEqual(
        protecting.status === 'fulfilled' ? [true, 'ACTIVE'] : [false, 'PENDING_DELETE'],
      );
    }
  });
});
