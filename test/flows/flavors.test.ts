import { afterEach, expect, test } from 'vitest';
import * as z from 'zod';
import { useBench } from './support/bench.ts';
import { signIn } from './support/sign-in.ts';

const bench = useBench();

afterEach(() => bench.cloud().faults.clear());

/** What is made of a body at the API: the load balancer once it is ACTIVE. */
const created = async (fields: object): Promise<string> => {
  const alice = await signIn(bench.stack(), 'alice');
  const wish = { name: 'lb', vip_subnet_id: bench.cloud().facts.vipSubnetId, ...fields };
  const { id } = z.looseObject({ id: z.string() }).parse(await alice.made('loadbalancers', 'loadbalancer', wish));
  const status = async () => (await alice.get(`loadbalancers/${id}`, 'loadbalancer')).provisioning_status;
  await expect.poll(status).toBe('ACTIVE');
  return id;
};

const flavor = async (name: string, data: object): Promise<string> => {
  const admin = await signIn(bench.stack(), 'admin', 'admin');
  const profile = { name, provider_name: 'amphora', flavor_data: JSON.stringify(data) };
  const { id: flavor_profile_id } = await admin.made('flavorprofiles', 'flavorprofile', profile);
  return String((await admin.made('flavors', 'flavor', { name, flavor_profile_id })).id);
};

const zone = async (name: string, data: object): Promise<string> => {
  const admin = await signIn(bench.stack(), 'admin', 'admin');
  const profile = { name, provider_name: 'amphora', availability_zone_data: JSON.stringify(data) };
  const { id: availability_zone_profile_id } = await admin.made(
    'availabilityzoneprofiles',
    'availability_zone_profile',
    profile,
  );
  await admin.made('availabilityzones', 'availability_zone', { name, availability_zone_profile_id });
  return name;
};

/** Nova's servers of the load balancer, with the networks they are on. */
const servers = async (loadBalancerId: string) => {
  const { state } = bench.cloud();
  return (await bench.amphorae(loadBalancerId)).map(({ compute_id, lb_network_ip }) => {
    const server = state.servers.get(String(compute_id));
    const ports = [...state.ports.values()].filter(({ device_id }) => device_id === compute_id);
    return {
      flavor: server?.flavor_id,
      image: server?.image_id,
      zone: server?.availability_zone,
      managedIn: ports.find(({ fixed_ips }) => fixed_ips.some(({ ip_address }) => ip_address === lb_network_ip))
        ?.network_id,
      networks: ports.map(({ network_id }) => network_id).sort(),
    };
  });
};

test('a flavor decides on topology, compute flavor and image, of new amphorae too', async () => {
  const { largeFlavorId, nextImageTag, nextImageId, availabilityZone, managementNetworkId, vipNetworkId } =
    bench.cloud().facts;
  const flavor_id = await flavor('large', {
    loadbalancer_topology: 'ACTIVE_STANDBY',
    compute_flavor: largeFlavorId,
    amp_image_tag: nextImageTag,
  });
  const id = await created({ flavor_id });
  const expected = {
    flavor: largeFlavorId,
    image: nextImageId,
    zone: availabilityZone,
    managedIn: managementNetworkId,
    networks: [managementNetworkId, vipNetworkId].sort(),
  };
  expect(await servers(id)).toEqual([expected, expected]);
  const roles = (await bench.amphorae(id)).map(({ role, compute_flavor, image_id }) => [
    role,
    compute_flavor,
    image_id,
  ]);
  expect(roles.sort()).toEqual([
    ['BACKUP', largeFlavorId, nextImageId],
    ['MASTER', largeFlavorId, nextImageId],
  ]);
  const [dead] = await bench.amphorae(id);
  await bench.crash(dead);
  await (await bench.worker().failoverAmphora(String(dead?.id))).wait();
  await (await bench.worker().failoverLoadBalancer(id)).wait();
  expect(await servers(id)).toEqual([expected, expected]);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('an availability zone decides on Nova zone and management network, and its agents are called there', async () => {
  const { otherAvailabilityZone, memberNetworkId, vipNetworkId, flavorId, imageId } = bench.cloud().facts;
  const availability_zone = await zone('eastern', {
    compute_zone: otherAvailabilityZone,
    management_network: memberNetworkId,
    valid_vip_networks: [vipNetworkId],
  });
  const id = await created({ availability_zone });
  const expected = {
    flavor: flavorId,
    image: imageId,
    zone: otherAvailabilityZone,
    managedIn: memberNetworkId,
    networks: [memberNetworkId, vipNetworkId].sort(),
  };
  expect(await servers(id)).toEqual([expected]);
  expect(await bench.amphorae(id)).toMatchObject([{ cached_zone: otherAvailabilityZone, status: 'ALLOCATED' }]);
  await (await bench.worker().failoverLoadBalancer(id)).wait();
  expect(await servers(id)).toEqual([expected]);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('what a load balancer has chosen stays until it is deleted, and its failover does not need it enabled', async () => {
  const admin = await signIn(bench.stack(), 'admin', 'admin');
  const { largeFlavorId } = bench.cloud().facts;
  const flavor_id = await flavor('kept', { compute_flavor: largeFlavorId });
  const id = await created({ flavor_id });
  expect((await admin.call('PUT', `flavors/${flavor_id}`, { flavor: { enabled: false, name: 'old' } })).status).toBe(
    200,
  );
  expect(await admin.call('DELETE', `flavors/${flavor_id}`)).toMatchObject({
    status: 409,
    body: { faultstring: `Flavor ${flavor_id} is in use and cannot be modified.` },
  });
  await (await bench.worker().failoverLoadBalancer(id)).wait();
  expect(await servers(id)).toMatchObject([{ flavor: largeFlavorId }]);
  const deletion = await bench.worker().deleteLoadBalancer(id);
  await deletion.wait();
  expect((await admin.call('DELETE', `flavors/${flavor_id}`)).status).toBe(204);
});
