import { beforeAll, describe, expect, it } from 'vitest';
import { deallocateVip } from '../../../../functions/network/deallocate-vip.ts';
import { deleteAmphoraPorts } from '../../../../functions/network/delete-amphora-ports.ts';
import { deleteVipSecurityGroup } from '../../../../functions/network/delete-vip-security-group.ts';
import { updateVipSecurityGroup } from '../../../../functions/network/update-vip-security-group.ts';
import {
  CloudResourceNotFoundError,
  CloudUnavailableError,
  SecurityGroupInUseError,
} from '../../../../lib/errors/cloud.ts';
import { OperationSuperseded } from '../../../../lib/errors/flow.ts';
import { basePortName, memberPortName, vipPortName } from '../../../../lib/models/names.ts';
import type { Vip } from '../../../../lib/models/objects/load-balancer.ts';
import {
  listResources,
  recordIntent,
  recordResourceId,
} from '../../../../lib/repositories/cloud/external-resources.ts';
import { commitChange } from '../../../../lib/repositories/locks/change-commits.ts';
import { settleRows } from '../../../../lib/repositories/locks/change-settlements.ts';
import { commitNewLoadBalancer } from '../../../../lib/repositories/locks/commits.ts';
import { recordRejection } from '../../../../lib/repositories/locks/rejections.ts';
import { settle } from '../../../../lib/repositories/locks/settlements.ts';
import { updateLoadBalancer } from '../../../../lib/repositories/objects/load-balancer-changes.ts';
import { getLoadBalancer } from '../../../../lib/repositories/objects/load-balancers.ts';
import { readTree } from '../../../../lib/repositories/objects/trees.ts';
import { memberPort } from '../../../../lib/steps/member-port.ts';
import { newListener, smallTree } from '../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { aPort } from '../../lib/drivers/network/support.ts';
import { createRequest, ended, flowOf, shared } from '../../lib/repositories/support/stored.ts';
import { withAmphora } from '../amphora/support.ts';
import { type FakeNetwork, fakeNetwork } from './support.ts';

beforeAll(useTable);

const withVip = async (octavia_owned: boolean, changes: Partial<Vip> = {}) => {
  const made = newLoadBalancer();
  const loadBalancer = { ...made, vip: { ...made.vip, octavia_owned, ...changes } };
  const flow = flowOf(await commitNewLoadBalancer(loadBalancer, createRequest));
  await updateLoadBalancer(flow, { security_group_id: 'ours' });
  const owner = { loadbalancer_id: made.id, amphora_id: null };
  const { port_id, network_id } = made.vip;
  await recordIntent(flow, { kind: 'port', name: vipPortName(made.id), network_id, ...owner });
  const port = aPort(port_id, network_id, [], {
    name: vipPortName(made.id),
    securityGroupIds: ['theirs', 'ours'],
    deviceOwner: octavia_owned ? 'Octavia' : 'compute:nova',
  });
  return { id: made.id, flow, port, ledger: () => listResources(owner) };
};

describe('DeallocateVIP', () => {
  it('deletes a port of ours, twice', async () => {
    const { id, flow, port, ledger } = await withVip(true);
    const network = fakeNetwork([port]);
    await deallocateVip(network)(id, flow);
    await deallocateVip(network)(id, flow);
    expect([network.ports.size, await ledger()]).toEqual([0, []]);
  });

  it("gives a tenant's port back with the groups it came with, twice, and never deletes it", async () => {
    const { id, flow, port } = await withVip(false, { sg_ids: ['theirs'], former_sg_ids: ['default', 'web'] });
    const network = fakeNetwork([port]);
    await deallocateVip(network)(id, flow);
    await deallocateVip(network)(id, flow);
    expect(network.ports.get(port.id)).toMatchObject({ securityGroupIds: ['default', 'web'] });
    expect(network.calls.filter((call) => !call.startsWith('getPort'))).toEqual([`updatePort ${port.id}`]);
  });

  it("takes only our security group from a tenant's port that was given others since", async () => {
    const { id, flow, port } = await withVip(false, { former_sg_ids: ['default'] });
    const network = fakeNetwork([port]);
    await deallocateVip(network)(id, flow);
    expect(network.ports.get(port.id)).toMatchObject({ securityGroupIds: ['theirs'] });
  });

  it("takes our security group from a tenant's port also when its former ones are gone", async () => {
    const { id, flow, port } = await withVip(false, { sg_ids: ['theirs'], former_sg_ids: ['gone'] });
    const network = fakeNetwork([port]);
    const { updatePort } = network;
    network.updatePort = async (portId, change) => {
      if (change.securityGroupIds?.includes('gone')) throw new CloudResourceNotFoundError('security group', 'gone');
      return await updatePort(portId, change);
    };
    await deallocateVip(network)(id, flow);
    expect(network.ports.get(port.id)).toMatchObject({ securityGroupIds: ['theirs'] });
  });

  it('deletes no port that another user has taken into use', async () => {
    const { id, flow, port } = await withVip(true);
    const network = fakeNetwork([{ ...port, deviceOwner: 'compute:nova' }]);
    await deallocateVip(network)(id, flow);
    expect(network.ports.size).toBe(1);
  });

  it('finds a port of ours that was made again under another id', async () => {
    const { id, flow, port } = await withVip(true);
    const network = fakeNetwork([{ ...port, id: 'again' }]);
    await deallocateVip(network)(id, flow);
    expect(network.ports.size).toBe(0);
  });

  it('deletes every port of its name beside the recorded one', async () => {
    const { id, flow, port, ledger } = await withVip(true);
    const network = fakeNetwork([port, { ...port, id: 'one more' }]);
    await deallocateVip(network)(id, flow);
    expect([network.ports.size, await ledger()]).toEqual([0, []]);
  });

  it('keeps the ledger when Neutron cannot be asked', async () => {
    const { id, flow, port, ledger } = await withVip(true);
    const network = fakeNetwork([port]);
    network.failing.deletePort = new CloudUnavailableError('network DELETE: 503');
    await expect(deallocateVip(network)(id, flow)).rejects.toThrow(CloudUnavailableError);
    expect(await ledger()).toHaveLength(1);
  });
});

describe('DeleteAmphoraPorts', () => {
  it('deletes every port in the ledger by id, and every port of its name in the cloud', async () => {
    const { id, amphoraId, flow } = await withAmphora();
    const owner = { loadbalancer_id: id, amphora_id: amphoraId };
    const base = { kind: 'port' as const, name: basePortName(amphoraId), network_id: 'vip-net', ...owner };
    await recordIntent(flow, base);
    await recordResourceId(flow, base, 'base');
    await recordIntent(flow, memberPort({ id: amphoraId, load_balancer_id: id }, 'net-1'));
    const network = fakeNetwork([
      aPort('base', 'vip-net', []),
      aPort('base again', 'vip-net', [], { name: basePortName(amphoraId) }),
      aPort('unnoted again', 'net-1', [], { name: memberPortName(amphoraId) }),
      aPort('unnoted', 'net-1', [], { name: memberPortName(amphoraId) }),
      aPort('stranger', 'net-1', []),
    ]);
    await deleteAmphoraPorts(network)(amphoraId, flow);
    await deleteAmphoraPorts(network)(amphoraId, flow);
    expect([...network.ports.keys()]).toEqual(['stranger']);
    expect(await listResources(owner)).toEqual([]);
  });

  it('keeps in the ledger what could not be deleted', async () => {
    const { id, amphoraId, flow } = await withAmphora();
    const owner = { loadbalancer_id: id, amphora_id: amphoraId };
    const base = { kind: 'port' as const, name: basePortName(amphoraId), network_id: 'vip-net', ...owner };
    await recordIntent(flow, base);
    await recordResourceId(flow, base, 'base');
    const network = fakeNetwork([aPort('base', 'vip-net', [])]);
    network.failing.deletePort = new CloudUnavailableError('network DELETE: 503');
    await expect(deleteAmphoraPorts(network)(amphoraId, flow)).rejects.toThrow(CloudUnavailableError);
    expect(await listResources(owner)).toMatchObject([{ resource_id: 'base' }]);
  });
});

describe("the VIP's security group", () => {
  const secured = async () => {
    const at = await withAmphora((owner) => smallTree(owner, {}));
    const { vip } = at.loadBalancer;
    const network = fakeNetwork([aPort(vip.port_id, vip.network_id, []), aPort('base', vip.network_id, [])]);
    const secure = (extent?: 'rules') => updateVipSecurityGroup(network)(at.id, at.flow, extent);
    const owner = { loadbalancer_id: at.id, amphora_id: null };
    return { ...at, network, secure, vip, ledger: () => listResources(owner) };
  };

  it('is made once, noted, and put on the VIP port and the base ports', async () => {
    const { network, secure, id, vip, ledger } = await secured();
    expect(await secure()).toEqual({ populated: true });
    await secure();
    const { security_group_id: group, ingress_checksum } = await getLoadBalancer(id);
    expect([...network.groups.values()]).toEqual([group]);
    for (const port of [vip.port_id, 'base']) {
      expect(network.ports.get(port)).toMatchObject({ securityGroupIds: [group] });
    }
    expect(ingress_checksum).not.toBeNull();
    expect(await ledger()).toMatchObject([{ kind: 'security_group', resource_id: group }]);
    expect(network.calls).toContain(`syncIngressRules ${group} 1`);
  });

  it('is found when its maker died before it could note it', async () => {
    const { network, secure, id } = await secured();
    const { createSecurityGroup } = network;
    network.createSecurityGroup = async (name) => {
      await createSecurityGroup(name);
      throw new CloudUnavailableError('network POST: no answer');
    };
    await expect(secure()).rejects.toThrow(CloudUnavailableError);
    await secure();
    expect(network.groups.size).toBe(1);
    expect((await getLoadBalancer(id)).security_group_id).toBe([...network.groups.values()][0]);
  });

  /** Neutron without the group, and every answer it then gives. */
  const lost = (network: FakeNetwork, group: string): void => {
    const { syncIngressRules } = network;
    network.groups.clear();
    network.syncIngressRules = async (id, wanted) => {
      if (id === group) throw new CloudResourceNotFoundError('security group', id);
      await syncIngressRules(id, wanted);
    };
  };

  it.each(['rules', undefined] as const)(
    'that is gone in Neutron is made again and put on every port, asked for %s',
    async (extent) => {
      const { network, secure, id, vip, ledger, flow } = await secured();
      await secure();
      const { security_group_id: former } = await getLoadBalancer(id);
      lost(network, String(former));
      await updateLoadBalancer(flow, { ingress_checksum: null });
      await secure(extent);
      const { security_group_id: group } = await getLoadBalancer(id);
      expect([group === former, [...network.groups.values()]]).toEqual([false, [group]]);
      for (const port of [vip.port_id, 'base']) {
        expect(network.ports.get(port)).toMatchObject({ securityGroupIds: [group] });
      }
      expect(await ledger()).toMatchObject([{ kind: 'security_group', resource_id: group }]);
    },
  );

  it('that was made again is found when its maker died before it could note it, and is deleted with the lost one', async () => {
    const { network, secure, id, flow } = await secured();
    await secure();
    lost(network, String((await getLoadBalancer(id)).security_group_id));
    const { createSecurityGroup } = network;
    network.createSecurityGroup = async (name) => {
      await createSecurityGroup(name);
      throw new CloudUnavailableError('network POST: no answer');
    };
    await expect(secure()).rejects.toThrow(CloudUnavailableError);
    expect(network.groups.size).toBe(1);
    await deleteVipSecurityGroup(network)(id, flow);
    expect(network.groups.size).toBe(0);
    network.createSecurityGroup = createSecurityGroup;
    await secure();
    expect([...network.groups.values()]).toEqual([(await getLoadBalancer(id)).security_group_id]);
  });

  it("of the tenant's that is gone ends it, and is named", async () => {
    const { network, secure, flow, loadBalancer } = await secured();
    await secure();
    await updateLoadBalancer(flow, { vip: { ...loadBalancer.vip, sg_ids: ['theirs'] } });
    network.failing.updatePort = new CloudResourceNotFoundError('security group', 'theirs');
    await expect(secure()).rejects.toThrow('security group theirs not found.');
    expect(network.groups.size).toBe(1);
  });

  it.each([
    [[], 'sync'],
    [['theirs'], 'update'],
  ])('with the tenant’s groups %j adds admitting rules first, by %s, and removes rules last', async (sg_ids, first) => {
    const { network, secure, flow, loadBalancer } = await secured();
    await secure();
    await updateLoadBalancer(flow, { vip: { ...loadBalancer.vip, sg_ids } });
    network.calls.length = 0;
    await secure();
    const steps = network.calls.map((call) => call.replace(/[A-Z].*/, ''));
    expect(steps).toEqual(first === 'sync' ? ['sync', 'update', 'update'] : ['update', 'update', 'sync']);
    const { security_group_id: group } = await getLoadBalancer(loadBalancer.id);
    expect([...network.ports.values()].map(({ securityGroupIds }) => securityGroupIds)).toEqual([
      [group, ...sg_ids],
      [group, ...sg_ids],
    ]);
  });

  it('costs nothing when its rules need not follow', async () => {
    const { network, secure } = await secured();
    await secure();
    network.calls.length = 0;
    await secure('rules');
    expect(network.calls).toEqual([]);
  });

  it('opens no port for a listener that was rejected', async () => {
    const { network, secure, id, flow, operation } = await secured();
    const [listener] = (await readTree(id)).tree.listeners;
    if (listener === undefined) throw new Error('no listener');
    const child = { kind: 'listener', object: listener } as const;
    await recordRejection(flow, { child, operationId: operation.id, errorName: 'Oops', errorMessage: 'no' });
    await secure();
    const { security_group_id: group } = await getLoadBalancer(id);
    expect(network.calls).toContain(`syncIngressRules ${group} 0`);
  });

  it('leaves out a base port that is gone', async () => {
    const { network, secure, vip } = await secured();
    network.ports.delete('base');
    await secure();
    expect(network.ports.get(vip.port_id)?.securityGroupIds).toHaveLength(1);
  });

  it('is deleted, found by its name if need be, twice', async () => {
    const { network, secure, id, flow, ledger } = await secured();
    await secure();
    await updateLoadBalancer(flow, { security_group_id: null });
    await deleteVipSecurityGroup(network)(id, flow);
    await deleteVipSecurityGroup(network)(id, flow);
    expect([network.groups.size, await ledger()]).toEqual([0, []]);
    expect((await getLoadBalancer(id)).security_group_id).toBeNull();
  });

  it('is not waited for while a port that could not be deleted keeps it', async () => {
    const { network, secure, id, flow, amphoraId } = await secured();
    await secure();
    const owner = { loadbalancer_id: id, amphora_id: amphoraId };
    await recordIntent(flow, { kind: 'port', name: basePortName(amphoraId), network_id: 'vip-net', ...owner });
    network.failing.deleteSecurityGroup = new SecurityGroupInUseError('in use');
    network.calls.length = 0;
    await expect(deleteVipSecurityGroup(network)(id, flow)).rejects.toThrow(SecurityGroupInUseError);
    expect(network.calls.filter((call) => call.startsWith('deleteSecurityGroup'))).toHaveLength(1);
  });

  it('has its rules made once more by a late handler, as the table has them by then', async () => {
    const { network, secure, id, flow, loadBalancer } = await secured();
    await secure();
    const { security_group_id: group } = await getLoadBalancer(id);
    const later = newListener(loadBalancer, { protocol_port: 8443 });
    const { syncIngressRules } = network;
    network.syncIngressRules = async (groupId, wanted) => {
      network.syncIngressRules = syncIngressRules;
      await syncIngressRules(groupId, wanted);
      await settleRows(flow, await readTree(id));
      await settle(flow, ended);
      await commitChange(
        id,
        shared(() => ({ creates: [{ kind: 'listener', object: later }] })),
      );
    };
    network.calls.length = 0;
    await updateLoadBalancer(flow, { ingress_checksum: null });
    await expect(secure('rules')).rejects.toThrow(OperationSuperseded);
    expect(network.calls).toEqual([`syncIngressRules ${group} 1`, `syncIngressRules ${group} 2`]);
    expect((await getLoadBalancer(id)).ingress_checksum).toBeNull();
  });

  it('is deleted as soon as the ports have let go of it', async () => {
    const { network, secure, id, flow } = await secured();
    await secure();
    const { deleteSecurityGroup } = network;
    let tries = 0;
    network.deleteSecurityGroup = async (groupId) => {
      tries += 1;
      if (tries === 1) throw new SecurityGroupInUseError('in use');
      await deleteSecurityGroup(groupId);
    };
    await deleteVipSecurityGroup(network)(id, flow);
    expect([tries, network.groups.size]).toEqual([2, 0]);
  });
});
