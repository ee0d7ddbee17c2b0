import { CloudRequestError, CloudResourceNotFoundError, ComputeBuildError, PortPlugError } from '../../errors/cloud.ts';
import { listAvailabilityZones } from '../../openstack/compute/availability-zones/requests.ts';
import { getFlavor } from '../../openstack/compute/flavors/requests.ts';
import { attachInterface, detachInterface, listInterfaces } from '../../openstack/compute/interfaces/requests.ts';
import {
  createServerGroup,
  deleteServerGroup,
  findServerGroup,
} from '../../openstack/compute/server-groups/requests.ts';
import { createServer, deleteServer, getServer, listServersByName } from '../../openstack/compute/servers/requests.ts';
import { orGone } from '../../openstack/gone.ts';
import { faultOf } from '../../openstack/http/service-fault.ts';
import type { CloudSession } from '../../openstack/session.ts';
import { attachError } from './attach-errors.ts';
import type { ComputeDriver, Server, ServerSpec } from './compute-driver.ts';
import { serverBody } from './server-body.ts';
import { interfaceOfNova, serverOfNova } from './server-of-nova.ts';

/** Nova's name filter is a regular expression that matches anywhere. */
const exactly = (name: string): string => `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;

/** Nova says so with a 400 and in words only. */
const isGroupGone = (text: string, groupId: string): boolean =>
  /group .*could not be found/i.test(text) && text.includes(groupId);

const asked = async (session: CloudSession, spec: ServerSpec): Promise<Server> => {
  try {
    const id = await createServer(session, serverBody(spec));
    const { name, availabilityZone, imageId, flavorId } = spec;
    return { id, name, status: 'BUILD', fault: null, availabilityZone, imageId, flavorId };
  } catch (error) {
    if (!(error instanceof CloudRequestError)) throw error;
    const text = faultOf(error)?.text ?? error.message;
    if (spec.serverGroupId !== null && isGroupGone(text, spec.serverGroupId)) {
      throw new CloudResourceNotFoundError('server group', spec.serverGroupId, error);
    }
    const message = `Server ${spec.name} was refused: ${text}`;
    throw new ComputeBuildError(message, { resource: 'server', resourceId: spec.name, cause: error });
  }
};

const attached = async (session: CloudSession, serverId: string, portId: string): Promise<void> => {
  try {
    await attachInterface(session, serverId, portId);
  } catch (refused) {
    const error = attachError(refused, serverId, portId);
    // Nova refuses a port that is in use without naming its user.
    if (!(error instanceof PortPlugError)) throw error;
    const interfaces = await listInterfaces(session, serverId);
    if (!interfaces.some(({ port_id }) => port_id === portId)) throw error;
  }
};

const serverGroupId = async (session: CloudSession, name: string): Promise<string | null> =>
  (await findServerGroup(session, (group) => group.name === name))?.id ?? null;

/** The compute driver for Nova, at microversion 2.15. */
export const novaComputeDriver = (session: CloudSession): ComputeDriver => ({
  createServer: (spec) => asked(session, spec),
  async findServers(name) {
    const servers = await listServersByName(session, exactly(name));
    return servers
      .map(serverOfNova)
      .filter((server) => server.name === name && server.status !== 'DELETED')
      .sort((one, other) => Number(one.status === 'ERROR') - Number(other.status === 'ERROR'));
  },
  getServer: async (serverId) => serverOfNova(await getServer(session, serverId)),
  listInterfaces: async (serverId) => (await listInterfaces(session, serverId)).map(interfaceOfNova),
  deleteServer: (serverId) => orGone(deleteServer(session, serverId)),
  attachPort: (serverId, portId) => attached(session, serverId, portId),
  detachPort: (serverId, portId) => orGone(detachInterface(session, serverId, portId)),
  createServerGroup: (name, policy) => createServerGroup(session, name, policy),
  findServerGroup: (name) => serverGroupId(session, name),
  deleteServerGroup: (groupId) => orGone(deleteServerGroup(session, groupId)),
  async flavorExists(flavorId) {
    try {
      await getFlavor(session, flavorId);
      return true;
    } catch (error) {
      if (error instanceof CloudResourceNotFoundError) return false;
      throw error;
    }
  },
  listAvailabilityZones: () => listAvailabilityZones(session),
});
