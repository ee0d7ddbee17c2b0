import { handleNetworkDeltas } from '../../../../functions/network/handle-network-deltas.ts';
import type { PlugNetwork } from '../../../../lib/drivers/amphora/amphora-driver.ts';
import type { Port } from '../../../../lib/drivers/network/network-driver.ts';
import type { Child } from '../../../../lib/models/objects/child.ts';
import type { FlowInput } from '../../../../lib/models/operations/operation.ts';
import { listResources } from '../../../../lib/repositories/cloud/external-resources.ts';
import { newMember, newPool } from '../../../fixtures/children.ts';
import { aPort } from '../../lib/drivers/network/support.ts';
import { withAmphora } from '../amphora/support.ts';
import { quiet } from '../support/quiet.ts';
import { fakeNetwork } from './support.ts';

/** What fails, and with what; a detachment may also take its time, in milliseconds. */
interface Failing {
  attachPort?: Error;
  plugNetwork?: Error;
  /** Errors of the next calls, one each. */
  nextPlugs?: Error[];
  detachPort?: number;
}

/** An amphora with a base port, and a management port that no setting names, whose members are on these subnets. */
export const withMembersOn = async (...subnetIds: readonly string[]) => {
  const at = await withAmphora((owner) => {
    const pool = newPool(owner);
    const members = subnetIds.map((subnet_id, index) => newMember(pool, { subnet_id, ip_address: `10.5.0.${index}` }));
    return [{ kind: 'pool', object: pool }, ...members.map((object): Child => ({ kind: 'member', object }))];
  });
  const { vip } = at.loadBalancer;
  const onServer = (port: Port): Port => ({ ...port, deviceId: 'server' });
  const network = fakeNetwork([
    onServer(aPort('base', vip.network_id, [vip.subnet_id])),
    onServer(aPort('boot', 'boot-net', [], { fixedIps: [{ subnetId: 'boot-subnet', ipAddress: '172.16.0.5' }] })),
  ]);
  const plugged: PlugNetwork[] = [];
  const failing: Failing = {};
  const attach = async (serverId: string, portId: string) => {
    if (failing.attachPort) throw failing.attachPort;
    const port = network.ports.get(portId);
    if (port !== undefined) network.ports.set(portId, { ...port, deviceId: serverId });
  };
  const run = (flow: FlowInput = at.flow) =>
    handleNetworkDeltas({
      network,
      compute: {
        attachPort: attach,
        detachPort: async (_serverId, portId) => {
          setTimeout(() => {
            const port = network.ports.get(portId);
            if (port !== undefined) network.ports.set(portId, { ...port, deviceId: '' });
          }, failing.detachPort ?? 0);
        },
      },
      agents: {
        plugNetwork: async (_agent, plug) => {
          if (failing.plugNetwork) throw failing.plugNetwork;
          const error = failing.nextPlugs?.shift();
          if (error) throw error;
          plugged.push(plug);
        },
      },
      bootNetworks: [],
    })({ loadbalancer_id: at.id, amphora_id: at.amphoraId }, flow, quiet);
  const memberPorts = () => [...network.ports.values()].filter(({ id }) => id !== 'base' && id !== 'boot');
  const ledger = () => listResources({ loadbalancer_id: at.id, amphora_id: at.amphoraId });
  return { ...at, network, plugged, failing, run, memberPorts, ledger, onServer };
};
