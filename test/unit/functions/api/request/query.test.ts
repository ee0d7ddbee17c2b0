import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { isWrite, lenientFlag } from '../../../../../functions/api/request/query.ts';
import type { AnyRoute } from '../../../../../functions/api/request/router.ts';
import { findLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { faultOf } from '../support/read.ts';

beforeAll(useTable);

const api = testApi();
const token = api.tokenFor('mine', 'admin');
const writes = api.routes.filter(isWrite);
const pathOf = ({ path }: AnyRoute): string => `/v2.0${path.replaceAll(/\{[^}]+\}/g, randomUUID())}`;

describe('a query parameter of a write', () => {
  it.each([
    ...['dryrun=true', 'DRY_RUN=true', 'dry-run=true', 'dry_run[]=true', 'dry_run%20=true', 'bogus', 'name=x'],
    ...['cascade=true', 'fields=id', 'project_id=mine'],
  ])('is refused by name, before the body and the object are looked at: %s', async (query) => {
    const [name = ''] = new URLSearchParams(query).keys();
    const strangers = writes.filter((route) => !route.query?.some((known) => known === name));
    expect(strangers.length).toBeGreaterThan(35);
    for (const route of strangers) {
      const answer = await api.call(`${pathOf(route)}?${query}`, { method: route.method, token });
      const what = `${route.method} ${route.path}`;
      expect([answer.status, faultOf(answer)], what).toEqual([400, `Unknown argument: "${name}"`]);
    }
  });

  it('deletes nothing when a dry run is misspelt', async () => {
    const { id } = await storedLoadBalancer({ project_id: 'mine' });
    const answer = await api.call(`/v2.0/lbaas/loadbalancers/${id}?dryrun=true`, { method: 'DELETE', token });
    expect(answer.status).toBe(400);
    expect(await findLoadBalancer(id)).toMatchObject({ provisioning_status: 'ACTIVE', lock: null });
  });

  it('is named with all others that are unknown', async () => {
    const answer = await api.call('/v2.0/lbaas/pools?a=1&b=2&a=3', { method: 'POST', token });
    expect(faultOf(answer)).toBe('Unknown argument: "a", "b"');
  });

  it('is refused when it is given twice', async () => {
    const path = `/v2.0/lbaas/loadbalancers/${randomUUID()}?cascade=false&cascade=true`;
    const answer = await api.call(path, { method: 'DELETE', token });
    expect([answer.status, faultOf(answer)]).toEqual([400, 'Argument given more than once: "cascade"']);
  });

  it('needs a token first', async () => {
    expect((await api.call('/v2.0/lbaas/pools?dryrun=true', { method: 'POST' })).status).toBe(401);
  });
});

describe('dry_run', () => {
  it.each(['yes', 'on', 'TRUE', 'no', '1', '', 'true '])('is true or false, and not %j', async (word) => {
    const query = new URLSearchParams({ dry_run: word });
    for (const route of writes) {
      const answer = await api.call(`${pathOf(route)}?${query}`, { method: route.method, token });
      expect([answer.status, faultOf(answer)]).toEqual([
        400,
        `${word} is not a valid option for dry_run: use true or false`,
      ]);
    }
  });
});

describe('cascade and additive_only', () => {
  it.each([
    ['true', true],
    ['YES', true],
    ['on', true],
    [' 1 ', true],
    ['false', false],
    ['0', false],
    ['bogus', false],
    ['', false],
  ])('as upstream, %j means %s', (word, meant) => {
    for (const name of ['cascade', 'additive_only'] as const) {
      expect(lenientFlag(new URLSearchParams({ [name]: word }), name)).toBe(meant);
    }
    expect(lenientFlag(new URLSearchParams(), 'cascade')).toBe(false);
  });
});

describe('a query parameter of a read', () => {
  it.each([
    `/v2.0/lbaas/loadbalancers/${randomUUID()}/status`,
    `/v2.0/lbaas/loadbalancers/${randomUUID()}/statuses`,
    `/v2.0/lbaas/loadbalancers/${randomUUID()}/stats`,
    `/v2.0/lbaas/listeners/${randomUUID()}/stats`,
    '/v2.0/lbaas/quotas/mine',
    '/v2.0/lbaas/quotas/mine/default',
  ])('is refused where upstream refuses it: %s', async (path) => {
    const answer = await api.call(`${path}?bogus=1`, { token });
    expect([answer.status, faultOf(answer)]).toEqual([400, 'Unknown argument: "bogus"']);
  });

  it('is ignored where one object is shown, as upstream', async () => {
    const { id } = await storedLoadBalancer({ project_id: 'mine' });
    expect((await api.call(`/v2.0/lbaas/loadbalancers/${id}?bogus=1`, { token })).status).toBe(200);
  });
});

describe('a filter of a list', () => {
  it('is named when it is unknown', async () => {
    const answer = await api.call('/v2.0/lbaas/loadbalancers?bogus=1&name=x&other=2', { token });
    expect([answer.status, faultOf(answer)]).toEqual([
      400,
      'One or more arguments are either duplicate or invalid: bogus, other',
    ]);
  });

  it('of records, roll-outs and findings takes the values there are, and names them', async () => {
    const { id } = await storedLoadBalancer({ project_id: 'mine' });
    const operations = await api.call(`/v2.0/lbaas/loadbalancers/${id}/operations?status=FAIL`, { token });
    expect(operations.status).toBe(400);
    expect(faultOf(operations)).toMatch(/^FAIL is not a valid option for status: use one of .*\bFAILED\b/);
    for (const query of ['rollouts?status=x', 'drift/findings?kind=x', 'drift/findings?remedy=x']) {
      const answer = await api.call(`/v2.0/octavia/${query}`, { token });
      expect([answer.status, faultOf(answer)]).toEqual([400, expect.stringMatching(/^x is not a valid option for /)]);
    }
    expect((await api.call(`/v2.0/lbaas/loadbalancers/${id}/operations?status=FAILED`, { token })).status).toBe(200);
  });
});
