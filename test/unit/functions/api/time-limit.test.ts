import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { neutronNetworkDriver } from '../../../../lib/drivers/network/neutron-network-driver.ts';
import { useTable } from '../../../helpers/table.ts';
import { closeFakeClouds, givenCloud, NEVER } from '../../lib/openstack/fake-cloud.ts';
import { testApi } from './support/api.ts';
import { fakeNetwork, SUBNET_V4 } from './support/fake-network.ts';
import { faultOf } from './support/read.ts';

beforeAll(useTable);
afterEach(closeFakeClouds);

const PORTS = '/network/v2.0/ports';

describe('a request while Neutron never answers', () => {
  it('is answered before the function is stopped, with the name of the trouble and after an undo was tried', async () => {
    const cloud = await givenCloud({ [`POST ${PORTS}`]: [NEVER], [`GET ${PORTS}`]: [NEVER] });
    const { createPort, deletePort, findPorts } = neutronNetworkDriver(cloud.session);
    const network = { ...fakeNetwork(), createPort, deletePort, findPorts };
    const api = testApi({ network: () => network, remainingMs: 3_000 });
    const answer = await api.call('/v2.0/lbaas/loadbalancers', {
      method: 'POST',
      token: api.tokenFor(randomUUID(), 'member'),
      body: { loadbalancer: { vip_subnet_id: SUBNET_V4.id } },
    });
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(faultOf(answer)).toBe('A cloud service does not answer. Please try again.');
    expect(cloud.asked.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });
});
