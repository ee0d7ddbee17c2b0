import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { commitNewAmphora } from '../../../../../lib/repositories/amphora-commits.ts';
import { commitNewLoadBalancer } from '../../../../../lib/repositories/commits.ts';
import { beginStep, endStep } from '../../../../../lib/repositories/operations.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';

beforeAll(useTable);

const api = testApi();
const requester = { user_id: 'alice', project_id: 'p', request_id: 'req-1' };
const AMPHORA_ID = randomUUID();

/** An operation with one step that failed on an amphora. */
const failing = async () => {
  const loadBalancer = newLoadBalancer();
  const operation = await commitNewLoadBalancer(loadBalancer, { flow: 'create-load-balancer', requester });
  const { id: operation_id, fence, target, loadbalancer_id, amphora_id } = operation;
  const flow = { operation_id, fence, target, loadbalancer_id, amphora_id };
  const step = await beginStep(flow, 'ComputeCreate', AMPHORA_ID);
  const failure = { name: 'ComputeBuildError', message: 'no valid host on rack-7' };
  if (step.begun) await endStep(flow, 'ComputeCreate', AMPHORA_ID, step.startedAt, failure);
  return { loadBalancer, operation };
};

const show = (id: string, token: string, query = '') => api.call(`/v2.0/lbaas/operations/${id}${query}`, { token });

describe('GET of an operation', () => {
  it('tells an operator everything', async () => {
    const { operation, loadBalancer } = await failing();
    const answer = await show(operation.id, api.tokenFor('ops', 'admin'));
    expect(answer.body).toMatchObject({
      operation: {
        id: operation.id,
        flow: 'create-load-balancer',
        loadbalancer_id: loadBalancer.id,
        status: 'RUNNING',
        requester,
        steps: [
          {
            name: 'ComputeCreate',
            subject: AMPHORA_ID,
            outcome: 'failed',
            attempts: 1,
            duration_ms: expect.any(Number),
            error_name: 'ComputeBuildError',
            error_message: 'no valid host on rack-7',
          },
        ],
      },
    });
  });

  it('tells a tenant what was done and what failed, but no people, amphorae or messages from inside', async () => {
    const { operation, loadBalancer } = await failing();
    const answer = await show(operation.id, api.tokenFor(loadBalancer.project_id, 'reader'));
    expect(answer.body).toMatchObject({
      operation: { status: 'RUNNING', steps: [{ name: 'ComputeCreate', error_name: 'ComputeBuildError' }] },
    });
    const text = JSON.stringify(answer.body);
    for (const inside of ['alice', 'req-1', 'rack-7', AMPHORA_ID]) expect(text).not.toContain(inside);
  });

  it('is 404 for strangers, for what is none, and for spare amphorae’s to tenants', async () => {
    const { operation } = await failing();
    const spare = await commitNewAmphora(randomUUID(), { flow: 'create-amphora', requester });
    const token = api.tokenFor('other', 'member');
    for (const id of [operation.id, spare.id, randomUUID(), 'x']) expect((await show(id, token)).status).toBe(404);
    expect((await show(spare.id, api.tokenFor('ops', 'admin'))).status).toBe(200);
  });
});

describe('the list of a load balancer’s operations', () => {
  const page = z.object({ operations: z.array(z.looseObject({ id: z.string() })) });
  const list = (id: string, token: string) => api.call(`/v2.0/lbaas/loadbalancers/${id}/operations`, { token });

  it('is there for those who may see the load balancer', async () => {
    const { operation, loadBalancer } = await failing();
    const answer = await list(loadBalancer.id, api.tokenFor(loadBalancer.project_id, 'reader'));
    expect(page.parse(answer.body).operations.map(({ id }) => id)).toEqual([operation.id]);
    expect(JSON.stringify(answer.body)).not.toContain('alice');
    expect((await list(loadBalancer.id, api.tokenFor('other', 'member'))).status).toBe(404);
  });
});
