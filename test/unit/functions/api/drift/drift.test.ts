import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import type { DriftCheck } from '../../../../../functions/api/dependencies.ts';
import type { Finding } from '../../../../../lib/models/drift.ts';
import { putDrift, putDriftRound } from '../../../../../lib/repositories/drift.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { faultOf } from '../support/read.ts';

beforeAll(useTable);

const asked: DriftCheck[] = [];
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

it('tells the round, null before the first', async () => {
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

it('hands on who is to be looked at, each once, and refuses those that are not there', async () => {
  const { id } = await storedLoadBalancer({}, 'ACTIVE');
  const post = (drift: unknown) => api.call('/v2.0/octavia/drift', { ...admin, method: 'POST', body: { drift } });
  expect((await post({ loadbalancer_ids: [id, id], repair: true })).status).toBe(202);
  expect(asked).toMatchObject([{ loadbalancer_ids: [id], repair: true, requester: { user_id: expect.any(String) } }]);
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
