import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { Finding } from '../../../../../lib/models/drift.ts';
import {
  endDriftCheck,
  findDriftCheck,
  noteDriftCheck,
  putDrift,
  putDriftRound,
} from '../../../../../lib/repositories/fleet/drift.ts';
import { commitLoadBalancerOperation } from '../../../../../lib/repositories/locks/commits.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { beginStep, getOwnRecord } from '../../../../../lib/repositories/operations/operations.ts';
import { forgetAllDrift } from '../../../../fixtures/drift.ts';
import { requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { ended, flowOf } from '../../../lib/repositories/support/stored.ts';
import { testApi } from '../support/api.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { faultOf } from '../support/read.ts';

beforeAll(useTable);
afterAll(forgetAllDrift);

const asked: string[] = [];
const api = testApi({
  requestDriftCheck: async (check) => {
    asked.push(check);
  },
});
const admin = { token: api.tokenFor('operators', 'admin') };
const finding = (changes: Partial<Finding> = {}): Finding => ({
  kind: 'rule_missing',
  resource: 'security_group',
  resource_id: randomUUID(),
  amphora_id: null,
  expected: 'IPv4 tcp port 80 from anywhere',
  found: 'nothing',
  remedy: 'update',
  ...changes,
});
const now = '2026-11-25T10:00:00.000Z';
const idOf = (body: unknown) => z.object({ id: z.guid() }).parse(body).id;

it('shows the round, null before the first', async () => {
  expect((await api.call('/v2.0/octavia/drift', admin)).body).toEqual({ drift: null });
  await putDriftRound({ started_at: now, ended_at: null, cursor: 'x', checked: 3, skipped: 1, findings: 2 });
  const drift = { started_at: now, ended_at: null, checked: 3, skipped: 1, findings: 2 };
  expect((await api.call('/v2.0/octavia/drift', admin)).body).toEqual({ drift });
});

it('lists each finding by itself, by load balancer, kind and amphora, under an id that stays', async () => {
  const loadBalancer = { loadbalancer_id: randomUUID(), project_id: 'p', seen_at: now, repair: null };
  const amphora_id = randomUUID();
  const lost = finding({ kind: 'server_missing', resource: 'server', amphora_id, remedy: 'failover_amphora' });
  const findings = [finding(), lost].map((one) => ({ ...one, first_seen: now }));
  await putDrift({ ...loadBalancer, findings });
  await putDrift({ ...loadBalancer, loadbalancer_id: randomUUID(), findings: findings.slice(0, 1) });
  const list = async (query: string) => (await api.call(`/v2.0/octavia/drift/findings${query}`, admin)).body.findings;
  expect(await list('')).toHaveLength(3);
  expect(await list(`?loadbalancer_id=${loadBalancer.loadbalancer_id}`)).toHaveLength(2);
  expect(await list('?kind=server_missing')).toMatchObject([{ amphora_id, remedy: 'failover_amphora' }]);
  expect(await list(`?amphora_id=${amphora_id}`)).toEqual(await list('?kind=server_missing'));
});

it('hands on the load balancers to check, each once, and refuses those that are not there', async () => {
  const { id } = await storedLoadBalancer({}, 'ACTIVE');
  const post = (drift: unknown) => api.call('/v2.0/octavia/drift', { ...admin, method: 'POST', body: { drift } });
  const accepted = await post({ loadbalancer_ids: [id, id], repair: true });
  expect(accepted).toMatchObject({
    status: 202,
    body: { drift: { repair: true, ended_at: null, loadbalancers: [{ loadbalancer_id: id, status: 'WAITING' }] } },
  });
  expect(asked).toEqual([idOf(accepted.body.drift)]);
  expect(await findDriftCheck(asked[0] ?? '')).toMatchObject({
    loadbalancer_ids: [id],
    repair: true,
    requester: { user_id: 'user-of-operators', project_id: 'operators' },
    ended_at: null,
  });
  const missing = randomUUID();
  const refused = await post({ loadbalancer_ids: [missing] });
  expect([refused.status, faultOf(refused)]).toEqual([404, `Load Balancer ${missing} not found.`]);
  for (const wrong of [
    {},
    { loadbalancer_ids: [] },
    { loadbalancer_ids: ['x'] },
    { loadbalancer_ids: [id], repai: 1 },
  ]) {
    expect((await post(wrong)).status).toBe(400);
  }
  expect(asked).toHaveLength(1);
});

it('answers what came of a check under its id, for administrators', async () => {
  const [judged, skipped] = [randomUUID(), randomUUID()];
  const check = { id: randomUUID(), loadbalancer_ids: [judged, skipped], repair: true, requester, created_at: now };
  const show = (id: string, as = admin) => api.call(`/v2.0/octavia/drift/checks/${id}`, as);
  await noteDriftCheck({ ...check, ended_at: null, results: [] });
  const operation_id = randomUUID();
  const results = [
    { loadbalancer_id: judged, findings: 2, operation_id },
    { loadbalancer_id: skipped, findings: null, operation_id: null },
  ];
  await endDriftCheck({ ...check, ended_at: now, results });
  // The request may be recorded after the check has been made.
  await noteDriftCheck({ ...check, ended_at: null, results: [] });
  expect((await show(check.id)).body.check).toEqual({
    id: check.id,
    repair: true,
    created_at: now,
    ended_at: now,
    loadbalancers: [
      { loadbalancer_id: judged, status: 'JUDGED', findings: 2, repair_operation_id: operation_id },
      { loadbalancer_id: skipped, status: 'SKIPPED', findings: null, repair_operation_id: null },
    ],
  });
  const missing = randomUUID();
  const refused = await show(missing);
  expect([refused.status, faultOf(refused)]).toEqual([404, `Drift check ${missing} not found.`]);
  expect((await show(check.id, { token: api.tokenFor('p', 'member') })).status).toBe(403);
});

it('repeats the answer of a check for the same idempotency key', async () => {
  const { id } = await storedLoadBalancer({}, 'ACTIVE');
  const headers = { 'x-idempotency-key': randomUUID() };
  const before = asked.length;
  const body = { drift: { loadbalancer_ids: [id] } };
  const post = () => api.call('/v2.0/octavia/drift', { ...admin, method: 'POST', body, headers });
  expect((await post()).body).toEqual((await post()).body);
  // The event of a check that has not ended may have been lost: it is sent again, with the same id.
  const [checkId, ...again] = asked.slice(before);
  expect(again).toEqual([checkId]);
  const check = await findDriftCheck(checkId ?? '');
  if (check === null) throw new Error('the check is not recorded');
  await endDriftCheck({ ...check, ended_at: now });
  await post();
  expect(asked).toHaveLength(before + 2);
});

it('marks findings as repaired when the repair ends, until the next look', async () => {
  const loadBalancer = await storedLoadBalancer({}, 'ACTIVE');
  const request = { flow: 'update-load-balancer' as const, requester };
  const operation = await commitLoadBalancerOperation(loadBalancer.id, request, {
    allowed: ['ACTIVE'],
    to: 'PENDING_UPDATE',
  });
  const drift = {
    loadbalancer_id: loadBalancer.id,
    project_id: 'p',
    seen_at: operation.created_at,
    findings: [{ ...finding(), first_seen: now }],
    repair: { operation_id: operation.id, at: operation.created_at },
  };
  await putDrift(drift);
  const list = async () => {
    const path = `/v2.0/octavia/drift/findings?loadbalancer_id=${loadBalancer.id}`;
    return (await api.call(path, admin)).body.findings;
  };
  expect(await list()).toMatchObject([{ repair_status: 'COMMITTED', repaired_at: null }]);
  const flow = flowOf(operation);
  await beginStep(flow, 'MarkLBActiveInDB', null);
  await settle(flow, ended);
  const { ended_at } = await getOwnRecord(operation.id);
  expect(await list()).toMatchObject([{ repair_status: 'SUCCEEDED', repaired_at: ended_at }]);
  await putDrift({ ...drift, seen_at: new Date(Date.now() + 1_000).toISOString() });
  expect(await list()).toMatchObject([{ repair_status: 'SUCCEEDED', repaired_at: null }]);
});
