import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { amphoraWait } from '../../../../functions/amphora/amphora-wait.ts';
import type { Server, ServerInterface } from '../../../../lib/drivers/compute/compute-driver.ts';
import { AmphoraIdentityError, AmphoraUnreachableError } from '../../../../lib/errors/cloud.ts';
import { commitNewAmphora, getAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { updateAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import { findHeartbeat, recordHeartbeat } from '../../../../lib/repositories/health/heartbeats.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { flowOf } from '../../lib/repositories/support/stored.ts';
import { aServer } from '../compute/support.ts';
import { fakeAgent } from './support.ts';

beforeAll(useTable);
afterEach(() => {
  vi.useRealTimers();
});

const on = (networkId: string, address: string): ServerInterface => ({
  portId: networkId,
  networkId,
  macAddress: '',
  ipAddresses: [address],
});

const booting = async (server: Partial<Server> = {}, receivers: readonly string[] = ['192.0.2.1:5555']) => {
  const id = crypto.randomUUID();
  const flow = flowOf(await commitNewAmphora(id, { flow: 'create-amphora', requester }));
  await updateAmphora(flow, id, { compute_id: 'server', status: 'BOOTING' });
  const agent = fakeAgent();
  const compute = {
    getServer: async () => aServer({ status: 'ACTIVE', ...server }),
    listInterfaces: async () => [on('vip', '10.0.0.3'), on('management', '172.16.0.5')],
  };
  const run = (bootNetworks: readonly string[] = ['management']) =>
    amphoraWait({ compute, amphora: agent, bootNetworks, receivers })(id, flow);
  return { id, run, agent };
};

/** Runs it with a clock that is ahead by more than its patience after the first look. */
const outOfPatience = async (run: () => Promise<unknown>, looking: Promise<void>): Promise<unknown> => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] });
  const outcome = run().catch((error: unknown) => error);
  await looking;
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  return await outcome;
};

describe('AmphoraWait', () => {
  it('notes the management address, what the agent says of itself, and ALLOCATED', async () => {
    const { id, run } = await booting();
    await run();
    expect(await getAmphora(id)).toMatchObject({
      status: 'ALLOCATED',
      lb_network_ip: '172.16.0.5',
      cached_zone: 'nova',
      facts: { haproxy_version: '2.6.12', cpu_count: 2 },
    });
  });

  it('waits for heartbeats from then on, and keeps one that has come already', async () => {
    const { id, run } = await booting();
    await run();
    expect(await findHeartbeat(id)).toMatchObject({ sequence: -1, heard_at: null, zone: 'nova' });
    const heartbeat = { amphora_id: id, loadbalancer_id: null, zone: null, listeners: null };
    expect(await recordHeartbeat({ ...heartbeat, sequence: 0, at: '2026-01-01T00:00:00.000Z' }, -1)).toBeNull();
    await run();
    expect(await findHeartbeat(id)).toMatchObject({ sequence: 0, heard_at: '2026-01-01T00:00:00.000Z' });
  });

  it('waits for none where no receiver runs', async () => {
    const { id, run } = await booting({}, []);
    await run();
    expect(await findHeartbeat(id)).toBeNull();
  });

  it('takes the first interface where no management network is named', async () => {
    const { id, run } = await booting();
    await run([]);
    expect(await getAmphora(id)).toMatchObject({ lb_network_ip: '10.0.0.3' });
  });

  it('may run again after it succeeded', async () => {
    const { id, run } = await booting();
    await run();
    await run();
    expect(await getAmphora(id)).toMatchObject({ status: 'ALLOCATED' });
  });

  it.each([
    ['ERROR', 'No valid host was found'],
    ['DELETED', null],
  ] as const)('fails at once when the server is %s', async (status, fault) => {
    const { run } = await booting({ status, fault });
    await expect(run()).rejects.toMatchObject({ name: 'ComputeBuildError', retryable: false });
    await expect(run()).rejects.toThrow(fault ?? 'Nova gives no reason');
  });

  it('fails at once when another machine answers at the address', async () => {
    const { run, agent } = await booting();
    agent.failing.getDetails = new AmphoraIdentityError('TLS refused: CERT_HAS_EXPIRED.');
    await expect(run()).rejects.toBe(agent.failing.getDetails);
  });

  it('trap 1: asks for more time when the agent does not answer yet, and keeps the address', async () => {
    const { id, run, agent } = await booting();
    const { promise: looking, resolve: looks } = Promise.withResolvers<void>();
    agent.failing.getDetails = new AmphoraUnreachableError('ECONNREFUSED');
    const calls = agent.calls.push.bind(agent.calls);
    agent.calls.push = (...items) => {
      looks();
      return calls(...items);
    };
    expect(await outOfPatience(run, looking)).toMatchObject({ name: 'AmphoraNotReadyError', retryable: true });
    expect(await getAmphora(id)).toMatchObject({ status: 'BOOTING', lb_network_ip: '172.16.0.5' });
  });

  it('asks for more time when no server was asked for', async () => {
    const id = crypto.randomUUID();
    const flow = flowOf(await commitNewAmphora(id, { flow: 'create-amphora', requester }));
    const compute = { getServer: async () => aServer(), listInterfaces: async () => [] };
    const run = amphoraWait({ compute, amphora: fakeAgent(), bootNetworks: [], receivers: [] });
    await expect(run(id, flow)).rejects.toMatchObject({ name: 'AmphoraNotReadyError' });
  });
});
