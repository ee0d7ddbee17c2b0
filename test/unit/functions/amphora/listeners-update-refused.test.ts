import { beforeAll, describe, expect, it } from 'vitest';
import { listenersUpdate } from '../../../../functions/amphora/listeners-update.ts';
import { createListener, type ListenerUpdates, updateListener } from '../../../../lib/changes/listeners.ts';
import { AmphoraUnreachableError, CertificateRetrievalError } from '../../../../lib/errors/cloud.ts';
import type { Child } from '../../../../lib/models/objects/child.ts';
import type { Listener } from '../../../../lib/models/objects/listener.ts';
import type { FlowInput } from '../../../../lib/models/operations/operation.ts';
import { updateAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import { commitChange } from '../../../../lib/repositories/locks/change-commits.ts';
import { settleRows } from '../../../../lib/repositories/locks/change-settlements.ts';
import { settle } from '../../../../lib/repositories/locks/settlements.ts';
import { readTree } from '../../../../lib/repositories/objects/trees.ts';
import { getOperation } from '../../../../lib/repositories/operations/operations.ts';
import type { LoadTlsMaterial } from '../../../../lib/tls/tls-material.ts';
import { newListener, newMember, newPolicy, newPool, newRule } from '../../../fixtures/children.ts';
import { useTable } from '../../../helpers/table.ts';
import { alone, ended, flowOf } from '../../lib/repositories/support/stored.ts';
import { quiet } from '../support/quiet.ts';
import { isRejected, noTls, serving } from './serving.ts';
import { fakeAgent, withAmphora } from './support.ts';

beforeAll(useTable);

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
