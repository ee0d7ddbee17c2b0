import { beforeAll, describe, expect, it } from 'vitest';
import { OperationSuperseded } from '../../../../../lib/errors/flow.ts';
import { AmphoraNotFound } from '../../../../../lib/errors/not-found.ts';
import { IN_DOUBT, type PushedConfiguration } from '../../../../../lib/models/objects/amphora.ts';
import { type FlowInput, THE_WORKER } from '../../../../../lib/models/operations/operation.ts';
import { getAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { commitChange } from '../../../../../lib/repositories/locks/change-commits.ts';
import { commitLoadBalancerOperation } from '../../../../../lib/repositories/locks/commits.ts';
import { beginPush, confirmPush, isOvertaken, resend } from '../../../../../lib/repositories/locks/pushes.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { listOperations } from '../../../../../lib/repositories/operations/operations.ts';
import { useTable } from '../../../../helpers/table.ts';
import { ended, flowOf, shared, storedLoadBalancer, updateRequest } from '../support/stored.ts';

beforeAll(useTable);

const SENT: PushedConfiguration = { haproxy: 'sent', lvs: { udp: 'sent' } };

/** An amphora whose load balancer is being changed by a flow. */
const changing = async () => {
  const amphoraId = crypto.randomUUID();
  const { id } = await storedLoadBalancer(undefined, { amphorae: [amphoraId] });
  const flow = flowOf(
    await commitChange(
      id,
      shared(() => ({})),
    ),
  );
  const push = (sender: string, generation: number) => ({ amphoraId, sender, generation });
  const pushed = async () => (await getAmphora(amphoraId)).pushed;
  return { id, flow, push, pushed };
};
const late = (flow: FlowInput): FlowInput => ({ ...flow, fence: flow.fence - 1 });

describe('a push', () => {
  it('is recorded with its sender while it is under way, and without once it is confirmed', async () => {
    const { flow, push, pushed } = await changing();
    expect(await beginPush(flow, push('a', 1), { ...SENT, haproxy: IN_DOUBT })).toBe(true);
    expect(await pushed()).toEqual({ ...SENT, haproxy: IN_DOUBT, generation: 1, sender: 'a' });
    expect(await confirmPush(flow, push('a', 1), SENT)).toBe(true);
    expect(await pushed()).toEqual({ ...SENT, generation: 1 });
  });

  it('does not begin after one of a newer generation, and does after one of the same or an older', async () => {
    const { flow, push, pushed } = await changing();
    for (const generation of [1, 1, 2]) expect(await beginPush(flow, push('a', generation), SENT)).toBe(true);
    expect(await beginPush(flow, push('b', 1), { haproxy: 'older', lvs: {} })).toBe(false);
    expect(await pushed()).toEqual({ ...SENT, generation: 2, sender: 'a' });
  });

  it('is not confirmed once another has begun', async () => {
    const { flow, push, pushed } = await changing();
    await beginPush(flow, push('a', 1), SENT);
    await beginPush(flow, push('b', 2), SENT);
    expect(await confirmPush(flow, push('a', 1), { haproxy: 'stale', lvs: {} })).toBe(false);
    expect(await pushed()).toEqual({ ...SENT, generation: 2, sender: 'b' });
  });

  it('of a flow without the lock neither begins nor is confirmed', async () => {
    const { flow, push } = await changing();
    await expect(beginPush(late(flow), push('a', 1), SENT)).rejects.toBeInstanceOf(OperationSuperseded);
    await beginPush(flow, push('a', 1), SENT);
    await expect(confirmPush(late(flow), push('a', 1), SENT)).rejects.toBeInstanceOf(OperationSuperseded);
  });

  it('needs the amphora', async () => {
    const { flow } = await changing();
    const push = { amphoraId: crypto.randomUUID(), sender: 'a', generation: 1 };
    await expect(beginPush(flow, push, SENT)).rejects.toBeInstanceOf(AmphoraNotFound);
    expect(await isOvertaken(flow, push)).toBe(false);
  });

  it('is overtaken by another sender of another generation alone: two deliveries of a task send the same', async () => {
    const { flow, push } = await changing();
    await beginPush(flow, push('a', 1), SENT);
    expect(await isOvertaken(flow, push('a', 1))).toBe(false);
    await beginPush(flow, push('b', 1), SENT);
    expect(await isOvertaken(flow, push('a', 1))).toBe(false);
    await beginPush(flow, push('c', 2), SENT);
    expect(await isOvertaken(flow, push('a', 1))).toBe(true);
    expect(await isOvertaken(flow, push('c', 1))).toBe(false);
  });
});

describe('what was perhaps overwritten', () => {
  const inDoubt = { haproxy: IN_DOUBT, lvs: { udp: IN_DOUBT, other: 'known' } };

  it('is sent again by a change that joins the running one, in the parts that were sent', async () => {
    const { id, flow, push, pushed } = await changing();
    const has = { haproxy: 'has', lvs: { udp: 'has', other: 'has' } };
    await beginPush(flow, push('b', 2), has);
    await confirmPush(flow, push('b', 2), has);
    await resend(flow, push('a', 1), inDoubt);
    const joined = (await listOperations(id, 10)).filter(({ joined_to }) => joined_to === flow.operation_id);
    expect(joined).toMatchObject([{ flow: 'apply-changes', requester: THE_WORKER }]);
    expect(await pushed()).toEqual({
      haproxy: IN_DOUBT,
      lvs: { udp: IN_DOUBT, other: 'has' },
      generation: 2,
      sender: 'a',
    });
  });

  it('keeps what was not sent as it is', async () => {
    const { flow, push, pushed } = await changing();
    await beginPush(flow, push('b', 2), SENT);
    await resend(flow, push('a', 1), { haproxy: 'same', lvs: {} });
    expect(await pushed()).toEqual({ ...SENT, generation: 2, sender: 'a' });
  });

  it('is begun when nothing runs, as a change by the worker', async () => {
    const amphoraId = crypto.randomUUID();
    const { id } = await storedLoadBalancer(undefined, { amphorae: [amphoraId] });
    const flow = flowOf(
      await commitLoadBalancerOperation(id, updateRequest, { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' }),
    );
    const push = { amphoraId, sender: 'a', generation: 1 };
    await beginPush(flow, push, SENT);
    await settle(flow, ended);
    await resend(flow, push, inDoubt);
    const changes = (await listOperations(id, 10)).filter((operation) => operation.flow === 'apply-changes');
    expect(changes).toMatchObject([{ status: 'COMMITTED', requester: THE_WORKER }]);
  });

  it('is unconfirmed at least when the load balancer takes no change', async () => {
    const amphoraId = crypto.randomUUID();
    const { id } = await storedLoadBalancer(undefined, { amphorae: [amphoraId] });
    const terms = { allowed: ['ACTIVE'], to: 'PENDING_DELETE' } as const;
    const flow = flowOf(
      await commitLoadBalancerOperation(id, { ...updateRequest, flow: 'delete-load-balancer' }, terms),
    );
    const push = { amphoraId, sender: 'a', generation: 1 };
    await beginPush(flow, { ...push, sender: 'b' }, SENT);
    await expect(resend(flow, push, inDoubt)).rejects.toMatchObject({ name: 'ImmutableObjectError' });
    expect((await getAmphora(amphoraId)).pushed).toMatchObject({ haproxy: IN_DOUBT, sender: 'a' });
  });
});
