import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server, ServerSpec } from '../../lib/drivers/compute/compute-driver.ts';
import { CloudResourceNotFoundError, ComputeBuildError } from '../../lib/errors/cloud.ts';
import { type CloudUnderContract, CONTRACT_TIMEOUT } from './cloud-under-contract.ts';
import { cleanUp, eventually, thrownBy, uniqueName } from './helpers.ts';

/** What every cloud's compute service must do for the worker. */
export const describeComputeContract = (getCloud: () => CloudUnderContract): void => {
  describe('compute contract', { timeout: CONTRACT_TIMEOUT }, () => {
    const { later, run } = cleanUp();
    let spec: ServerSpec;
    let server: Server;

    const settled = (serverId: string) =>
      eventually(`server ${serverId} settled`, async () => {
        const now = await getCloud().compute.getServer(serverId);
        return now.status === 'BUILD' ? null : now;
      });
    const gone = (serverId: string) =>
      eventually(`server ${serverId} gone`, async () => {
        const error = await thrownBy(getCloud().compute.getServer(serverId));
        return error instanceof CloudResourceNotFoundError ? true : null;
      });
    const made = async (fields: Partial<ServerSpec>) => {
      const { compute } = getCloud();
      const asked = await compute.createServer({ ...spec, ...fields });
      later(async () => {
        await compute.deleteServer(asked.id);
        await gone(asked.id);
      });
      return asked;
    };

    beforeAll(async () => {
      const { image, facts } = getCloud();
      spec = {
        name: uniqueName('amphora'),
        imageId: await image.findImageByTag(facts.imageTag, facts.imageOwnerId),
        flavorId: facts.flavorId,
        networkIds: [facts.managementNetworkId],
        portIds: [],
        securityGroups: [],
        keyName: null,
        availabilityZone: null,
        serverGroupId: null,
        files: { '/etc/contract.txt': 'grüße\n' },
        userData: '#cloud-config\n',
      };
      server = await made({});
    }, CONTRACT_TIMEOUT);
    afterAll(run, CONTRACT_TIMEOUT);

    it('answers at once with a server that is being built, and finds it by its exact name', async () => {
      const { compute } = getCloud();
      expect(server).toMatchObject({ name: spec.name, status: 'BUILD', fault: null });
      expect(await compute.findServers(spec.name)).toMatchObject([{ id: server.id }]);
      expect(await compute.findServers(spec.name.slice(0, -1))).toEqual([]);
      expect(await compute.findServers(`${spec.name.slice(0, -1)}.`)).toEqual([]);
      expect(await compute.findServers('[')).toEqual([]);
    });

    it('builds the server with a management address', async () => {
      const { compute, facts } = getCloud();
      const built = await settled(server.id);
      const { imageId, flavorId } = spec;
      expect(built).toMatchObject({ id: server.id, name: spec.name, status: 'ACTIVE', fault: null, imageId, flavorId });
      expect(built.availabilityZone).toEqual(expect.any(String));
      const interfaces = await compute.listInterfaces(server.id);
      expect(interfaces).toEqual([
        {
          portId: expect.any(String),
          networkId: facts.managementNetworkId,
          macAddress: expect.stringMatching(/^([0-9a-f]{2}:){5}/),
          ipAddresses: [expect.any(String)],
        },
      ]);
    });

    it('attaches a port, and again; detaches it, and again; the port stays', async () => {
      const { compute, network, facts } = getCloud();
      await settled(server.id);
      const port = await network.createPort({
        name: uniqueName('octavia-lb-vrrp'),
        networkId: facts.vipNetworkId,
        fixedIps: [{ subnetId: facts.vipSubnetId, ipAddress: null }],
        adminStateUp: true,
      });
      later(() => network.deletePort(port.id));
      await compute.attachPort(server.id, port.id);
      await compute.attachPort(server.id, port.id);
      const attached = await compute.listInterfaces(server.id);
      expect(attached.map(({ portId }) => portId)).toContain(port.id);
      expect((await network.listServerPorts(server.id)).map(({ id }) => id)).toContain(port.id);

      await compute.detachPort(server.id, port.id);
      await eventually('port detached', async () => {
        const interfaces = await compute.listInterfaces(server.id);
        return interfaces.some(({ portId }) => portId === port.id) ? null : true;
      });
      await compute.detachPort(server.id, port.id);
      expect((await network.getPort(port.id)).deviceId).toBe('');
    });

    it('says whether the port or the server is missing', async () => {
      const { compute } = getCloud();
      const missing = randomUUID();
      const noPort = await thrownBy(compute.attachPort(server.id, missing));
      expect(noPort).toBeInstanceOf(CloudResourceNotFoundError);
      expect(noPort).toMatchObject({ resource: 'port', resourceId: missing });
      const noServer = await thrownBy(compute.attachPort(missing, randomUUID()));
      expect(noServer).toBeInstanceOf(CloudResourceNotFoundError);
      expect(noServer).toMatchObject({ resource: 'server', resourceId: missing });
      await compute.detachPort(missing, randomUUID());
      expect(await thrownBy(compute.getServer(missing))).toBeInstanceOf(CloudResourceNotFoundError);
      expect(await thrownBy(compute.listInterfaces(missing))).toBeInstanceOf(CloudResourceNotFoundError);
    });

    it('refuses a server with a flavor or image that is not there, in the words of the cloud', async () => {
      for (const fields of [{ flavorId: 'no-such-flavor' }, { imageId: randomUUID() }]) {
        const error = await thrownBy(made({ name: uniqueName('amphora'), ...fields }));
        expect(error).toBeInstanceOf(ComputeBuildError);
        expect(String(error)).toMatch(/flavor|image/i);
      }
    });

    it('refuses a server in a network that is not there, at once or by its status', async () => {
      const outcome = await made({ name: uniqueName('amphora'), networkIds: [randomUUID()] }).then(
        async ({ id }) => (await settled(id)).status,
        (error: unknown) => error,
      );
      expect(outcome === 'ERROR' || outcome instanceof ComputeBuildError).toBe(true);
    });

    it('makes a server group, finds it by its name, and deletes it, and again', async () => {
      const { compute } = getCloud();
      const name = uniqueName('octavia-lb');
      const groupId = await compute.createServerGroup(name, 'soft-anti-affinity');
      later(() => compute.deleteServerGroup(groupId));
      expect(await compute.findServerGroup(name)).toBe(groupId);
      await compute.deleteServerGroup(groupId);
      await compute.deleteServerGroup(groupId);
    });

    it('knows flavors and availability zones', async () => {
      const { compute, facts } = getCloud();
      expect(await compute.flavorExists(facts.flavorId)).toBe(true);
      expect(await compute.flavorExists('no-such-flavor')).toBe(false);
      expect((await compute.listAvailabilityZones()).length).toBeGreaterThan(0);
    });

    it('deletes a server, and again', async () => {
      const { compute } = getCloud();
      await compute.deleteServer(server.id);
      await gone(server.id);
      await compute.deleteServer(server.id);
      expect(await compute.findServers(spec.name)).toEqual([]);
    });
  });
};
