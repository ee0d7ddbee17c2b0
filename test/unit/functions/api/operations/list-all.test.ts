import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Flow } from '../../../../../lib/models/flows.ts';
import { OperationStatus } from '../../../../../lib/models/operations/operation.ts';
import { closeOperation } from '../../../../../lib/repositories/locks/settlements.ts';
import { newOperation, putOperation } from '../../../../../lib/repositories/operations/operations.ts';
import { pointerKey } from '../../../../../lib/repositories/table/keys.ts';
import { inTable, transact } from '../../../../../lib/repositories/table/transact.ts';
import { requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { faultOf } from '../support/read.ts';
import { listed } from '../support/resources.ts';

beforeAll(useTable);

const api = testApi();
const admin = api.tokenFor('ops', 'admin');

/** Records of one load balancer, or of one amphora when the project is null, a moment apart. */
const recorded = async (project_id: string | null, flows: readonly Flow[]) => {
  const loadbalancer_id = project_id === null ? null : randomUUID();
  const target = { loadbalancer_id, amphora_id: project_id === null ? randomUUID() : null, project_id };
  const made = [];
  for (const flow of flows) {
    await wait(2);
    const operation = newOperation({ flow, requester }, target, 1);
    await transact(putOperation(operation));
    made.push(operation);
  }
  return made;
};

const list = async (query: string, token = admin) => {
  const answer = await api.call(`/v2.0/lbaas/operations?${query}`, { token });
  expect(answer.status).toBe(200);
  return listed(answer, 'operations');
};
const ids = async (query: string, token = admin) => (await list(query, token)).map(({ id }) => id);

describe('the list of all operations', () => {
  it('has those of every project for an administrator, and of the own project for a tenant, newest first', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const [first] = await recorded(one, ['create-load-balancer']);
    const [second] = await recorded(other, ['create-load-balancer']);
    const [third] = await recorded(null, ['create-amphora']);
    const [fourth] = await recorded(one, ['apply-changes']);
    expect(await ids('limit=4')).toEqual([fourth?.id, third?.id, second?.id, first?.id]);
    expect(await ids('', api.tokenFor(one, 'reader'))).toEqual([fourth?.id, first?.id]);
    expect(await ids(`project_id=${other}`)).toEqual([second?.id]);
    const refused = await api.call(`/v2.0/lbaas/operations?project_id=${other}`, {
      token: api.tokenFor(one, 'reader'),
    });
    expect(refused.status).toBe(403);
    const [shown] = await list('', api.tokenFor(other, 'reader'));
    expect(shown).not.toHaveProperty('requester');
    expect(shown).toMatchObject({ project_id: other, reason: null });
  });

  it('finds by load balancer, flow, status and time, page after page', async () => {
    const project = randomUUID();
    const [first, second, third] = await recorded(project, ['create-load-balancer', 'apply-changes', 'apply-changes']);
    if (first === undefined || second === undefined || third === undefined) throw new Error('not recorded');
    const [elsewhere] = await recorded(project, ['create-load-balancer']);
    const flow = { ...second, operation_id: second.id };
    const failure = { failed_step: 'ListenersUpdate', error_name: 'AmphoraUnreachableError', error_message: 'rack-7' };
    await transact(closeOperation(flow, OperationStatus.FAILED, new Date().toISOString(), failure));
    const mine = `project_id=${project}`;
    expect(await ids(`${mine}&loadbalancer_id=${first.loadbalancer_id}`)).toEqual([third.id, second.id, first.id]);
    expect(await ids(`${mine}&flow=create-load-balancer`)).toEqual([elsewhere?.id, first.id]);
    expect(await ids(`loadbalancer_id=${elsewhere?.loadbalancer_id}`)).toEqual([elsewhere?.id]);
    expect(await list(`${mine}&status=FAILED`)).toMatchObject([
      { id: second.id, error_message: 'rack-7', reason: expect.stringContaining('did not answer the service in time') },
    ]);
    expect(await ids(`${mine}&since=${second.created_at}`)).toEqual([elsewhere?.id, third.id, second.id]);
    expect(await ids(`${mine}&since=${second.created_at}&sort=created_at:asc&limit=2`)).toEqual([second.id, third.id]);
    expect(await ids(`${mine}&limit=2&marker=${third.id}`)).toEqual([second.id, first.id]);
    expect(await ids(`${mine}&limit=1&marker=${second.id}&page_reverse=True`)).toEqual([third.id]);
    const page = await api.call(`/v2.0/lbaas/operations?${mine}&limit=1&since=${second.created_at}`, { token: admin });
    expect(page.body.operations_links).toMatchObject([{ rel: 'next', href: expect.stringContaining('since=') }]);
  });

  it('leaves out what another release has written otherwise, and shows the rest', async () => {
    const project = randomUUID();
    const [first, second] = await recorded(project, ['create-load-balancer', 'apply-changes']);
    const Key = pointerKey(String(second?.id));
    const update = { UpdateExpression: 'SET #at = :text', ExpressionAttributeNames: { '#at': 'at' } };
    await transact([{ Update: { ...inTable(), Key, ...update, ExpressionAttributeValues: { ':text': 'elsewhere' } } }]);
    expect(await ids(`project_id=${project}`)).toEqual([first?.id]);
  });

  it.each([
    ['since=yesterday', 'yesterday is not a valid option for since: use a time such as'],
    ['status=BROKEN', 'BROKEN is not a valid option for status'],
    ['color=red', 'color'],
    [`marker=${randomUUID()}`, 'marker'],
  ])('refuses %s with the name of what is wrong', async (query, text) => {
    const answer = await api.call(`/v2.0/lbaas/operations?${query}`, { token: admin });
    expect(answer.status).toBe(400);
    expect(faultOf(answer)).toContain(text);
  });
});
