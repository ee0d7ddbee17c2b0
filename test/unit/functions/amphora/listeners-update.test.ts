import { beforeAll, describe, expect, it } from 'vitest';
import { listenersUpdate } from '../../../../functions/amphora/listeners-update.ts';
import { createListener, type ListenerUpdates, updateListener } from '../../../../lib/changes/listeners.ts';
import { AmphoraUnreachableError, CertificateRetrievalError } from '../../../../lib/errors/cloud.ts';
import { OperationSuperseded } from '../../../../lib/errors/flow.ts';
import { AmphoraNotFound } from '../../../../lib/errors/not-found.ts';
import type { Child } from '../../../../lib/models/objects/child.ts';
import type { Listener } from '../../../../lib/models/objects/listener.ts';
import type { Member, Pool } from '../../../../lib/models/objects/pool.ts';
import type { FlowInput } from '../../../../lib/models/operations/operation.ts';
import { getAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { updateAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import { commitChange } from '../../../../lib/repositories/locks/change-commits.ts';
import { closeForSettling, settleRows } from '../../../../lib/repositories/locks/change-settlements.ts';
import { commitLoadBalancerOperation } from '../../../../lib/repositories/locks/commits.ts';
import { beginPush } from '../../../../lib/repositories/locks/pushes.ts';
import { beginRollback, settle } from '../../../../lib/repositories/locks/settlements.ts';
import { getLoadBalancer } from '../../../../lib/repositories/objects/load-balancers.ts';
import { readTree } from '../../../../lib/repositories/objects/trees.ts';
import { getOperation } from '../../../../lib/repositories/operations/operations.ts';
import type { LoadTlsMaterial, TlsMaterial } from '../../../../lib/tls/tls-material.ts';
import { newListener, newMember, newPolicy, newPool, newRule } from '../../../fixtures/children.ts';
import { useTable } from '../../../helpers/table.ts';
import { addMember, alone, ended, flowOf, updateRequest } from '../../lib/repositories/support/stored.ts';
import { quiet } from '../support/quiet.ts';
import { type FakeAgent, facts, fakeAgent, withAmphora } from './support.ts';

beforeAll(useTable);

const noTls: TlsMaterial = {
  files: { listeners: new Map(), pools: new Map() },
  uploads: [],
  failedListeners: new Map(),
  failedPools: new Map(),
  unread: new Map(),
};

/** An ACTIVE load balancer whose listener and pool run on one amphora. */
const serving = async (tls: TlsMaterial = noTls) => {
  const pools: Pool[] = [];
  const at = await withAmphora((owner) => {
    const pool = newPool(owner);
    pools.push(pool);
    return [
      { kind: 'pool', object: pool },
      { kind: 'listener', object: newListener(owner, { default_pool_id: pool.id }) },
    ];
  });
  const [pool] = pools;
  if (pool === undefined) throw new Error('no pool');
  const agent = fakeAgent();
  const material = { now: tls };
  const loadTls: LoadTlsMaterial = async () => material.now;
  const run = (flow: FlowInput) =>
    listenersUpdate({ agents: agent, loadTls })({ loadbalancer_id: at.id, amphora_id: at.amphoraId }, flow, quiet);
  await run(at.flow);
  await settleRows(at.flow, await readTree(at.id));
  await settle(at.flow, ended);
  agent.calls.length = 0;
  const add = async (address: string, changes: Partial<Member> = {}) => {
    const { member, commit } = addMember(pool, address, changes);
    return { member, operation: await commit() };
  };
  return { ...at, pool, agent, run, add, material };
};

const pushedOf = async (id: string) => (await getAmphora(id)).pushed;

const isRejected = async (loadBalancerId: string, id: string) =>
  (await readTree(loadBalancerId)).changes.get(id)?.rejected;

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

describe('a configuration that the amphora refuses', () => {
  it('is pushed without the culprit, which is noted on its operation alone', async () => {
    const { id, agent, run, add } = await serving();
    const good = await add('10.0.0.21');
    const bad = await add('10.0.0.66');
    const other = await add('10.0.0.22');
    agent.refused.push('10.0.0.66');
    await run(flowOf(good.operation));
    expect(agent.running()).toContain('10.0.0.21');
    expect(agent.running()).toContain('10.0.0.22');
    expect(agent.running()).not.toContain('10.0.0.66');
    expect(await isRejected(id, bad.member.id)).toBe(true);
    expect(await isRejected(id, good.member.id)).toBe(false);
    expect(await getOperation(bad.operation.id)).toMatchObject({
      status: 'FAILED',
      error_message: `Member ${bad.member.id}: [ALERT] config : cannot take 10.0.0.66`,
      error_objects: [{ type: 'member', id: bad.member.id }],
    });
    expect(await getOperation(other.operation.id)).toMatchObject({ ended_at: null, error_name: null });
  });

  it('keeps the culprit out without trying it again', async () => {
    const { agent, run, add } = await serving();
    const good = await add('10.0.0.21');
    await add('10.0.0.66');
    agent.refused.push('10.0.0.66');
    await run(flowOf(good.operation));
    agent.calls.length = 0;
    await run(flowOf(good.operation));
    expect(agent.calls).toEqual([]);
  });

  it('keeps out of a change of many objects those at fault, and a new policy without all of its rules', async () => {
    const { id, loadBalancer, agent, run } = await serving();
    const pool = newPool(loadBalancer);
    const listener = newListener(loadBalancer, { protocol_port: 81, default_pool_id: pool.id });
    const policy = newPolicy(listener);
    const [good, bad] = [newRule(policy, { value: '/good' }), newRule(policy, { value: '/bad-one' })];
    const member = newMember(pool, { ip_address: '10.0.0.66' });
    const operation = await commitChange(
      id,
      alone((read) =>
        createListener(read, listener, [
          { kind: 'pool', object: pool },
          { kind: 'member', object: newMember(pool, { ip_address: '10.0.0.21' }) },
          { kind: 'member', object: member },
          { kind: 'l7_policy', object: policy },
          { kind: 'l7_rule', object: good },
          { kind: 'l7_rule', object: bad },
        ]),
      ),
    );
    agent.refused.push('10.0.0.66', '/bad-one');
    await run(flowOf(operation));
    expect(agent.running()).toContain(listener.id);
    expect(agent.running()).toContain('10.0.0.21');
    for (const text of ['10.0.0.66', '/bad-one', '/good']) expect(agent.running()).not.toContain(text);
    for (const one of [member, bad, policy]) expect(await isRejected(id, one.id)).toBe(true);
    for (const one of [listener, pool, good]) expect(await isRejected(id, one.id)).toBe(false);
    const { error_objects, error_message } = await getOperation(operation.id);
    expect(error_objects).toEqual([
      { type: 'l7_rule', id: bad.id },
      { type: 'l7_policy', id: policy.id },
      { type: 'member', id: member.id },
    ]);
    expect(error_message).toContain(`L7Policy ${policy.id}: cannot act without its L7Rule ${bad.id}`);
  });

  it('fails as a whole when no change is to blame, and rejects no past operation', async () => {
    const { agent, run, add, id, operation: creation } = await serving();
    const { operation, member } = await add('10.0.0.21');
    // Whatever it is given: the pool that moves along belongs to an operation that succeeded long ago.
    agent.refused.push('global');
    await expect(run(flowOf(operation))).rejects.toMatchObject({ name: 'AmphoraRequestError', status: 400 });
    expect(await getOperation(creation.id)).toMatchObject({ status: 'SUCCEEDED', error_name: null });
    const { tree } = await readTree(id);
    for (const { id: poolId } of tree.pools) expect(await isRejected(id, poolId)).toBe(false);
    expect(await isRejected(id, member.id)).toBe(false);
  });

  it('passes other faults of the agent on, and rejects no change', async () => {
    const { id, agent, run, add } = await serving();
    const { operation, member } = await add('10.0.0.21');
    agent.failing.uploadHaproxyConfig = new AmphoraUnreachableError('ETIMEDOUT');
    await expect(run(flowOf(operation))).rejects.toThrow(AmphoraUnreachableError);
    expect(await isRejected(id, member.id)).toBe(false);
  });
});

describe('a member whose network the amphora is not in', () => {
  it('is left out until it is', async () => {
    const { agent, run, add, amphoraId } = await serving();
    const { operation } = await add('10.0.0.21', { subnet_id: 's1' });
    const other = await add('10.0.0.22');
    await run(flowOf(operation));
    expect(agent.running()).not.toContain('10.0.0.21');
    expect(agent.running()).toContain(other.member.ip_address);
    await updateAmphora(flowOf(operation), amphoraId, { member_subnets: ['s1'] });
    await run(flowOf(operation));
    expect(agent.running()).toContain('10.0.0.21');
  });
});

describe('a listener whose secrets cannot be read', () => {
  const error = new CertificateRetrievalError('Secret 1 cannot be read.');

  /** Two listeners under creation; the secrets of those in `sick` cannot be read. @param keeps the amphora keeps files */
  const twoListeners = async ({ keeps = false } = {}) => {
    const listeners: Listener[] = [];
    const at = await withAmphora((owner) => {
      listeners.push(newListener(owner, { protocol_port: 80 }), newListener(owner, { protocol_port: 443 }));
      return listeners.map((object): Child => ({ kind: 'listener', object }));
    });
    const [sound, secured] = listeners.map(({ id }) => id);
    if (sound === undefined || secured === undefined) throw new Error('no listeners');
    const sick = new Set<string>();
    const agent = fakeAgent();
    const lent: string[][] = [];
    const loadTls: LoadTlsMaterial = async (tree, present) => {
      const unreadable = tree.listeners.map(({ id }) => id).filter((id) => sick.has(id));
      lent.push([...(present?.listeners.keys() ?? [])]);
      const none = { clientCa: null, clientCrl: null };
      const failed = unreadable.filter((id) => !keeps || !present?.listeners.has(id));
      return {
        ...noTls,
        files: { ...noTls.files, listeners: new Map(keeps ? [[secured, none]] : []) },
        failedListeners: new Map(failed.map((id) => [id, error])),
        unread: new Map(unreadable.filter((id) => !failed.includes(id)).map((id) => [id, error])),
      };
    };
    const run = (flow: FlowInput) =>
      listenersUpdate({ agents: agent, loadTls })({ loadbalancer_id: at.id, amphora_id: at.amphoraId }, flow, quiet);
    return { ...at, sound, secured, sick, agent, run, lent };
  };

  const settleAll = async (flow: FlowInput, id: string) => {
    await settleRows(flow, await readTree(id));
    await settle(flow, ended);
  };

  const statusOf = async (id: string, listenerId: string) =>
    (await readTree(id)).tree.listeners.find((listener) => listener.id === listenerId)?.provisioning_status;

  it('trap 11: is left out and noted with its reason, counts as ERROR, and the others are served', async () => {
    const { id, sound, secured, sick, agent, run, flow, operation } = await twoListeners();
    sick.add(secured);
    await run(flow);
    expect(agent.running()).toContain(sound);
    expect(agent.running()).not.toContain(secured);
    expect(await isRejected(id, secured)).toBe(true);
    expect(await getOperation(operation.id)).toMatchObject({ error_name: 'CertificateRetrievalError' });
    await settleAll(flow, id);
    expect([await statusOf(id, sound), await statusOf(id, secured)]).toEqual(['ACTIVE', 'ERROR']);
  });

  it('trap 11: is left out likewise where its files are not, though it was served elsewhere before, without a word on the operation that made it', async () => {
    const { id, secured, sick, agent, run, flow, operation } = await twoListeners();
    await run(flow);
    await settleAll(flow, id);
    sick.add(secured);
    const next = await commitChange(
      id,
      alone(() => ({})),
    );
    await run(flowOf(next));
    expect(agent.running()).not.toContain(secured);
    await settleAll(flowOf(next), id);
    expect(await statusOf(id, secured)).toBe('ERROR');
    expect(await getOperation(operation.id)).toMatchObject({ status: 'SUCCEEDED', error_name: null });
  });

  it('goes on where its files are, as long as it does not want others', async () => {
    const { id, secured, sick, agent, run, flow, lent } = await twoListeners({ keeps: true });
    await run(flow);
    await settleAll(flow, id);
    sick.add(secured);
    const changed = async (updates: ListenerUpdates) =>
      flowOf(
        await commitChange(
          id,
          alone((read) => updateListener(read, secured, updates)),
        ),
      );
    const limited = await changed({ connection_limit: 7 });
    await run(limited);
    await settleAll(limited, id);
    expect([await statusOf(id, secured), await isRejected(id, secured)]).toEqual(['ACTIVE', false]);
    expect(agent.running()).toMatch(new RegExp(`frontend ${secured}\\n    maxconn 7\\n`));
    lent.length = 0;
    const renewed = await changed({ tls_certificate_id: 'another', connection_limit: 8 });
    await run(renewed);
    await settleAll(renewed, id);
    // Not for what it wants, but for what it had.
    expect(lent).toEqual([[], [secured]]);
    expect([await statusOf(id, secured), await isRejected(id, secured)]).toEqual(['ERROR', true]);
    expect(agent.running()).toMatch(new RegExp(`frontend ${secured}\\n    maxconn 7\\n`));
  });

  it('is served again, and no longer in ERROR, with the next push after they can be read again', async () => {
    const { id, secured, sick, agent, run, flow } = await twoListeners();
    await run(flow);
    await settleAll(flow, id);
    sick.add(secured);
    const change = async () =>
      flowOf(
        await commitChange(
          id,
          alone(() => ({})),
        ),
      );
    const failing = await change();
    await run(failing);
    await settleAll(failing, id);
    sick.clear();
    const healing = await change();
    await run(healing);
    await settleAll(healing, id);
    expect(agent.running()).toContain(secured);
    expect([await statusOf(id, secured), await isRejected(id, secured)]).toEqual(['ACTIVE', false]);
  });
});
