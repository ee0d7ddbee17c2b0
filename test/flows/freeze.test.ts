import { describe, expect, it, vi } from 'vitest';
import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';
import { tenant } from '../helpers/tenant.ts';
import { patience } from '../patience.ts';
import { useBench } from './support/bench.ts';

const bench = useBench();

const SWEEPS = [
  'DispatchOperations',
  'RecoverOperations',
  'KeepSpares',
  'RollOut',
  'RotateCertificates',
  'SweepOrphans',
  'UpdateAgentConfigs',
  'PurgeDeletedRows',
];

describe('a frozen worker', () => {
  it('ends what has begun, begins nothing, and takes changes again when it is thawed', async () => {
    const { id } = await bench.created();
    const [admin, alice] = await Promise.all([tenant(bench.stack(), 'admin'), tenant(bench.stack())]);
    const freeze = (enabled: boolean) =>
      admin.call('PUT', '/v2.0/octavia/freeze', { freeze: { enabled, reason: 'restore' } });
    const running = await bench.worker().updateLoadBalancer(id, { description: 'begun before' });
    expect((await freeze(true)).status).toBe(200);
    await running.wait();
    const rename = () => admin.call('PUT', `${LOAD_BALANCERS}/${id}`, { loadbalancer: { name: 'other' } });
    // A container asks once a second.
    await vi.waitFor(async () => expect((await rename()).status).toBe(503), patience.expect.poll);
    expect((await alice.call('GET', LOAD_BALANCERS)).status).toBe(200);
    for (const name of SWEEPS) expect(await bench.stack().invoke(name, {}), name).toBeNull();
    expect((await freeze(false)).status).toBe(200);
    await vi.waitFor(async () => expect((await rename()).status).toBe(200), patience.expect.poll);
    for (const name of ['DispatchOperations', 'RecoverOperations']) {
      expect(await bench.stack().invoke(name, {}), name).not.toBeNull();
    }
  });
});
