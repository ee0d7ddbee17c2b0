import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { NO_AMPHORA_OPTIONS } from '../../../../../lib/models/objects/load-balancer.ts';
import {
  changeFlavorOrZone,
  createFlavorOrZone,
  removeFlavorOrZone,
} from '../../../../../lib/repositories/flavors-and-zones/flavors-and-zones.ts';
import { changeProfile } from '../../../../../lib/repositories/flavors-and-zones/profiles.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { useTable } from '../../../../helpers/table.ts';
import {
  newFlavorOrZone,
  storedFlavorOrZone,
  storedProfile,
} from '../../../lib/repositories/support/flavors-and-zones.ts';
import { SETTINGS, type TestApi, testApi } from '../support/api.ts';
import { fakeNetwork, NETWORK_ID, SUBNET_V4 } from '../support/fake-network.ts';
import { faultOf, loadBalancerOf } from '../support/read.ts';

beforeAll(useTable);

const OTHER_NETWORK = '22222222-2222-4333-8444-555555555555';

const post = (fields: object, api: TestApi = testApi(), headers: Readonly<Record<string, string>> = {}) =>
  api.call('/v2.0/lbaas/loadbalancers', {
    method: 'POST',
    token: api.tokenFor('tenant', 'member'),
    headers,
    body: { loadbalancer: { vip_subnet_id: SUBNET_V4.id, ...fields } },
  });

const refusal = async (fields: object, api: TestApi = testApi()) => {
  const answer = await post(fields, api);
  expect(api.network.ports.size).toBe(0);
  return [answer.status, faultOf(answer)];
};

const flavor = async (data: object = {}, enabled = true) => (await storedFlavorOrZone('flavor', data, { enabled })).id;
const zone = async (data: object = {}, enabled = true) =>
  (await storedFlavorOrZone('availability_zone', data, { enabled })).name;

describe('POST of a load balancer with a flavor and an availability zone', () => {
  it('is made of what they say', async () => {
    const flavor_id = await flavor({
      loadbalancer_topology: 'ACTIVE_STANDBY',
      compute_flavor: 'large',
      amp_image_tag: 'next',
    });
    const availability_zone = await zone({ compute_zone: 'east', management_network: NETWORK_ID });
    const answer = await post({ flavor_id, availability_zone });
    expect(answer.status).toBe(201);
    const shown = loadBalancerOf(answer);
    expect(shown).toMatchObject({ flavor_id, availability_zone, provider: 'amphora' });
    expect(await getLoadBalancer(shown.id)).toMatchObject({
      topology: 'ACTIVE_STANDBY',
      amphora_options: {
        compute_flavor: 'large',
        amp_image_tag: 'next',
        compute_zone: 'east',
        management_network: NETWORK_ID,
      },
    });
    await expect(removeFlavorOrZone('flavor', flavor_id)).rejects.toThrow('is in use');
    await expect(removeFlavorOrZone('availability_zone', availability_zone)).rejects.toThrow('is in use');
  });

  it('leaves to the settings what they do not say', async () => {
    const api = testApi({ settings: () => ({ ...SETTINGS, loadbalancerTopology: 'ACTIVE_STANDBY' }) });
    const shown = loadBalancerOf(await post({ flavor_id: await flavor(), availability_zone: await zone() }, api));
    expect(await getLoadBalancer(shown.id)).toMatchObject({
      topology: 'ACTIVE_STANDBY',
      amphora_options: NO_AMPHORA_OPTIONS,
    });
    const single = loadBalancerOf(await post({ flavor_id: await flavor({ loadbalancer_topology: 'SINGLE' }) }, api));
    expect(await getLoadBalancer(single.id)).toMatchObject({ topology: 'SINGLE' });
  });

  it('has the provider of its flavor, and refuses another one', async () => {
    const profile = await storedProfile('flavor', { provider_name: 'octavia' });
    const { id: flavor_id } = newFlavorOrZone('flavor', profile.id);
    await createFlavorOrZone('flavor', newFlavorOrZone('flavor', profile.id, { id: flavor_id }));
    expect(loadBalancerOf(await post({ flavor_id })).provider).toBe('octavia');
    expect(await refusal({ flavor_id, provider: 'amphora' })).toEqual([
      400,
      `Flavor '${flavor_id}' is not compatible with provider 'amphora'`,
    ]);
  });

  it('keeps the networks of its availability zone instead of those of the settings', async () => {
    const api = testApi({ settings: () => ({ ...SETTINGS, validVipNetworks: [OTHER_NETWORK] }) });
    const text = 'Validation failure: Supplied VIP network_id is not allowed by the configuration of this deployment.';
    expect(await refusal({ availability_zone: await zone({ valid_vip_networks: [] }) }, api)).toEqual([400, text]);
    const here = await zone({ valid_vip_networks: [NETWORK_ID] });
    expect((await post({ availability_zone: here }, api)).status).toBe(201);
  });

  it('counts the addresses that the topology of its flavor takes', async () => {
    const api = () => testApi({ fake: fakeNetwork([{ ...SUBNET_V4, free: 2 }]) });
    const wanted = { vip_subnet_id: null, vip_network_id: NETWORK_ID };
    const text = 'Validation failure: Subnet(s) in the supplied network do not contain enough available IPs.';
    const standby = await flavor({ loadbalancer_topology: 'ACTIVE_STANDBY' });
    expect(await refusal({ ...wanted, flavor_id: standby }, api())).toEqual([400, text]);
    expect((await post({ ...wanted, flavor_id: await flavor() }, api())).status).toBe(201);
  });

  it('is the same one when it is asked for again, though its flavor is disabled by then', async () => {
    const [api, headers] = [testApi(), { 'x-idempotency-key': randomUUID() }];
    const flavor_id = await flavor();
    const first = loadBalancerOf(await post({ flavor_id }, api, headers));
    await changeFlavorOrZone('flavor', flavor_id, { enabled: false });
    expect(loadBalancerOf(await post({ flavor_id }, api, headers)).id).toBe(first.id);
  });
});

describe('a choice that is refused', () => {
  it('is one that is not there', async () => {
    expect(await refusal({ flavor_id: randomUUID() })).toEqual([400, 'Validation failure: Invalid flavor_id.']);
    expect(await refusal({ availability_zone: 'nowhere' })).toEqual([
      400,
      'Validation failure: Invalid availability zone.',
    ]);
  });

  it('is none, which is said by leaving it out and not by a null; an empty provider is the default', async () => {
    expect(await refusal({ flavor_id: null })).toEqual([400, 'Validation failure: Invalid flavor_id.']);
    const unknown = [400, 'Validation failure: Invalid availability zone.'];
    expect(await refusal({ availability_zone: null })).toEqual(unknown);
    expect(await refusal({ availability_zone: '' })).toEqual(unknown);
    expect(loadBalancerOf(await post({ provider: '' })).provider).toBe('amphora');
    expect(loadBalancerOf(await post({ provider: null })).provider).toBe('amphora');
  });

  it('is one that is disabled', async () => {
    const [flavor_id, availability_zone] = [await flavor({}, false), await zone({}, false)];
    const text = 'is not allowed in this deployment:';
    expect(await refusal({ flavor_id })).toEqual([400, `The selected flavor ${text} ${flavor_id}`]);
    expect(await refusal({ availability_zone })).toEqual([
      400,
      `The selected availability_zone ${text} ${availability_zone}`,
    ]);
  });

  it('is one whose parts the cloud has no longer', async () => {
    const profiles = { flavor: await storedProfile('flavor'), zone: await storedProfile('availability_zone') };
    await changeProfile('flavor', profiles.flavor.id, { data: '{"compute_flavor":"gone"}' });
    await changeProfile('availability_zone', profiles.zone.id, { data: '{"compute_zone":"gone"}' });
    const gone = newFlavorOrZone('flavor', profiles.flavor.id);
    const lost = newFlavorOrZone('availability_zone', profiles.zone.id);
    await createFlavorOrZone('flavor', gone);
    await createFlavorOrZone('availability_zone', lost);
    expect(await refusal({ flavor_id: gone.id })).toEqual([400, 'Nova flavor gone not found.']);
    expect(await refusal({ availability_zone: lost.id })).toEqual([400, 'Nova availability zone gone not found.']);
  });

  it('is one that was disabled while the VIP was being made, and the VIP goes', async () => {
    const [api, flavor_id] = [testApi(), await flavor()];
    const { createPort } = api.network;
    api.network.instead.createPort = async (spec) => {
      await changeFlavorOrZone('flavor', flavor_id, { enabled: false });
      delete api.network.instead.createPort;
      return await createPort(spec);
    };
    const [status, text] = await refusal({ flavor_id }, api);
    expect([status, text]).toEqual([
      400,
      `Validation failure: flavor_id: ${flavor_id} is not there any more, or not enabled`,
    ]);
  });
});
