import { describe, expect, it } from 'vitest';
import { createPort, deletePort } from '../../lib/openstack/network/ports/requests.ts';
import { getSubnet } from '../../lib/openstack/network/subnets/requests.ts';
import { LOAD_BALANCERS, loadBalancerApi } from './load-balancer-api.ts';
import { useRealStack } from './real-stack.ts';

const NOWHERE = '00000000-0000-4000-8000-000000000000';

describe('what a real cloud refuses', () => {
  const real = useRealStack({ AMP_FLAVOR_ID: NOWHERE });

  const createAs = async (cloud: string, fields: Readonly<Record<string, unknown>>) => {
    const { as, facts } = real();
    const loadbalancer = { name: 'refused', vip_subnet_id: facts.TEST_VIP_SUBNET, ...fields };
    return (await as(cloud)).call('POST', LOAD_BALANCERS, { loadbalancer });
  };
  const create = (fields: Readonly<Record<string, unknown>>) => createAs(real().facts.TEST_TENANT_CLOUD, fields);
  const fault = (words: RegExp) => ({ faultcode: 'Client', faultstring: expect.stringMatching(words) });

  it('a subnet that is not there', async () => {
    const answer = await create({ vip_subnet_id: NOWHERE });
    expect(answer).toMatchObject({ status: 400, body: fault(new RegExp(`Subnet ${NOWHERE} not found`)) });
  });

  it('an address outside the subnet', async () => {
    expect(await create({ vip_address: '203.0.113.9' })).toMatchObject({ status: 400, body: fault(/./) });
  });

  it('an address that another port has', async () => {
    const { session, facts } = real();
    const subnet = await getSubnet(session, facts.TEST_VIP_SUBNET);
    const taken = await createPort(session, { name: 'holds an address', network_id: subnet.network_id });
    try {
      const vip_address = taken.fixed_ips[0]?.ip_address;
      expect(await create({ vip_address })).toMatchObject({ status: 409, body: fault(/already in use/) });
    } finally {
      await deletePort(session, taken.id);
    }
  });

  it('a token that does not exist', async () => {
    const nobody = loadBalancerApi(real().stack.apiUrl, 'wrong');
    expect((await nobody.call('GET', LOAD_BALANCERS)).status).toBe(401);
  });

  it('a change by a user with read access only', async () => {
    const answer = await createAs(real().facts.TEST_OBSERVER_CLOUD, {});
    expect(answer).toMatchObject({ status: 403, body: fault(/Policy does not allow/) });
  });

  it('leaves nothing of what was refused', async () => {
    expect(await real().leftovers.settled()).toEqual([]);
  });

  it('a server of a flavor that is not there: ERROR with the reason on record, nothing left, and deletable', async () => {
    const { as, facts, leftovers } = real();
    const [tenant, operator] = [await as(facts.TEST_TENANT_CLOUD), await as(facts.OS_CLOUD)];
    const { id } = await tenant.create({ name: 'unbuildable', vip_subnet_id: facts.TEST_VIP_SUBNET });
    expect(await tenant.settled(id)).toMatchObject({ provisioning_status: 'ERROR' });
    expect(await leftovers.settled()).toEqual([]);

    const { body } = await operator.call('GET', `${LOAD_BALANCERS}/${id}/operations`);
    expect(body).toMatchObject({
      operations: [
        {
          flow: 'create-load-balancer',
          status: 'FAILED',
          failed_step: 'ComputeCreate',
          error_message: expect.stringContaining(NOWHERE),
        },
      ],
    });

    expect((await tenant.call('DELETE', `${LOAD_BALANCERS}/${id}`)).status).toBe(204);
    expect(await tenant.settled(id)).toBeNull();
  });
});
