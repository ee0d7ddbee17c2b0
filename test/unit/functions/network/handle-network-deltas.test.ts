import { beforeAll, describe, expect, it } from 'vitest';
import { AmphoraRequestError, AmphoraUnreachableError, CloudUnavailableError } from '../../../../lib/errors/cloud.ts';
import { recordIntent } from '../../../../lib/repositories/cloud/external-resources.ts';
import { getAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { updateAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import { beginRollback } from '../../../../lib/repositories/locks/settlements.ts';
import { memberPort } from '../../../../lib/steps/member-port.ts';
import { useTable } from '../../../helpers/table.ts';
import { aPort } from '../../lib/drivers/network/support.ts';
import { withMembersOn } from './deltas.ts';

beforeAll(useTable);

describe('HandleNetworkDeltas', () => {
  it('plugs the networks of the members, records the ports, and configures the agent', async () => {
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
    expect(await getAmphora(amphoraId)).toMatchObject({ member_subnets: ['s1', 's2'] });
  });

  it('does nothing the second time', async () => {
    const { run, network, plugged } = await withMembersOn('s1');
    await run();
    network.calls.length = 0;
    plugged.length = 0;
    await run();
    expect([network.calls, plugged]).toEqual([[], []]);
  });

  it('unplugs unused networks, and keeps the base port and the way to the agent', async () => {
    const { run, network, amphoraId, flow, onServer, ledger, id } = await withMembersOn();
    const port = onServer(aPort('old', 'old-net', ['old-subnet']));
    network.ports.set('old', port);
    await recordIntent(flow, memberPort({ id: amphoraId, load_balancer_id: id }, 'old-net'));
    await updateAmphora(flow, amphoraId, { member_subnets: ['old-subnet'] });
    await run();
    expect([...network.ports.keys()].sort()).toEqual(['base', 'boot']);
    expect(await ledger()).toEqual([]);
    expect(await getAmphora(amphoraId)).toMatchObject({ member_subnets: [] });
  });

  it('looks again after an attempt that ended between its record and its ports', async () => {
    const { run, network, amphoraId, flow, onServer, ledger, id } = await withMembersOn();
    network.ports.set('old', onServer(aPort('old', 'old-net', ['old-subnet'])));
    await recordIntent(flow, memberPort({ id: amphoraId, load_balancer_id: id }, 'old-net'));
    await updateAmphora(flow, amphoraId, { member_subnets: ['old-subnet'] });
    network.failing.deletePort = new CloudUnavailableError('network DELETE: 503');
    await expect(run()).rejects.toThrow(CloudUnavailableError);
    expect(await getAmphora(amphoraId)).toMatchObject({ member_subnets: [], member_ports_unconfirmed: true });
    network.ports.set('old', onServer(aPort('old', 'old-net', ['old-subnet'])));
    delete network.failing.deletePort;
    await run();
    expect([...network.ports.keys()].sort()).toEqual(['base', 'boot']);
    expect(await ledger()).toEqual([]);
    expect(await getAmphora(amphoraId)).toMatchObject({ member_subnets: [], member_ports_unconfirmed: false });
  });

  it('deletes a port that a former attempt has detached and not deleted', async () => {
    const { run, network, amphoraId, flow, ledger, id } = await withMembersOn();
    const name = `octavia-lb-member-${amphoraId}`;
    network.ports.set('old', aPort('old', 'old-net', ['old-subnet'], { name }));
    await recordIntent(flow, memberPort({ id: amphoraId, load_balancer_id: id }, 'old-net'));
    await updateAmphora(flow, amphoraId, { member_subnets: [], member_ports_unconfirmed: true });
    await run();
    expect([...network.ports.keys()].sort()).toEqual(['base', 'boot']);
    expect(await ledger()).toEqual([]);
    expect(await getAmphora(amphoraId)).toMatchObject({ member_subnets: [], member_ports_unconfirmed: false });
  });

  it('deletes a second port of a network, and keeps the entry of the one in use', async () => {
    const { run, network, amphoraId, flow, onServer, ledger, id } = await withMembersOn('s1');
    const name = `octavia-lb-member-${amphoraId}`;
    network.ports.set('second', aPort('second', 'net of s1', ['s1'], { name }));
    network.ports.set('one', onServer(aPort('one', 'net of s1', ['s1'], { name })));
    await recordIntent(flow, memberPort({ id: amphoraId, load_balancer_id: id }, 'net of s1'));
    await updateAmphora(flow, amphoraId, { member_subnets: ['s1'], member_ports_unconfirmed: true });
    await run();
    expect([...network.ports.keys()].sort()).toEqual(['base', 'boot', 'one']);
    expect(await ledger()).toHaveLength(1);
  });

  it('uses one of two ports that were made and not attached, and deletes the other', async () => {
    const { run, network, amphoraId, flow, memberPorts, id } = await withMembersOn('s1');
    const name = `octavia-lb-member-${amphoraId}`;
    for (const port of ['first', 'second']) network.ports.set(port, aPort(port, 'net of s1', ['s1'], { name }));
    await recordIntent(flow, memberPort({ id: amphoraId, load_balancer_id: id }, 'net of s1'));
    await updateAmphora(flow, amphoraId, { member_subnets: [], member_ports_unconfirmed: true });
    await run();
    expect(memberPorts()).toMatchObject([{ id: 'first', deviceId: 'server' }]);
  });

  it('deletes no port by its name once it is superseded', async () => {
    const { run, network, amphoraId, flow, id } = await withMembersOn();
    network.ports.set('other', aPort('other', 'old-net', ['s'], { name: `octavia-lb-member-${amphoraId}` }));
    await updateAmphora(flow, amphoraId, { member_ports_unconfirmed: true });
    await beginRollback(flow, { errorName: 'Oops', errorMessage: id });
    await expect(run()).rejects.toMatchObject({ name: 'OperationSuperseded' });
    expect(network.ports.has('other')).toBe(true);
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

  it('trap 32: has noted the port before it is plugged, and makes no second one when it dies there', async () => {
    const { run, failing, memberPorts, ledger, amphoraId } = await withMembersOn('s1');
    failing.attachPort = new CloudUnavailableError('compute: 503');
    await expect(run()).rejects.toThrow(CloudUnavailableError);
    expect((await getAmphora(amphoraId)).member_subnets ?? []).toEqual([]);
    expect((await ledger()).map(({ resource_id }) => resource_id)).toEqual(memberPorts().map(({ id }) => id));
    delete failing.attachPort;
    await run();
    expect(memberPorts()).toHaveLength(1);
  });

  it('gives a port of a former attempt the subnets that came in since', async () => {
    const { run, network, flow, amphoraId, id, memberPorts } = await withMembersOn('s1', 's2');
    network.subnetNetworks.s1 = 'shared';
    network.subnetNetworks.s2 = 'shared';
    await recordIntent(flow, memberPort({ id: amphoraId, load_balancer_id: id }, 'shared'));
    network.ports.set('half', aPort('half', 'shared', ['s1'], { name: `octavia-lb-member-${amphoraId}` }));
    await run();
    expect(memberPorts().map(({ fixedIps }) => fixedIps.map(({ subnetId }) => subnetId))).toEqual([['s1', 's2']]);
  });

  it('trap 7: deletes a port only when the server has let go of it', async () => {
    const { run, network, amphoraId, flow, onServer, failing } = await withMembersOn();
    network.ports.set('old', onServer(aPort('old', 'old-net', ['old-subnet'])));
    await updateAmphora(flow, amphoraId, { member_subnets: ['old-subnet'] });
    failing.detachPort = 300;
    const { deletePort } = network;
    const owners: (string | undefined)[] = [];
    network.deletePort = (id) => {
      owners.push(network.ports.get(id)?.deviceId);
      return deletePort(id);
    };
    await run();
    expect(owners).toEqual(['']);
  });

  it('configures the agent again when it could not be reached after the plug', async () => {
    const { run, failing, plugged, amphoraId } = await withMembersOn('s1');
    failing.plugNetwork = new AmphoraUnreachableError('No suitable network interface found');
    await expect(run()).rejects.toThrow(AmphoraUnreachableError);
    delete failing.plugNetwork;
    await run();
    expect(plugged).toHaveLength(1);
    expect(await getAmphora(amphoraId)).toMatchObject({ member_subnets: ['s1'] });
  });

  describe('when the agent fails to plug an interface', () => {
    const failure = (status: number) => new AmphoraRequestError('no', { status, details: '(17, File exists)' });

    it('plugs it once more, and gives the other member interfaces their addresses again', async () => {
      const { run, network, failing, plugged, memberPorts, amphoraId, flow, onServer } = await withMembersOn(
        's1',
        's2',
      );
      network.ports.set('one', onServer(aPort('one', 'net of s1', ['s1'], { macAddress: 'fa:16:3e:00:00:0a' })));
      network.ports.set('old', onServer(aPort('old', 'old-net', ['old-subnet'])));
      await updateAmphora(flow, amphoraId, { member_subnets: ['s1', 'old-subnet'] });
      failing.nextPlugs = [failure(500)];
      await run();
      const added = memberPorts().find(({ networkId }) => networkId === 'net of s2');
      expect(plugged.map(({ macAddress }) => macAddress)).toEqual([added?.macAddress, 'fa:16:3e:00:00:0a']);
      expect(await getAmphora(amphoraId)).toMatchObject({ member_subnets: ['s1', 's2'] });
    });

    it('fails with the name of the interface when it fails again', async () => {
      const { run, failing, memberPorts } = await withMembersOn('s1');
      failing.nextPlugs = [failure(500), failure(500)];
      const failed = run();
      await expect(failed).rejects.toThrow(AmphoraRequestError);
      const [port] = memberPorts();
      await expect(failed).rejects.toThrow(
        `Interface ${port?.macAddress} of port ${port?.id} in network net of s1: no`,
      );
    });

    it('tries no second time when the agent refuses the request', async () => {
      const { run, failing } = await withMembersOn('s1');
      failing.nextPlugs = [failure(400), failure(500)];
      await expect(run()).rejects.toMatchObject({ status: 400 });
    });
  });
});
