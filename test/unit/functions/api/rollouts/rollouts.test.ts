import { randomUUID } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { RolloutCriteria } from '../../../../../lib/models/operations/rollout.ts';
import {
  addStep,
  changeRollout,
  findCurrentRollout,
  getRollout,
  listRollouts,
} from '../../../../../lib/repositories/fleet/rollouts.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import { currentRolloutKey, rolloutKey } from '../../../../../lib/repositories/table/keys.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { faultOf } from '../support/read.ts';

/** The fleet has one at a time, and other tests begin some as well. */
const forgetRollouts = async (): Promise<void> => {
  const keys = [currentRolloutKey, ...(await listRollouts()).map(({ id }) => rolloutKey(id))];
  for (const Key of keys) await documents().send(new DeleteCommand({ TableName: tableName(), Key }));
};

beforeAll(async () => {
  await useTable();
  await forgetRollouts();
});

const due = {
  loadbalancer_id: randomUUID(),
  project_id: 'p',
  amphorae: [{ amphora_id: randomUUID(), reasons: [{ reason: 'image' as const, has: 'old', wanted: 'new' }] }],
};
const asked: RolloutCriteria[] = [];
const api = testApi({
  rollouts: async () => ({
    findDue: async (criteria) => {
      asked.push(criteria);
      return [due];
    },
    defaults: { atOnce: 2, maxFailures: 3 },
  }),
});
const PATH = '/v2.0/octavia/rollouts';
const token = api.tokenFor('operators', 'admin');
const send = (method: string, path: string, rollout: unknown) =>
  api.call(`${PATH}${path}`, { token, method, body: { rollout } });
const get = async (path: string) => (await api.call(`${PATH}${path}`, { token })).body;
const idIn = (body: unknown): string => z.object({ rollout: z.object({ id: z.string() }) }).parse(body).rollout.id;

it('previews the due amphorae with the reason, and starts nothing', async () => {
  const answer = await send('POST', '/preview', { max_age: 60, project_id: 'p' });
  expect(answer).toMatchObject({
    status: 200,
    body: { preview: { loadbalancers: [due], loadbalancer_count: 1, amphora_count: 1 } },
  });
  expect(asked).toEqual([{ image: true, flavor: true, max_age: 60, project_id: 'p', loadbalancer_ids: null }]);
  expect(await findCurrentRollout()).toBeNull();
});

it('begins, is seen with its progress, paused, changed, and stopped; meanwhile there is no other', async () => {
  const { status, body } = await send('POST', '', { image: false });
  expect([status, body]).toMatchObject([201, { rollout: { status: 'RUNNING', at_once: 2, max_failures: 3 } }]);
  const id = idIn(body);
  const second = await send('POST', '', {});
  expect([second.status, faultOf(second)]).toEqual([409, `Rollout ${id} has not ended.`]);

  const since = new Date().toISOString();
  const step = { ...due, rollout_id: id, left: [], amphora_id: null, operation_id: null, since, reason: null };
  await addStep({ ...step, status: 'FAILED' });
  await addStep({ ...step, status: 'WAITING' });
  expect(await get(`/${id}`)).toMatchObject({ rollout: { id, progress: { FAILED: 1, WAITING: 0 } } });
  expect(await get(`/${id}/loadbalancers?status=FAILED`)).toMatchObject({ loadbalancers: [due] });
  expect(await get('')).toMatchObject({ rollouts: [{ id, progress: { FAILED: 1 } }] });

  expect((await send('PUT', `/${id}`, { status: 'PAUSED' })).body).toMatchObject({ rollout: { status: 'PAUSED' } });
  expect((await send('PUT', `/${id}`, { at_once: 5 })).body).toMatchObject({
    rollout: { status: 'PAUSED', at_once: 5 },
  });
  expect((await send('PUT', `/${id}`, { status: 'RUNNING' })).body).toMatchObject({ rollout: { status: 'RUNNING' } });
  expect(await getRollout(id)).toMatchObject({ forgiven: 0 });

  await changeRollout({ id, status: 'RUNNING' }, { status: 'HALTED', reason: 'it failed' });
  expect(await get(`/${id}`)).toMatchObject({ rollout: { status: 'HALTED', reason: 'it failed' } });
  await send('PUT', `/${id}`, { status: 'RUNNING' });
  expect(await getRollout(id)).toMatchObject({ status: 'RUNNING', forgiven: 1, reason: null });

  expect((await send('PUT', `/${id}`, { status: 'STOPPED' })).body).toMatchObject({ rollout: { status: 'STOPPED' } });
  const late = await send('PUT', `/${id}`, { status: 'RUNNING' });
  expect([late.status, faultOf(late)]).toEqual([409, `Rollout ${id} is STOPPED, and nothing comes after that.`]);
  expect(await findCurrentRollout()).toBeNull();
  const next = await send('POST', '', {});
  expect(next.status).toBe(201);
  await send('PUT', `/${idIn(next.body)}`, { status: 'STOPPED' });
});

it('is begun once with an idempotency key, also when the first one has ended', async () => {
  const headers = { 'x-idempotency-key': randomUUID() };
  const again = () => api.call(PATH, { token, method: 'POST', headers, body: { rollout: { max_age: 0 } } });
  const first = await again();
  expect(first.status).toBe(201);
  expect(await again()).toMatchObject({ status: 201, body: first.body });
  await send('PUT', `/${idIn(first.body)}`, { status: 'STOPPED' });
  expect(idIn((await again()).body)).toBe(idIn(first.body));
  expect(await findCurrentRollout()).toBeNull();
});

it('refuses what makes no sense, by the name of the field', async () => {
  const refused = async (rollout: unknown) => faultOf(await send('POST', '', rollout));
  expect(await refused({ image: false, flavor: false })).toContain('one of image, flavor and max_age');
  expect(await refused({ at_once: 0 })).toContain('at_once');
  expect(await refused({ loadbalancer_ids: ['x'] })).toContain('loadbalancer_ids');
  expect(await refused({ images: true })).toContain('images');
  const missing = randomUUID();
  const answer = await send('PUT', `/${missing}`, { status: 'PAUSED' });
  expect([answer.status, faultOf(answer)]).toEqual([404, `Rollout ${missing} not found.`]);
});
