import { beforeAll, describe, expect, it } from 'vitest';
import { SpareTakenError } from '../../../../../lib/errors/conflict.ts';
import { listResources } from '../../../../../lib/repositories/cloud/external-resources.ts';
import { commitAmphoraOperation, getAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { findReadySpare, listSpares, takeSpare } from '../../../../../lib/repositories/fleet/spares.ts';
import { findHeartbeat } from '../../../../../lib/repositories/health/heartbeats.ts';
import { commitLoadBalancerOperation, commitNewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { findLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { newLoadBalancer, requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { createRequest, storedLoadBalancer, storedSpare, updateRequest } from '../support/stored.ts';

beforeAll(useTable);

const readySpare = async (id: string) => {
  const spare = await findReadySpare(id);
  if (spare === null) throw new Error('There is none.');
  return spare;
};
const listed = async (id: string): Promise<boolean> => (await listSpares()).some((spare) => spare.id === id);

describe('a spare', () => {
  it('becomes the amphora of a new load balancer, with its server, its pointer and its heartbeats', async () => {
    const id = await storedSpare();
    expect(await listed(id)).toBe(true);
    const loadBalancer = newLoadBalancer();
    const take = await takeSpare(await readySpare(id), loadBalancer.id, 'STANDALONE');
    await commitNewLoadBalancer(loadBalancer, createRequest, [], take);
    expect(await getAmphora(id)).toMatchObject({
      load_balancer_id: loadBalancer.id,
      status: 'READY',
      role: 'STANDALONE',
      compute_id: `server-${id}`,
    });
    const [server, ...others] = await listResources({ loadbalancer_id: loadBalancer.id, amphora_id: id });
    expect(server).toMatchObject({ kind: 'server', resource_id: `server-${id}` });
    expect([...others, ...(await listResources({ loadbalancer_id: null, amphora_id: id }))]).toEqual([]);
    expect(await findHeartbeat(id)).toMatchObject({ loadbalancer_id: loadBalancer.id });
    expect(await listed(id)).toBe(false);
    expect(await findReadySpare(id)).toBeNull();
  });

  it("is one load balancer's, when several want it at the same time; the others have written nothing", async () => {
    const id = await storedSpare();
    const wishes = [newLoadBalancer(), newLoadBalancer(), newLoadBalancer()];
    const spare = await readySpare(id);
    const results = await Promise.allSettled(
      wishes.map(async (wish) =>
        commitNewLoadBalancer(wish, createRequest, [], await takeSpare(spare, wish.id, 'STANDALONE')),
      ),
    );
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toEqual([expect.any(SpareTakenError), expect.any(SpareTakenError)]);
    const there = await Promise.all(wishes.map((wish) => findLoadBalancer(wish.id)));
    const [owner, ...more] = there.flatMap((found) => found ?? []);
    expect(more).toEqual([]);
    expect(await getAmphora(id)).toMatchObject({ load_balancer_id: owner?.id });
  });

  it('is refused to a failover when it is gone, and the load balancer is as it was', async () => {
    const id = await storedSpare();
    const [first, second] = [await storedLoadBalancer(), await storedLoadBalancer()];
    const commit = { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' } as const;
    const spare = await readySpare(id);
    const [won, lost] = [await takeSpare(spare, first.id, null), await takeSpare(spare, second.id, null)];
    await commitLoadBalancerOperation(first.id, updateRequest, { ...commit, spare: won });
    await expect(commitLoadBalancerOperation(second.id, updateRequest, { ...commit, spare: lost })).rejects.toThrow(
      SpareTakenError,
    );
    expect(await getAmphora(id)).toMatchObject({ load_balancer_id: first.id, role: null });
    expect(await findLoadBalancer(second.id)).toMatchObject({ lock: null, provisioning_status: 'ACTIVE' });
  });

  it('is not to be had while an operation works on it', async () => {
    const id = await storedSpare();
    const spare = await readySpare(id);
    await commitAmphoraOperation(id, { flow: 'rotate-amphora-certificate', requester }, () => ({}));
    expect(await findReadySpare(id)).toBeNull();
    const wish = newLoadBalancer();
    const take = await takeSpare(spare, wish.id, 'STANDALONE');
    await expect(commitNewLoadBalancer(wish, createRequest, [], take)).rejects.toThrow(SpareTakenError);
    expect(await findLoadBalancer(wish.id)).toBeNull();
  });
});
