import { expect, test } from 'vitest';
import * as z from 'zod';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import { useRealStack } from './real-stack.ts';

const real = useRealStack({ ORPHAN_QUARANTINE: '3', ORPHAN_SWEEP_DELETE: 'true' });
const swept = z.object({
  orphans: z.array(z.object({ kind: z.string(), name: z.string(), outcome: z.string() })),
});

test('what a deleted load balancer left behind is seen, kept for the quarantine, and deleted; nothing else is', async () => {
  const { stack, facts, leftovers, as } = real();
  const api = await as(facts.TEST_TENANT_CLOUD);
  const { id } = await api.create({ name: 'leaving', vip_subnet_id: facts.TEST_VIP_SUBNET });
  await api.settled(id);
  await api.call('DELETE', `/v2.0/lbaas/loadbalancers/${id}`);
  expect(await api.settled(id)).toBeNull();

  const network = networkDriver();
  const { networkId } = await network.getSubnet(facts.TEST_VIP_SUBNET);
  await network.createPort({ name: `octavia-lb-${id}`, networkId, fixedIps: [], adminStateUp: true });
  await network.createSecurityGroup(`lb-${id}`);
  const sweep = async () =>
    swept.parse(await stack.invoke('SweepOrphans')).orphans.map(({ kind, outcome }) => `${kind} ${outcome}`);
  expect(await sweep()).toEqual(['port quarantined', 'security_group quarantined']);
  expect(await leftovers.now()).toHaveLength(2);
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  expect(await sweep()).toEqual(['port deleted', 'security_group deleted']);
  expect(await sweep()).toEqual([]);
});
