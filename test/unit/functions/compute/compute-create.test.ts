import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { computeCreate } from '../../../../functions/compute/compute-create.ts';
import type { ComputeDriver } from '../../../../lib/drivers/compute/compute-driver.ts';
import { CloudResourceNotFoundError, CloudUnavailableError, ComputeBuildError } from '../../../../lib/errors/cloud.ts';
import { OperationSuperseded, RowRefusedError } from '../../../../lib/errors/flow.ts';
import { serverName } from '../../../../lib/models/names.ts';
import { AmphoraStatus } from '../../../../lib/models/statuses.ts';
import { listResources, recordIntent } from '../../../../lib/repositories/cloud/external-resources.ts';
import { commitNewAmphora, getAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { updateAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import { beginRollback } from '../../../../lib/repositories/locks/settlements.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { flowOf } from '../../lib/repositories/support/stored.ts';
import { aServer, fakeServers } from './support.ts';

beforeAll(useTable);
afterEach(() => {
  vi.useRealTimers();
});

const unasked = async (): Promise<never> => {
  throw new Error('not to be asked');
};

/** The parts of Nova that no test here may ask for. */
const nothingElse = {
  listInterfaces: unasked,
  attachPort: unasked,
  detachPort: unasked,
  createServerGroup: unasked,
  findServerGroup: unasked,
  deleteServerGroup: unasked,
  flavorExists: unasked,
  listAvailabilityZones: unasked,
};

const described = {
  certificate: { expiresAt: '2027-01-01T00:00:00.000Z', issuer: 'AB:CD' },
  agentConfig: 'mark',
  spec: {
    imageId: 'image',
    flavorId: 'flavor',
    networkIds: ['management'],
    portIds: [],
    securityGroups: [],
    keyName: null,
    availabilityZone: null,
    serverGroupId: null,
    files: {},
    userData: '',
  },
};

/** A spare that is being built, and a Nova for it. */
const building = async () => {
  const id = crypto.randomUUID();
  const flow = flowOf(await commitNewAmphora(id, { flow: 'create-amphora', requester }));
  const servers = fakeServers();
  const run = (compute: Partial<ComputeDriver> = {}) =>
    computeCreate({
      compute: { ...nothingElse, ...servers, ...compute },
      regroup: unasked,
      describe: async () => ({ ...described, spec: { ...described.spec, name: serverName(id) } }),
    })(id, flow);
  const owner = { loadbalancer_id: null, amphora_id: id };
  return { id, flow, run, owner, ...servers, all: servers.servers };
};

const intent = (id: string) => ({
  kind: 'server' as const,
  name: serverName(id),
  network_id: null,
  loadbalancer_id: null,
  amphora_id: id,
});

describe('ComputeCreate', () => {
  it('asks for the server, and notes it on the amphora and in the ledger', async () => {
    const { id, run, all, owner } = await building();
    await run();
    const [server] = [...all.values()];
    expect(await getAmphora(id)).toMatchObject({
      compute_id: server?.id,
      status: 'BOOTING',
      image_id: 'image',
      compute_flavor: 'flavor',
      cert_expiration: '2027-01-01T00:00:00.000Z',
      cert_issuer: 'AB:CD',
      agent_config: 'mark',
    });
    expect(await listResources(owner)).toMatchObject([{ kind: 'server', resource_id: server?.id }]);
  });

  it('asks once, however often it runs', async () => {
    const { id, run, all, calls } = await building();
    await run();
    await run();
    expect(all.size).toBe(1);
    expect(calls).toEqual([`createServer ${serverName(id)}`]);
  });

  it('asks when the former attempt died before it did', async () => {
    const { id, flow, run, all } = await building();
    await recordIntent(flow, intent(id));
    const { promise: looking, resolve: looks } = Promise.withResolvers<void>();
    const findServers = vi.fn(async () => {
      looks();
      return [];
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] });
    const done = run({ findServers });
    await looking;
    // The former attempt's server could still appear for a while.
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    await done;
    expect(findServers.mock.calls.length).toBeGreaterThan(1);
    expect(all.size).toBe(1);
  });

  it('adopts the server of a former attempt that died before it could note it', async () => {
    const { id, flow, run, all, calls } = await building();
    await recordIntent(flow, intent(id));
    const former = aServer({ name: serverName(id) });
    all.set(former.id, former);
    await run();
    expect(await getAmphora(id)).toMatchObject({ compute_id: former.id, status: 'BOOTING' });
    expect(calls).toEqual([`findServers ${serverName(id)}`]);
  });

  it('delivered twice at the same time, leaves what the flow has written since the first call ended', async () => {
    const { id, flow, run, all, createServer, findServers } = await building();
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = run({
      createServer: async (spec) => {
        asked.resolve();
        await answered.promise;
        return await createServer(spec);
      },
    });
    await asked.promise;
    const second = run({
      findServers: async (name) => {
        answered.resolve();
        await first;
        await updateAmphora(flow, id, { status: AmphoraStatus.READY });
        return await findServers(name);
      },
    });
    await expect(second).rejects.toThrow(RowRefusedError);
    await run();
    expect(all.size).toBe(1);
    expect(await getAmphora(id)).toMatchObject({ status: 'READY', cert_issuer: 'AB:CD', agent_config: 'mark' });
  });

  it('makes a lost server group again, and asks with that one', async () => {
    const { id, flow } = await building();
    const servers = fakeServers();
    const asked: (string | null)[] = [];
    const createServer: ComputeDriver['createServer'] = async (spec) => {
      asked.push(spec.serverGroupId);
      if (spec.serverGroupId === 'lost') throw new CloudResourceNotFoundError('server group', 'lost');
      return await servers.createServer(spec);
    };
    const spec = { ...described.spec, name: serverName(id), serverGroupId: 'lost' };
    const run = computeCreate({
      compute: { ...nothingElse, ...servers, createServer },
      describe: async () => ({ ...described, spec }),
      regroup: async () => 'again',
    });
    await run(id, flow);
    expect(asked).toEqual(['lost', 'again']);
    expect(servers.servers.size).toBe(1);
  });

  it('deletes the server it made when its fence was lost meanwhile', async () => {
    const { id, flow, run, all, createServer } = await building();
    const losing = async (spec: { readonly name: string }) => {
      const server = await createServer(spec);
      await beginRollback(flow, { errorName: 'States.Timeout', errorMessage: '' });
      return server;
    };
    await expect(run({ createServer: losing })).rejects.toThrow(OperationSuperseded);
    expect(all.size).toBe(0);
    expect(await getAmphora(id)).toMatchObject({ compute_id: null, status: 'PENDING_CREATE' });
  });

  it('leaves a server alone that it only found when its fence was lost', async () => {
    const { id, flow, run, all } = await building();
    await recordIntent(flow, intent(id));
    const former = aServer({ name: serverName(id) });
    all.set(former.id, former);
    const losing = async () => {
      await beginRollback(flow, { errorName: 'States.Timeout', errorMessage: '' });
      return [former];
    };
    await expect(run({ findServers: losing })).rejects.toThrow(OperationSuperseded);
    expect(all.size).toBe(1);
  });

  it.each([
    new ComputeBuildError('Server was refused: quota'),
    new CloudUnavailableError('compute POST /servers: 503'),
  ])('lets $name out, and leaves an intent that is found again', async (error) => {
    const { id, run, owner } = await building();
    await expect(run({ createServer: () => Promise.reject(error) })).rejects.toBe(error);
    expect(await listResources(owner)).toMatchObject([{ name: serverName(id), resource_id: null }]);
    expect(await getAmphora(id)).toMatchObject({ compute_id: null });
  });
});
