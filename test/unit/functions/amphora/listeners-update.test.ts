import { beforeAll, describe, expect, it } from 'vitest';
import { listenersUpdate } from '../../../../functions/amphora/listeners-update.ts';
import { AmphoraUnreachableError } from '../../../../lib/errors/cloud.ts';
import { OperationSuperseded } from '../../../../lib/errors/flow.ts';
import { AmphoraNotFound } from '../../../../lib/errors/not-found.ts';
import { getAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { updateAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import { closeForSettling, settleRows } from '../../../../lib/repositories/locks/change-settlements.ts';
import { commitLoadBalancerOperation } from '../../../../lib/repositories/locks/commits.ts';
import { beginPush } from '../../../../lib/repositories/locks/pushes.ts';
import { beginRollback, settle } from '../../../../lib/repositories/locks/settlements.ts';
import { getLoadBalancer } from '../../../../lib/repositories/objects/load-balancers.ts';
import { readTree } from '../../../../lib/repositories/objects/trees.ts';
import { getOperation } from '../../../../lib/repositories/operations/operations.ts';
import { useTable } from '../../../helpers/table.ts';
import { ended, flowOf, updateRequest } from '../../lib/repositories/support/stored.ts';
import { quiet } from '../support/quiet.ts';
import { noTls, serving } from './serving.ts';
import { type FakeAgent, facts, fakeAgent } from './support.ts';

beforeAll(useTable);

const pushedOf = async (id: string) => (await getAmphora(id)).pushed;

describe('ListenersUpdate', () => {
  it('makes the amphora run what is wanted, and remembers it', async () => {
    const { agent, run, add, amphoraId } = await serving();
    const { operation } = await add('10.0.0.21');
    await run(flowOf(operation));
    expect(agent.running()).toContain('10.0.0.21');
    expect(await pushedOf(amphoraId)).toMatchObject({ haproxy: expect.stringMatching(/^[0-9a-f]+$/) });
  });

  it('sends nothing the second time', async () => {
    const { agent, run, add } = await serving();
    const { operation } = await add('10.0.0.21');
    await run(flowOf(operation));
    agent.calls.length = 0;
    await run(flowOf(operation));
    expect(agent.calls).toEqual([]);
  });

  it('is not for an amphora that is missing, or never answered', async () => {
    const { run, add, id, amphoraId } = await serving();
    const { operation } = await add('10.0.0.21');
    const flow = flowOf(operation);
    const elsewhere = listenersUpdate({ agents: fakeAgent(), loadTls: async () => noTls });
    const missing = { loadbalancer_id: id, amphora_id: crypto.randomUUID() };
    await expect(elsewhere(missing, flow, quiet)).rejects.toThrow(AmphoraNotFound);
    await updateAmphora(flow, amphoraId, { facts: null });
    await expect(run(flow)).rejects.toMatchObject({ name: 'AmphoraNotReadyError' });
    await updateAmphora(flow, amphoraId, { facts });
  });

  it('sends nothing under a fence that is lost', async () => {
    const { agent, run, add } = await serving();
    const { operation } = await add('10.0.0.21');
    await beginRollback(flowOf(operation), { errorName: 'Oops', errorMessage: '' });
    await expect(run(flowOf(operation))).rejects.toThrow(OperationSuperseded);
    expect(agent.calls).toEqual([]);
  });
});

describe('a push that dies half way', () => {
  it('is not taken for done when the change is taken back', async () => {
    const { agent, run, add, amphoraId } = await serving();
    const before = agent.running();
    const { operation, member } = await add('10.0.0.21');
    agent.failing.getHaproxyConfig = new AmphoraUnreachableError('ETIMEDOUT');
    await expect(run(flowOf(operation))).rejects.toThrow(AmphoraUnreachableError);
    expect(agent.running()).toContain(member.ip_address);
    // The former configuration is wanted again: the amphora's row must not say that it is there.
    delete agent.failing.getHaproxyConfig;
    expect(await pushedOf(amphoraId)).toMatchObject({ haproxy: 'in doubt' });
    await run(flowOf(operation));
    expect(agent.running()).not.toBe(before);
    expect(agent.calls.filter((call) => call === 'reload')).toHaveLength(2);
  });

  it('reloads at the next try for a certificate that was sent already', async () => {
    const { agent, run, add, material } = await serving();
    const { operation } = await add('10.0.0.21');
    await run(flowOf(operation));
    material.now = { ...noTls, uploads: [{ fileName: 'renewed.pem', pem: 'renewed' }] };
    agent.failing.reload = new AmphoraUnreachableError('ETIMEDOUT');
    await expect(run(flowOf(operation))).rejects.toThrow(AmphoraUnreachableError);
    delete agent.failing.reload;
    agent.calls.length = 0;
    await run(flowOf(operation));
    expect(agent.calls).toContain('reload');
  });
});

describe('a late handler', () => {
  /** Holds the next upload back; until the answered function is called. */
  const heldBack = (agent: FakeAgent) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    agent.held.push(promise);
    return resolve;
  };

  /** A handler that has begun to send the first change, when the second is committed. */
  const lateSender = async () => {
    const bench = await serving();
    const { operation } = await bench.add('10.0.0.21');
    const goOn = heldBack(bench.agent);
    const late = bench.run(flowOf(operation));
    late.catch(() => {});
    await expect.poll(() => bench.agent.calls).toContain('uploadHaproxyConfig');
    const { operation: joined, member } = await bench.add('10.0.0.22');
    return { ...bench, operation, joined, member, goOn, late };
  };

  it('a stale push makes the running operation do another round', async () => {
    const { id, agent, run, operation, member, goOn, late } = await lateSender();
    const { generation } = await getLoadBalancer(id);
    await run(flowOf(operation));
    expect(agent.running()).toContain(member.ip_address);
    goOn();
    await late;
    expect(agent.running()).not.toContain(member.ip_address);
    expect(await closeForSettling(flowOf(operation), generation)).toBe(false);
    await run(flowOf(operation));
    expect(agent.running()).toContain(member.ip_address);
  });

  it('that sends after the end has an operation of its own send it again', async () => {
    const { id, agent, run, operation, member, goOn, late } = await lateSender();
    await run(flowOf(operation));
    await settleRows(flowOf(operation), await readTree(id));
    await settle(flowOf(operation), ended);
    goOn();
    await expect(late).rejects.toThrow(OperationSuperseded);
    const { lock } = await getLoadBalancer(id);
    const again = await getOperation(String(lock?.operation_id));
    expect(again).toMatchObject({
      flow: 'apply-changes',
      status: 'COMMITTED',
      requester: { user_id: 'deploy-worker' },
    });
    await run(flowOf(again));
    expect(agent.running()).toContain(member.ip_address);
  });

  it('a stale push that nothing can join marks the configuration as unconfirmed, so that the next operation pushes again', async () => {
    const { id, agent, run, operation, member, goOn, late } = await lateSender();
    await run(flowOf(operation));
    await settleRows(flowOf(operation), await readTree(id));
    await settle(flowOf(operation), ended);
    const update = await commitLoadBalancerOperation(id, updateRequest, { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' });
    goOn();
    await expect(late).rejects.toThrow(OperationSuperseded);
    expect(agent.running()).not.toContain(member.ip_address);
    const [amphora] = (await readTree(id)).tree.amphorae;
    expect(amphora?.pushed).toMatchObject({ haproxy: 'in doubt' });
    await run(flowOf(update));
    expect(agent.running()).toContain(member.ip_address);
  });

  it('begins to send nothing that is older than what was sent', async () => {
    const { id, run, agent, operation, member, goOn, late } = await lateSender();
    goOn();
    await late;
    await run(flowOf(operation));
    const before = await getAmphora((await readTree(id)).tree.amphorae[0]?.id ?? '');
    const older = { amphoraId: before.id, generation: (before.pushed?.generation ?? 0) - 1, sender: 'late' };
    expect(await beginPush(flowOf(operation), older, { haproxy: 'in doubt', lvs: {} })).toBe(false);
    expect((await getAmphora(before.id)).pushed).toEqual(before.pushed);
    expect(agent.running()).toContain(member.ip_address);
  });
});
