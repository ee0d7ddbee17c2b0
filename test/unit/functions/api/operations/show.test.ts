import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { commitNewAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { commitNewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { settleFailed } from '../../../../../lib/repositories/locks/failed-settlement.ts';
import { recordRejection } from '../../../../../lib/repositories/locks/rejections.ts';
import { beginRollback } from '../../../../../lib/repositories/locks/settlements.ts';
import { getTree } from '../../../../../lib/repositories/objects/trees.ts';
import { beginStep, endStep } from '../../../../../lib/repositories/operations/operations.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { addMember, asMember, flowOf, storedPool } from '../../../lib/repositories/support/stored.ts';
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
  it('shows an operator everything', async () => {
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

  it('shows a tenant what was done and what failed, but no people, amphorae or internal messages', async () => {
    const { operation, loadBalancer } = await failing();
    const answer = await show(operation.id, api.tokenFor(loadBalancer.project_id, 'reader'));
    expect(answer.body).toMatchObject({
      operation: { status: 'RUNNING', steps: [{ name: 'ComputeCreate', error_name: 'ComputeBuildError' }] },
    });
    const text = JSON.stringify(answer.body);
    for (const inside of ['alice', 'req-1', 'rack-7', AMPHORA_ID]) expect(text).not.toContain(inside);
  });

  it('shows a tenant which of the objects was refused, and why', async () => {
    const { pool } = await storedPool();
    const [good, bad] = [addMember(pool, '10.0.0.1'), addMember(pool, '10.0.0.2')];
    const [holder, joined] = [await good.commit(), await bad.commit()];
    const reason = { errorName: 'AmphoraRequestError', errorMessage: 'haproxy: not this address' };
    await recordRejection(flowOf(holder), { child: asMember(bad.member), operationId: joined.id, ...reason });
    const reader = api.tokenFor(pool.project_id, 'reader');
    expect((await show(joined.id, reader)).body).toMatchObject({
      operation: {
        status: 'FAILED',
        error_name: 'AmphoraRequestError',
        error_message: 'haproxy: not this address',
        error_objects: [{ type: 'member', id: bad.member.id }],
      },
    });
    expect((await show(holder.id, reader)).body).toMatchObject({
      operation: { error_message: null, error_objects: [] },
    });
  });

  it('names to a tenant what a failed step left in ERROR, with the reason in its own words, and keeps what the cloud said', async () => {
    const { id, pool } = await storedPool();
    const [own, other] = [addMember(pool, '10.0.0.1'), addMember(pool, '10.0.0.2')];
    const [holder, joined] = [await own.commit(), await other.commit()];
    const flow = flowOf(holder);
    const step = await beginStep(flow, 'HandleNetworkDeltas', null);
    const failure = { name: 'CloudRequestError', message: 'POST http://neutron.inside 409' };
    if (step.begun) await endStep(flow, 'HandleNetworkDeltas', null, step.startedAt, failure);
    const reason = { errorName: failure.name, errorMessage: failure.message };
    await settleFailed({ ...flow, fence: await beginRollback(flow, reason) }, 'ACTIVE');
    const reader = api.tokenFor(pool.project_id, 'reader');
    for (const [operation, member] of [
      [holder, own.member],
      [joined, other.member],
    ] as const) {
      expect((await show(operation.id, reader)).body).toMatchObject({
        operation: {
          status: 'FAILED',
          failed_step: 'HandleNetworkDeltas',
          error_name: 'CloudRequestError',
          error_message: expect.stringMatching(/^A service of the cloud refused a request .* Repeat the change\./),
          error_objects: [{ type: 'member', id: member.id }],
        },
      });
      expect((await show(operation.id, api.tokenFor('ops', 'admin'))).body).toMatchObject({
        operation: { error_message: failure.message },
      });
    }
    expect((await getTree(id)).members).toMatchObject([
      { provisioning_status: 'ERROR' },
      { provisioning_status: 'ERROR' },
    ]);
  });

  it('is 403 for another project, and for spare amphorae’s to tenants, and 404 where there is none', async () => {
    const { operation } = await failing();
    const spare = await commitNewAmphora(randomUUID(), { flow: 'create-amphora', requester });
    const token = api.tokenFor('other', 'member');
    for (const id of [operation.id, spare.id]) expect((await show(id, token)).status).toBe(403);
    for (const id of [randomUUID(), 'x']) expect((await show(id, token)).status).toBe(404);
    const anAmphora = await show(String(spare.amphora_id), api.tokenFor('ops', 'admin'));
    expect(anAmphora.status).toBe(404);
    expect((await show(spare.id, api.tokenFor('ops', 'admin'))).status).toBe(200);
  });
});

describe('the list of a load balancer’s operations', () => {
  const page = z.object({ operations: z.array(z.looseObject({ id: z.string() })) });
  const list = (id: string, token: string) => api.call(`/v2.0/lbaas/loadbalancers/${id}/operations`, { token });

  it('is there for callers that may see the load balancer', async () => {
    const { operation, loadBalancer } = await failing();
    const answer = await list(loadBalancer.id, api.tokenFor(loadBalancer.project_id, 'reader'));
    expect(page.parse(answer.body).operations.map(({ id }) => id)).toEqual([operation.id]);
    expect(JSON.stringify(answer.body)).not.toContain('alice');
    expect((await list(loadBalancer.id, api.tokenFor('other', 'member'))).status).toBe(403);
  });
});
