import { SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';
import { useStack } from '../helpers/stack.ts';
import { tenant } from '../helpers/tenant.ts';
import { abortExecutions } from './support/abort-executions.ts';

// Recovery is called by hand here.
const stack = useStack({
  bootDelayMs: 400,
  executionEvents: false,
  settings: { RECOVERY_GRACE_MS: '0', DISPATCH_GRACE_MS: '0' },
});

const vip = () => ({ vip_subnet_id: stack().cloud?.facts.vipSubnetId });

const abortRunning = (flow: string): Promise<number> => abortExecutions(stack(), flow);

const recover = async (): Promise<unknown> => await stack().invoke('RecoverOperations', {});

const serverCount = () => [...(stack().cloud?.state.servers.values() ?? [])].length;
const portCount = () => [...(stack().cloud?.state.ports.values() ?? [])].length;

const statuses = (body: unknown): readonly string[] =>
  JSON.stringify(body).match(/"(SUCCEEDED|SUPERSEDED|FAILED|RUNNING|ExecutionLost)"/g) ?? [];

describe('trap 26: a flow that loses its execution', () => {
  it('begins again under a new fence, and the load balancer turns ACTIVE with one server', async () => {
    const alice = await tenant(stack());
    const { id } = await alice.create({ name: 'lost', ...vip() });
    await expect.poll(() => abortRunning('create-load-balancer')).toBe(1);
    expect(await recover()).toEqual({ recovered: 1 });
    expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    const operations = await alice.call('GET', `${LOAD_BALANCERS}/${id}/operations`);
    expect(statuses(operations.body)).toContain('"SUPERSEDED"');
    expect(statuses(operations.body)).toContain('"SUCCEEDED"');
    expect(serverCount()).toBe(1);
  });

  it('is deleted in the end when it was being deleted, and nothing is left in the cloud', async () => {
    const bob = await tenant(stack(), 'bob');
    const before = portCount();
    const { id } = await bob.create({ name: 'leaving', ...vip() });
    await bob.settled(id);
    await bob.call('DELETE', `${LOAD_BALANCERS}/${id}`);
    await abortRunning('delete-load-balancer');
    await recover();
    expect(await bob.settled(id)).toBeNull();
    expect(portCount()).toBe(before);
  });

  it('is undone to its end when it was being undone, for the reason it failed for', async () => {
    const alice = await tenant(stack());
    const before = portCount();
    const servers = serverCount();
    stack().cloud?.faults.failNextServer('No valid host was found.');
    stack().cloud?.faults.add({ service: 'compute', method: 'DELETE', path: '/servers/', delayMs: 1_000, times: 1 });
    const { id } = await alice.create({ name: 'undone', ...vip() });
    const steps = async () => JSON.stringify((await alice.call('GET', `${LOAD_BALANCERS}/${id}/operations`)).body);
    await expect.poll(() => steps()).toContain('ComputeDelete');
    expect(await abortRunning('create-load-balancer')).toBe(1);
    expect(await recover()).toEqual({ recovered: 1 });
    expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ERROR' });
    const { body } = await alice.call('GET', `${LOAD_BALANCERS}/${id}/operations`);
    const [newest] = z.object({ operations: z.array(z.looseObject({})) }).parse(body).operations;
    expect(newest).toMatchObject({ status: 'FAILED', failed_step: 'AmphoraWait', error_name: 'ComputeBuildError' });
    expect(JSON.stringify(newest)).not.toContain('"CreateBasePort"');
    expect([portCount(), serverCount()]).toEqual([before, servers]);
  });

  it('leaves what runs or rests alone', async () => {
    expect(await recover()).toEqual({ recovered: 0 });
  });
});

describe('the sweep', () => {
  it('asks for running executions once for each flow, not for each lock', async () => {
    const alice = await tenant(stack());
    stack().cloud?.faults.add({ service: 'compute', method: 'POST', path: '/servers$', delayMs: 1_500, times: 3 });
    const ids = await Promise.all([1, 2, 3].map(async (n) => (await alice.create({ name: `busy${n}`, ...vip() })).id));
    const asked = vi.spyOn(SFNClient.prototype, 'send');
    expect(await recover()).toEqual({ recovered: 0 });
    const names = asked.mock.calls.map(([command]) => command.constructor.name);
    asked.mockRestore();
    expect(names).toEqual(['ListExecutionsCommand']);
    for (const id of ids) expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('is not asked for what has ended just now: a list may still have it', async () => {
    const alice = await tenant(stack());
    const { id } = await alice.create({ name: 'just ended', ...vip() });
    await expect.poll(() => abortRunning('create-load-balancer')).toBe(1);
    const { body } = await alice.call('GET', `${LOAD_BALANCERS}/${id}/operations`);
    const [lost] = z.object({ operations: z.array(z.object({ id: z.string() })) }).parse(body).operations;
    const asked = vi.spyOn(SFNClient.prototype, 'send');
    const ended = { 'detail-type': 'Step Functions Execution Status Change', detail: { name: lost?.id } };
    expect(await stack().invoke('RecoverOperations', ended)).toEqual({ recovered: 1 });
    const names = asked.mock.calls.map(([command]) => command.constructor.name);
    asked.mockRestore();
    expect(names).not.toContain('ListExecutionsCommand');
    expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });
});
