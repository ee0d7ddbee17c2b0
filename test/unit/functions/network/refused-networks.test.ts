import { beforeAll, describe, expect, it } from 'vitest';
import { updateMember } from '../../../../lib/changes/members.ts';
import { stateOf as latestOf } from '../../../../lib/changes/relations.ts';
import {
  CloudCredentialsError,
  CloudResourceNotFoundError,
  CloudUnavailableError,
  PortPlugError,
} from '../../../../lib/errors/cloud.ts';
import type { Member } from '../../../../lib/models/objects/pool.ts';
import { getAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { updateAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import { commitChange } from '../../../../lib/repositories/locks/change-commits.ts';
import { settleRows } from '../../../../lib/repositories/locks/change-settlements.ts';
import { settle } from '../../../../lib/repositories/locks/settlements.ts';
import { getLoadBalancer } from '../../../../lib/repositories/objects/load-balancers.ts';
import { readTree } from '../../../../lib/repositories/objects/trees.ts';
import { getOperation } from '../../../../lib/repositories/operations/operations.ts';
import { useTable } from '../../../helpers/table.ts';
import { addMember, ended, flowOf, shared } from '../../lib/repositories/support/stored.ts';
import { withMembersOn } from './deltas.ts';

beforeAll(useTable);

/** An ACTIVE load balancer whose amphora serves members on these subnets, and changes of it that are applied together. */
const servingOn = async (...subnetIds: readonly string[]) => {
  const at = await withMembersOn(...subnetIds);
  await at.run();
  await updateAmphora(at.flow, at.amphoraId, { pushed: { haproxy: 'one', lvs: {} } });
  await settleRows(at.flow, await readTree(at.id));
  await settle(at.flow, ended);
  at.network.calls.length = 0;
  at.plugged.length = 0;
  const [pool] = (await readTree(at.id)).tree.pools;
  if (pool === undefined) throw new Error('no pool');
  const add = async (address: string, subnet_id: string) => {
    const { member, commit } = addMember(pool, address, { subnet_id });
    return { member, operation: await commit() };
  };
  const stateOf = async ({ id }: Pick<Member, 'id'>) => (await readTree(at.id)).changes.get(id);
  const plugged = async () => (await getAmphora(at.amphoraId)).member_subnets;
  return { ...at, pool, add, stateOf, pluggedSubnets: plugged };
};

describe('a subnet that is gone', () => {
  it('turns the change that wants it down, with the reason, and everything else is plugged', async () => {
    const { add, run, network, stateOf, pluggedSubnets } = await servingOn('s1');
    const good = await add('10.6.0.1', 's2');
    const bad = await add('10.6.0.2', 'lost');
    network.lost.add('lost');
    await run(flowOf(good.operation));
    expect(await pluggedSubnets()).toEqual(['s1', 's2']);
    expect(await stateOf(bad.member)).toMatchObject({ rejected: true });
    expect(await stateOf(good.member)).toMatchObject({ rejected: false });
    expect(await getOperation(bad.operation.id)).toMatchObject({
      status: 'FAILED',
      error_name: 'CloudResourceNotFoundError',
      error_message: `Member ${bad.member.id}: subnet lost not found.`,
      error_objects: [{ type: 'member', id: bad.member.id }],
    });
    expect(await getOperation(good.operation.id)).toMatchObject({ ended_at: null, error_name: null });
  });

  it('makes the flow do another round, which sends no request', async () => {
    const { id, add, run, network } = await servingOn('s1');
    const { operation } = await add('10.6.0.2', 'lost');
    network.lost.add('lost');
    const { generation } = await getLoadBalancer(id);
    await run(flowOf(operation));
    expect((await getLoadBalancer(id)).generation).toBe(generation + 1);
    network.calls.length = 0;
    await run(flowOf(operation));
    expect(network.calls).toEqual([]);
  });

  it('loses a member that was served there too, and leaves its operation of the past as it ended', async () => {
    const { id, add, run, network, stateOf, operation: past, pluggedSubnets } = await servingOn('s1');
    const [served] = (await readTree(id)).tree.members;
    const { operation } = await add('10.6.0.2', 's2');
    network.lost.add('s1');
    await run(flowOf(operation));
    expect(await stateOf(served ?? { id: '' })).toMatchObject({ rejected: true, was_applied: false });
    expect(await getOperation(past.id)).toMatchObject({ status: 'SUCCEEDED', error_name: null });
    expect(await pluggedSubnets()).toEqual(['s2']);
  });

  it("is not the members' fault when Neutron shows not even the VIP's own", async () => {
    const { add, run, network, stateOf, loadBalancer } = await servingOn('s1');
    const { member, operation } = await add('10.6.0.2', 's2');
    for (const id of ['s1', 's2', loadBalancer.vip.subnet_id]) network.lost.add(id);
    await expect(run(flowOf(operation))).rejects.toThrow(CloudUnavailableError);
    expect(await stateOf(member)).toMatchObject({ rejected: false });
  });
});

describe('a network that cannot be plugged', () => {
  it('turns down the change that wants it when it is out of addresses, and notes no port', async () => {
    const { add, run, network, stateOf, ledger, pluggedSubnets } = await servingOn('s1');
    const known = await ledger();
    const { member, operation } = await add('10.6.0.2', 'full');
    network.full.add('full');
    await run(flowOf(operation));
    expect(await stateOf(member)).toMatchObject({ rejected: true });
    expect(await getOperation(operation.id)).toMatchObject({
      error_name: 'PortPlugError',
      error_message: `Member ${member.id}: no port on subnet full: No more addresses on full.`,
    });
    expect([await ledger(), await pluggedSubnets()]).toEqual([known, ['s1']]);
  });

  it.each(['full', 'lost'] as const)(
    'leaves a member where it was that was to move to a subnet that is %s',
    async (trouble) => {
      const { id, run, network, stateOf, pluggedSubnets } = await servingOn('s1');
      const [member] = (await readTree(id)).tree.members;
      if (member === undefined) throw new Error('no member');
      const { changes } = await readTree(id);
      const move = shared((read) =>
        updateMember(read, { member, state: latestOf({ ...read, changes }, member.id) }, { subnet_id: 'other' }),
      );
      const operation = await commitChange(id, move);
      network[trouble].add('other');
      await run(flowOf(operation));
      expect(await stateOf(member)).toMatchObject({ rejected: true, was_applied: true, applied: { subnet_id: 's1' } });
      expect(await getOperation(operation.id)).toMatchObject({ error_objects: [{ type: 'member', id: member.id }] });
      await run(flowOf(operation));
      expect(await pluggedSubnets()).toEqual(['s1']);
    },
  );

  it('is plugged with those of its subnets that have addresses', async () => {
    const { add, run, network, stateOf, memberPorts } = await servingOn();
    for (const id of ['s1', 'full', 's2']) network.subnetNetworks[id] = 'shared';
    const one = await add('10.6.0.1', 's1');
    const bad = await add('10.6.0.2', 'full');
    const two = await add('10.6.0.3', 's2');
    network.full.add('full');
    await run(flowOf(one.operation));
    expect(memberPorts().map(({ fixedIps }) => fixedIps.map(({ subnetId }) => subnetId))).toEqual([['s1', 's2']]);
    const states = await Promise.all([one, bad, two].map(({ member }) => stateOf(member)));
    expect(states.map((state) => state?.rejected)).toEqual([false, true, false]);
  });

  it('keeps the addresses it has when another subnet is added in vain', async () => {
    const { add, run, network, memberPorts, stateOf } = await servingOn('s1');
    network.subnetNetworks.full = 'net of s1';
    const { member, operation } = await add('10.6.0.2', 'full');
    network.full.add('full');
    await run(flowOf(operation));
    expect(memberPorts().map(({ fixedIps }) => fixedIps.map(({ subnetId }) => subnetId))).toEqual([['s1']]);
    expect(await stateOf(member)).toMatchObject({ rejected: true });
  });

  it('trap 6: leaves no port behind when the server refuses it', async () => {
    const { add, run, failing, stateOf, memberPorts, ledger } = await servingOn();
    const { member, operation } = await add('10.6.0.2', 's2');
    failing.attachPort = new PortPlugError('no room');
    await run(flowOf(operation));
    expect(await stateOf(member)).toMatchObject({ rejected: true });
    expect([memberPorts(), await ledger()]).toEqual([[], []]);
  });

  it('is left out, and no change rejected, where another amphora serves members on it', async () => {
    const { id, add, run, network, amphoraId, flow, operation: past, stateOf, pluggedSubnets } = await servingOn('s1');
    const [served] = (await readTree(id)).tree.members;
    const { operation } = await add('10.6.0.2', 's2');
    await updateAmphora(flowOf(operation), amphoraId, { member_subnets: [] });
    for (const port of network.ports.values()) if (port.networkId === 'net of s1') network.ports.delete(port.id);
    network.full.add('s1');
    await run(flowOf(operation));
    expect(await stateOf(served ?? { id: '' })).toMatchObject({ rejected: false, was_applied: true });
    expect(await pluggedSubnets()).toEqual(['s2']);
    expect(await getOperation(past.id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(flow.operation_id).toBe(past.id);
  });

  it('is no network a new amphora may begin to serve without', async () => {
    const { add, run, network, amphoraId } = await servingOn('s1');
    const { operation } = await add('10.6.0.2', 's2');
    await updateAmphora(flowOf(operation), amphoraId, { member_subnets: [], pushed: null });
    for (const port of network.ports.values()) if (port.networkId === 'net of s1') network.ports.delete(port.id);
    network.full.add('s1');
    await expect(run(flowOf(operation))).rejects.toMatchObject({ name: 'VipAllocationError' });
  });
});

describe('trouble that is not about one network', () => {
  it.each([
    ['no answer from Neutron', new CloudUnavailableError('network: no answer'), 'CloudUnavailableError'],
    ['credentials that do not suffice', new CloudCredentialsError('network: 403'), 'CloudCredentialsError'],
  ])('is passed on, and no change rejected: %s', async (_what, error, name) => {
    const { add, run, network, stateOf } = await servingOn();
    const { member, operation } = await add('10.6.0.2', 's2');
    network.failing.createPort = error;
    await expect(run(flowOf(operation))).rejects.toMatchObject({ name });
    expect(await stateOf(member)).toMatchObject({ rejected: false });
  });

  it("is the amphora's when its server is gone", async () => {
    const { add, run, failing, stateOf } = await servingOn();
    const { member, operation } = await add('10.6.0.2', 's2');
    failing.attachPort = new CloudResourceNotFoundError('server', 'server');
    await expect(run(flowOf(operation))).rejects.toMatchObject({ name: 'AmphoraNotReadyError' });
    expect(await stateOf(member)).toMatchObject({ rejected: false });
  });
});
