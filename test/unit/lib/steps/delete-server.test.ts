import { beforeAll, describe, expect, it } from 'vitest';
import { CloudUnavailableError } from '../../../../lib/errors/cloud.ts';
import { serverName } from '../../../../lib/models/names.ts';
import {
  listResources,
  recordIntent,
  recordResourceId,
} from '../../../../lib/repositories/cloud/external-resources.ts';
import { commitNewAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { deleteAmphoraServer } from '../../../../lib/steps/delete-server.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { aServer, fakeServers } from '../../functions/compute/support.ts';
import { flowOf } from '../repositories/support/stored.ts';

beforeAll(useTable);

const withLedger = async (knowsId: boolean) => {
  const id = crypto.randomUUID();
  const flow = flowOf(await commitNewAmphora(id, { flow: 'create-amphora', requester }));
  const owner = { loadbalancer_id: null, amphora_id: id };
  const resource = { kind: 'server' as const, name: serverName(id), network_id: null, ...owner };
  const server = aServer({ name: serverName(id) });
  await recordIntent(flow, resource);
  if (knowsId) await recordResourceId(flow, resource, server.id);
  return { id, flow, server, ledger: () => listResources(owner) };
};

describe('deleteAmphoraServer', () => {
  it('deletes the server by its id and forgets it', async () => {
    const { id, flow, server, ledger } = await withLedger(true);
    const nova = fakeServers([server]);
    await deleteAmphoraServer(nova)(id, flow);
    expect([...nova.calls].sort()).toEqual([
      `deleteServer ${server.id}`,
      `findServers ${serverName(id)}`,
      `getServer ${server.id}`,
    ]);
    expect(await ledger()).toEqual([]);
  });

  it('finds it by its name when its id was never learned', async () => {
    const { id, flow, server, ledger } = await withLedger(false);
    const nova = fakeServers([server]);
    await deleteAmphoraServer(nova)(id, flow);
    expect(nova.servers.size).toBe(0);
    expect(await ledger()).toEqual([]);
  });

  it.each([true, false])('deletes a second one of its name too, its id known: %s', async (knowsId) => {
    const { id, flow, server, ledger } = await withLedger(knowsId);
    const nova = fakeServers([server, aServer({ name: serverName(id) }), aServer({ name: 'another' })]);
    await deleteAmphoraServer(nova)(id, flow);
    expect([...nova.servers.values()].map(({ name }) => name)).toEqual(['another']);
    expect(await ledger()).toEqual([]);
  });

  it('keeps the ledger when Nova cannot say whether there is a second one', async () => {
    const { id, flow, server, ledger } = await withLedger(true);
    const error = new CloudUnavailableError('compute GET /servers: 503');
    const nova = { ...fakeServers([server]), findServers: () => Promise.reject(error) };
    await expect(deleteAmphoraServer(nova)(id, flow)).rejects.toBe(error);
    expect(await ledger()).toHaveLength(1);
  });

  it('is content when it is gone, or was never made', async () => {
    const gone = await withLedger(true);
    await deleteAmphoraServer(fakeServers())(gone.id, gone.flow);
    expect(await gone.ledger()).toEqual([]);
    const never = await withLedger(false);
    const nova = fakeServers();
    await deleteAmphoraServer(nova)(never.id, never.flow);
    expect(nova.calls).toEqual([`findServers ${serverName(never.id)}`]);
    expect(await never.ledger()).toEqual([]);
  });

  it('does nothing the second time', async () => {
    const { id, flow, server } = await withLedger(true);
    await deleteAmphoraServer(fakeServers([server]))(id, flow);
    const nova = fakeServers();
    await deleteAmphoraServer(nova)(id, flow);
    expect(nova.calls).toEqual([]);
  });

  it('takes a server that Nova shows as deleted for gone', async () => {
    const { id, flow, server, ledger } = await withLedger(true);
    const nova = { ...fakeServers([server]), getServer: async () => ({ ...server, status: 'DELETED' as const }) };
    await deleteAmphoraServer(nova)(id, flow);
    expect(await ledger()).toEqual([]);
  });

  it('keeps the ledger when Nova cannot be asked', async () => {
    const { id, flow, server, ledger } = await withLedger(true);
    const error = new CloudUnavailableError('compute DELETE /servers: 503');
    const nova = { ...fakeServers([server]), deleteServer: () => Promise.reject(error) };
    await expect(deleteAmphoraServer(nova)(id, flow)).rejects.toBe(error);
    expect(await ledger()).toMatchObject([{ resource_id: server.id }]);
  });
});
