import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LOAD_BALANCERS, type LoadBalancerApi } from '../cloud/load-balancer-api.ts';
import { useStack } from '../helpers/stack.ts';
import { tenant } from '../helpers/tenant.ts';
import { abortExecutions } from './support/abort-executions.ts';

// Nothing but the operator carries on here.
const stack = useStack({ bootDelayMs: 400, executionEvents: false });

const shown = z.object({ operation: z.looseObject({ id: z.string(), status: z.string() }) });
const fault = z.object({ faultstring: z.string() });

const operationOf = (body: unknown) => shown.parse(body).operation;
const redrive = (user: LoadBalancerApi, id: string, query = '', headers = {}) =>
  user.call('POST', `/v2.0/lbaas/operations/${id}/redrive${query}`, undefined, headers);
const show = async (user: LoadBalancerApi, id: string) =>
  operationOf((await user.call('GET', `/v2.0/lbaas/operations/${id}`)).body);

/** A load balancer that is being created, and its operation's id. */
const creating = async (user: LoadBalancerApi) => {
  const fields = { vip_subnet_id: stack().cloud?.facts.vipSubnetId };
  const answer = await user.call('POST', LOAD_BALANCERS, { loadbalancer: fields });
  const { loadbalancer } = z.object({ loadbalancer: z.looseObject({ id: z.string() }) }).parse(answer.body);
  return { id: loadbalancer.id, operationId: String(answer.headers['x-operation-id']) };
};

describe('a redrive', () => {
  it('lets a new operation carry on what lost its execution, once for each key', async () => {
    const [alice, operator] = await Promise.all([tenant(stack()), tenant(stack(), 'admin')]);
    const { id, operationId } = await creating(alice);
    await expect.poll(() => abortExecutions(stack(), 'create-load-balancer')).toBe(1);
    const key = { 'x-idempotency-key': 'k', 'x-openstack-request-id': 'req-aaaaaaaa-0000-4000-8000-000000000000' };
    const answers = await Promise.all([
      redrive(operator, operationId, '', key),
      redrive(operator, operationId, '', key),
    ]);
    answers.push(await redrive(operator, operationId, '', key));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const successors = new Set(answers.map(({ body }) => operationOf(body).id));
    expect(successors.size).toBe(1);
    const [successor = ''] = successors;
    expect(answers[0]?.headers['x-operation-id']).toBe(successor);
    expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(await show(operator, successor)).toMatchObject({
      status: 'SUCCEEDED',
      recoveries: 0,
      requester: { request_id: key['x-openstack-request-id'] },
    });
    const { body } = await operator.call('GET', `${LOAD_BALANCERS}/${id}/operations`);
    const records = z.object({ operations: z.array(z.looseObject({ id: z.string() })) }).parse(body).operations;
    expect(records.map((record) => record.id)).toEqual([successor, operationId]);
    expect(records[1]).toMatchObject({ status: 'SUPERSEDED', carried_by: successor, error_name: 'Redriven' });
    const { queue: _queue, ...byId } = await show(operator, operationId);
    expect(byId).toEqual(records[1]);
    expect(byId.ended_at).toEqual(expect.any(String));
  });

  it('stops a running execution when it is forced, and not otherwise', async () => {
    const [alice, operator] = await Promise.all([tenant(stack()), tenant(stack(), 'admin')]);
    const { id, operationId } = await creating(alice);
    await expect.poll(async () => (await show(alice, operationId)).status).toBe('RUNNING');
    const refused = await redrive(operator, operationId);
    expect(refused.status).toBe(409);
    expect(fault.parse(refused.body).faultstring).toContain('is running');
    expect((await redrive(operator, operationId, '?force=perhaps')).status).toBe(400);
    const forced = await redrive(operator, operationId, '?force=true');
    expect(forced.status).toBe(202);
    expect(operationOf(forced.body).id).not.toBe(operationId);
    expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(await abortExecutions(stack(), 'create-load-balancer')).toBe(0);
    expect(
      [...(stack().cloud?.state.servers.values() ?? [])].filter(({ name }) => name.startsWith('amphora')),
    ).toHaveLength(2);
  });

  it('is 409 for a settled operation, with the reason, 403 for tenants and 404 for a missing one', async () => {
    const [alice, bob, operator] = await Promise.all([
      tenant(stack()),
      tenant(stack(), 'bob'),
      tenant(stack(), 'admin'),
    ]);
    const { id, operationId } = await creating(alice);
    await alice.settled(id);
    const refused = await redrive(operator, operationId);
    expect(refused.status).toBe(409);
    expect(fault.parse(refused.body).faultstring).toBe(
      `There is nothing to redrive: operation ${operationId} has ended (SUCCEEDED).`,
    );
    expect((await redrive(alice, operationId)).status).toBe(403);
    expect((await redrive(bob, operationId)).status).toBe(403);
    expect((await redrive(operator, crypto.randomUUID())).status).toBe(404);
  });
});
