import { beforeAll, describe, expect, it } from 'vitest';
import { handleNetworkDeltas } from '../../../../functions/network/handle-network-deltas.ts';
import type { PlugNetwork } from '../../../../lib/drivers/amphora/amphora-driver.ts';
import type { Port } from '../../../../lib/drivers/network/network-driver.ts';
import { AmphoraUnreachableError, PortPlugError } from '../../../../lib/errors/cloud.ts';
import type { Child } from '../../../../lib/models/child.ts';
import { findAmphora } from '../../../../lib/repositories/amphora-commits.ts';
import { updateAmphora } from '../../../../lib/repositories/amphorae.ts';
import { listResources, recordIntent } from '../../../../lib/repositories/external-resources.ts';
import { memberPort } from '../../../../lib/task/member-port.ts';
import { newMember, newPool } from '../../../fixtures/children.ts';
import { useTable } from '../../../helpers/table.ts';
import { aPort } from '../../lib/drivers/network/support.ts';
import { withAmphora } from '../amphora/support.ts';
import { fakeNetwork } from './support.ts';

beforeAll(useTable);

/** An amphora with a base port, and a management port that no setting names, whose members are on these subnets. */
const withMembersOn = async (...subnetIds: readonly string[]) => {
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
  const failing: { attachPort?: Error; plugNetwork?: Error } = {};
  const attach = async (serverId: string, portId: string) => {
    if (failing.attachPort) throw failing.attachPort;
    const port = network.ports.get(portId);
    if (port !== undefined) network.ports.set(portId, { ...port, deviceId: serverId });
  };
  const run = () =>
    handleNetworkDeltas({
      network,
      compute: {
        attachPort: attach,
        detachPort: async (_serverId, portId) => {
          const port = network.ports.get(portId);
          if (port !== undefined) network.ports.set(portId, { ...port, deviceId: '' });
        },
      },
      agents: {
        plugNetwork: async (_agent, plug) => {
          if (failing.plugNetwork) throw failing.plugNetwork;
          plugged.push(plug);
        },
      },
      bootNetworks: [],
    })({ loadbalancer_id: at.id, amphora_id: at.amphoraId }, at.flow);
  const memberPorts = () => [...network.ports.values()].filter(({ id }) => id !== 'base' && id !== 'boot');
  const ledger = () => listResources({ loadbalancer_id: at.id, amphora_id: at.amphoraId });
  return { ...at, network, plugged, failing, run, memberPorts, ledger, onServer };
};

describe('HandleNetworkDeltas', () => {
  it('plugs the networks of the members, notes the ports, and tells the agent', async () => {
    const { run, memberPorts, plugged, ledger, amphoraId } = await withMembersOn('s1', 's2', 's1');
    await run();
    expect(memberPorts().map(({ networkId, deviceId }) => `${networkId} ${deviceId}`)).toEqual([
      'net of s1 server',
      'net of s2 server',
    ]);
    expect(plugged).toMatchObject([{ mtu: 1450, vip: null, fixedIps: [{ subnetCidr: '10.9.9.0/24' }] }, { vip: null }]);
    expect((await ledger()).map(({ resource_id }) => resource_id).sort()).toEqual(
      memberPorts()
        .map(({ id }) => id)
        .sort(),
    );
    expect(await findAmphora(amphoraId)).toMatchObject({ member_subnets: ['s1', 's2'] });
  });

  it('does nothing the second time', async () => {
    const { run, network, plugged } = await withMembersOn('s1');
    await run();
    network.calls.length = 0;
    plugged.length = 0;
    await run();
    expect([network.calls, plugged]).toEqual([[], []]);
  });

  it('unplugs what nobody needs, and keeps the base port and the way to the agent', async () => {
    const { run, network, amphoraId, flow, onServer, ledger, id } = await withMembersOn();
    const port = onServer(aPort('old', 'old-net', ['old-subnet']));
    network.ports.set('old', port);
    await recordIntent(flow, memberPort({ id: amphoraId, load_balancer_id: id }, 'old-net'));
    await updateAmphora(flow, amphoraId, { member_subnets: ['old-subnet'] });
    await run();
    expect([...network.ports.keys()].sort()).toEqual(['base', 'boot']);
    expect(await ledger()).toEqual([]);
    expect(await findAmphora(amphoraId)).toMatchObject({ member_subnets: [] });
  });

  it("gives the base port an address in a member's subnet of the VIP's network", async () => {
    const { run, network, plugged, loadBalancer, memberPorts } = await withMembersOn('s9');
    network.subnetNetworks.s9 = loadBalancer.vip.network_id;
    await run();
    expect(memberPorts()).toEqual([]);
    expect(
      network.ports
        .get('base')
        ?.fixedIps.map(({ subnetId }) => subnetId)
        .sort(),
    ).toEqual(['s9', loadBalancer.vip.subnet_id].sort());
    expect(plugged).toMatchObject([{ vip: { vip: { ipAddress: loadBalancer.vip.ip_address } } }]);
  });

  it('makes no second port when the server refused the first one', async () => {
    const { run, failing, memberPorts, amphoraId } = await withMembersOn('s1');
    failing.attachPort = new PortPlugError('no room');
    await expect(run()).rejects.toThrow(PortPlugError);
    expect((await findAmphora(amphoraId)).member_subnets ?? []).toEqual([]);
    delete failing.attachPort;
    await run();
    expect(memberPorts()).toHaveLength(1);
  });

  it('tells the agent again when it could not be reached after the plug', async () => {
    const { run, failing, plugged, amphoraId } = await withMembersOn('s1');
    failing.plugNetwork = new AmphoraUnreachableError('No suitable network interface found');
    await expect(run()).rejects.toThrow(AmphoraUnreachableError);
    delete failing.plugNetwork;
    await run();
    expect(plugged).toHaveLength(1);
    expect(await findAmphora(amphoraId)).toMatchObject({ member_subnets: ['s1'] });
  });
});
