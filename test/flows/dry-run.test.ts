import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AnyRoute } from '../../functions/api/request/router.ts';
import { fixtures } from '../unit/lib/tls/fixture.ts';
import { abortExecutions } from './support/abort-executions.ts';
import { type Body, type Method, pool, type Scene, shown, useScene } from './support/dry-run/scene.ts';
import { writes } from './support/dry-run/writes.ts';
import { atRest, everything } from './support/everything.ts';
import { secretOfAlice } from './support/tenant-secret.ts';

const { bench, scene, dryRun, loadBalancer } = useScene();

const fault = z.object({ faultstring: z.string() });
const METHODS = z.enum(['POST', 'PUT', 'DELETE']);

type Refused = readonly [
  what: string,
  status: number,
  method: Method,
  path: (ids: Scene['ids']) => string,
  body: (ids: Scene['ids']) => Body | undefined,
];
const refused: readonly Refused[] = [
  ['a token that may not', 403, 'PUT', (ids) => `/lbaas/loadbalancers/${ids.lb}/failover`, () => undefined],
  ['what is not there', 404, 'DELETE', (ids) => `/lbaas/pools/${ids.amphora}`, () => undefined],
  ['what has children', 400, 'DELETE', (ids) => `/lbaas/loadbalancers/${ids.lb}`, () => undefined],
  [
    'a port that is taken',
    409,
    'POST',
    () => '/lbaas/listeners',
    (ids) => ({ listener: { loadbalancer_id: ids.lb, protocol: 'HTTP', protocol_port: 80 } }),
  ],
  [
    'an address that is taken',
    409,
    'POST',
    (ids) => `/lbaas/pools/${ids.pool}/members`,
    () => ({ member: { address: '127.10.2.9', protocol_port: 80 } }),
  ],
  ['a bad field', 400, 'PUT', (ids) => `/lbaas/pools/${ids.pool}`, () => ({ pool: { lb_algorithm: 'NONE' } })],
  [
    'an address outside of its subnet',
    400,
    'POST',
    () => '/lbaas/loadbalancers',
    () => loadBalancer({ vip_address: '203.0.113.9' }),
  ],
];

describe('a dry run', () => {
  it('is answered by every write of the API, and leaves table and cloud as they are', async () => {
    const { ids, routes } = scene();
    const requests = writes(ids, loadBalancer());
    const before = await everything(bench.cloud());
    const isWrite = ({ method }: AnyRoute) => method !== 'GET' && method !== 'HEAD';
    const did: Record<string, unknown> = {};
    for (const { method, path: pattern } of routes.filter(isWrite)) {
      const key = `${method} ${pattern}`;
      const [path, body] = requests[key] ?? [];
      if (path === undefined) throw new Error(`no dry run of ${key}`);
      const answer = await dryRun(METHODS.parse(method), path, body, { 'x-idempotency-key': 'k' });
      const [first] = answer.status === 200 ? shown(answer).objects : [];
      const done = first === undefined ? 'nothing' : `${first.action} ${first.type}`;
      did[key] = answer.status === 200 ? done : [answer.status, answer.body];
      if (answer.status === requests[key]?.[2]) did[key] = answer.status;
      expect(await everything(bench.cloud()), key).toEqual(before);
    }
    expect(did).toEqual(Object.fromEntries(Object.entries(requests).map(([key, [, , does]]) => [key, does])));
  });

  it('lists the objects of a whole tree that would be made, by names, and their cost', async () => {
    const { ids } = scene();
    const listeners = [
      {
        ...{ protocol: 'HTTP', protocol_port: 8080 },
        default_pool: { ...pool, members: [{ address: '10.77.0.9', protocol_port: 80, subnet_id: ids.subnet }] },
      },
      { protocol: 'UDP', protocol_port: 53 },
    ];
    const body = loadBalancer({ flavor_id: ids.flavor, listeners });
    const run = shown(await dryRun('POST', '/lbaas/loadbalancers', body));
    expect(run.operation).toEqual({ flow: 'create-load-balancer', begins: 'at once', joins: null, waits_for: null });
    const created = run.objects.map(({ action, type }) => `${action} ${type}`);
    expect(created.sort()).toEqual([
      ...['create amphora', 'create amphora', 'create listener', 'create listener'],
      ...['create loadbalancer', 'create member', 'create pool'],
    ]);
    const [own] = run.objects;
    expect(own?.object).toMatchObject({ name: 'n', vip_address: null, provisioning_status: 'PENDING_CREATE' });
    const amphorae = run.objects.filter(({ type }) => type === 'amphora').map(({ id }) => id);
    const names = amphorae.flatMap((id) => [`amphora-${id}`, `octavia-lb-vrrp-${id}`, `octavia-lb-member-${id}`]);
    expect(run.external_resources.map(({ action, name }) => `${action} ${name}`).sort()).toEqual(
      [...names, `lb-${own?.id}`, `octavia-lb-${own?.id}`].map((name) => `create ${name}`).sort(),
    );
    const costs = run.quota?.resources.map(({ resource, before, after }) => [resource, after - before]);
    expect(costs).toEqual([
      ['load_balancer', 1],
      ['listener', 2],
      ['pool', 1],
      ['member', 1],
    ]);
    expect(run.configuration.map(({ file }) => file.replace(/-[0-9a-f]{8}.*/, '')).sort()).toEqual([
      ...['haproxy.cfg', 'haproxy.cfg', 'keepalivedlvs', 'keepalivedlvs'],
    ]);
    const diff = run.configuration.find(({ file }) => file === 'haproxy.cfg')?.diff ?? '';
    expect(diff).toContain('--- /dev/null\n+++ b/haproxy.cfg\n@@ -0,0 +1,');
    expect(diff).toContain(`+    bind <address on ${bench.cloud().facts.vipSubnetId}>:8080`);
    expect(diff).toMatch(/\+ {4}server \S+ 10\.77\.0\.9:80/);
  });

  it('takes a spare, and builds none', async () => {
    const { ids } = scene();
    const run = shown(await dryRun('POST', '/lbaas/loadbalancers', loadBalancer()));
    const [own, amphora] = run.objects;
    expect(amphora).toMatchObject({ action: 'update', type: 'amphora', id: ids.loneAmphora });
    expect(amphora?.changes).toEqual({ loadbalancer_id: { before: null, after: own?.id } });
    expect(run.external_resources.map(({ action, name }) => `${action} ${name}`).sort()).toEqual([
      ...[`create lb-${own?.id}`, `create octavia-lb-${own?.id}`, `create octavia-lb-vrrp-${ids.loneAmphora}`],
      `update amphora-${ids.loneAmphora}`,
    ]);
  });

  it('shows the result: the configuration, the port in a further network, the counters', async () => {
    const { alice, ids, operator } = scene();
    const member = { address: '10.77.0.9', protocol_port: 80, subnet_id: ids.subnet };
    const path = `/lbaas/pools/${ids.pool}/members`;
    const run = shown(await dryRun('POST', path, { member }));
    const [amphora] = await bench.amphorae(String(ids.lb));
    if (amphora === undefined) throw new Error('there is no amphora');
    const read = async () => bench.lib().amphoraDriver().getHaproxyConfig(bench.agentOf(amphora), String(ids.lb));
    const usage = async () => (await import('../../lib/repositories/quotas/usage.ts')).lookAtUsage(String(ids.project));
    const [text, { inUse }] = [await read(), await usage()];

    const { status, body } = await operator.call('POST', `/v2.0${path}`, { member });
    expect(status).toBe(201);
    await alice.settled(String(ids.lb));

    const { unifiedDiff } = await import('../../functions/api/dry-run/unified-diff.ts');
    const { id } = z.object({ member: z.object({ id: z.string() }) }).parse(body).member;
    const [created] = run.objects;
    const announced = run.configuration.map(({ diff }) => diff.replaceAll(String(created?.id), id));
    expect(announced).toEqual([unifiedDiff('haproxy.cfg', text, await read())]);
    const port = run.external_resources.find(({ kind }) => kind === 'port');
    expect(port).toMatchObject({ action: 'create', name: `octavia-lb-member-${amphora.id}` });
    const there = [...bench.cloud().state.ports.values()].filter(({ name }) => name === port?.name);
    expect(there.map(({ network_id }) => network_id)).toEqual([port?.network_id]);
    expect(run.quota?.resources).toEqual([
      { resource: 'member', before: inUse?.member, after: (await usage()).inUse?.member, limit: -1 },
    ]);
  });

  it('names a change of listeners with the rules that let their traffic in, and no PEM', async () => {
    const { alice, ids } = scene();
    const reference = await secretOfAlice(bench.cloud(), fixtures('leaf.pem', 'chain.pem', 'leaf-key.pem'));
    const before = await everything(bench.cloud());
    const listener = {
      ...{ loadbalancer_id: ids.lb, protocol: 'TERMINATED_HTTPS', protocol_port: 443 },
      default_tls_container_ref: reference,
    };
    const answer = await alice.call('POST', '/v2.0/lbaas/listeners?dry_run=true', { listener });
    const run = shown(answer);
    expect(run.external_resources).toEqual([
      { action: 'update', kind: 'security_group', name: `lb-${ids.lb}`, network_id: null },
    ]);
    expect(run.configuration[0]?.diff).toMatch(/\+ {4}bind .*:443 ssl crt-list/);
    expect(JSON.stringify(answer.body)).not.toMatch(/BEGIN|PRIVATE/);
    expect(await everything(bench.cloud())).toEqual(before);
  });

  it('lays nothing aside of a change with more rows than a transaction takes', async () => {
    const { ids } = scene();
    const before = await everything(bench.cloud());
    const members = Array.from({ length: 120 }, (_none, index) => ({
      address: `127.10.3.${index + 1}`,
      protocol_port: 80,
    }));
    const run = shown(await dryRun('PUT', `/lbaas/pools/${ids.lone}/members`, { members }));
    expect(run.objects.filter(({ action, type }) => action === 'create' && type === 'member')).toHaveLength(120);
    expect(run.quota?.resources).toMatchObject([{ resource: 'member' }]);
    expect(await everything(bench.cloud())).toEqual(before);
  });

  it('joins the operation that runs, and brings back what is in ERROR', async () => {
    const { ids } = scene();
    const { documents, tableName } = await import('../../lib/repositories/table/client.ts');
    const { loadBalancerKey } = await import('../../lib/repositories/table/keys.ts');
    const { tree } = await bench.lib().readTree(String(ids.lb));
    const lock = { operation_id: ids.operation, fence: 1, flow: 'apply-changes', closing: false, acquired_at: 'now' };
    const write = (status: string, held: object | null) =>
      documents().send(
        new UpdateCommand({
          TableName: tableName(),
          Key: loadBalancerKey(tree.load_balancer.id),
          UpdateExpression: 'SET #lock = :lock, provisioning_status = :status',
          ExpressionAttributeNames: { '#lock': 'lock' },
          ExpressionAttributeValues: { ':lock': held, ':status': status },
        }),
      );
    await write('PENDING_UPDATE', lock);
    const path = `/lbaas/pools/${ids.pool}`;
    const run = shown(await dryRun('PUT', path, { pool: { lb_algorithm: 'SOURCE_IP' } }));
    await write('ERROR', null);
    const restoring = shown(await dryRun('PUT', path, { pool: { lb_algorithm: 'SOURCE_IP' } }));
    await write('ACTIVE', tree.load_balancer.lock);
    expect(restoring.operation).toMatchObject({ flow: 'restore-load-balancer', begins: 'at once' });
    expect(restoring.configuration).toEqual(run.configuration);
    expect(run.operation).toEqual({
      ...{ flow: 'apply-changes', begins: 'joins', joins: ids.operation, waits_for: null },
    });
    const changes = { lb_algorithm: { before: 'ROUND_ROBIN', after: 'SOURCE_IP' } };
    expect(run.objects).toEqual([{ action: 'update', type: 'pool', id: ids.pool, object: null, changes }]);
    expect(run.configuration[0]?.diff).toContain('\n-    balance roundrobin\n+    balance source\n');
  });

  it('waits for a limit, and carries on what an operator begins again', async () => {
    const { alice } = scene();
    // The first one takes the spare, so that none is built.
    const first = await alice.create({ vip_subnet_id: bench.cloud().facts.vipSubnetId });
    await alice.settled(first.id);
    const { id, ...lost } = await alice.create({ vip_subnet_id: bench.cloud().facts.vipSubnetId });
    expect(lost.provisioning_status).toBe('PENDING_CREATE');
    const waiting = shown(await dryRun('POST', '/lbaas/loadbalancers', loadBalancer()));
    expect(waiting.operation).toMatchObject({ begins: 'waits', waits_for: { limit: 'builds', position: 1 } });
    await expect.poll(() => abortExecutions(bench.stack(), 'create-load-balancer')).toBe(1);
    const [operation] = await bench.lib().listOperations(id);
    const before = await atRest(bench.cloud());
    const run = shown(await dryRun('POST', `/lbaas/operations/${operation?.id}/redrive`));
    expect(run.operation).toMatchObject({ flow: 'create-load-balancer' });
    expect(await everything(bench.cloud())).toEqual(before);
  });

  it('previews a roll-out, once there is room for one', async () => {
    const { ids, operator } = scene();
    await operator.call('PUT', `/v2.0/octavia/rollouts/${ids.rollout}`, { rollout: { status: 'STOPPED' } });
    const before = await everything(bench.cloud());
    const { objects } = shown(await dryRun('POST', '/octavia/rollouts', { rollout: { at_once: 3 } }));
    expect(objects).toMatchObject([{ action: 'create', type: 'rollout', object: { at_once: 3, status: 'RUNNING' } }]);
    expect(await everything(bench.cloud())).toEqual(before);
  });

  it.each(refused)('is refused as the request is for %s', async (_what, status, method, path, body) => {
    const { alice, ids } = scene();
    const [dry, real] = await Promise.all([
      alice.call(method, `/v2.0${path(ids)}?dry_run=true`, body(ids)),
      alice.call(method, `/v2.0${path(ids)}`, body(ids)),
    ]);
    expect([dry.status, real.status]).toEqual([status, status]);
    if (!JSON.stringify(body(ids) ?? null).includes('203.0.113.9')) expect(dry.body).toEqual(real.body);
  });

  it('is refused for the quota, also where no counter exists yet', async () => {
    const { operator } = scene();
    const body = loadBalancer({ project_id: bench.cloud().facts.serviceProjectId });
    const path = `/v2.0/lbaas/quotas/${bench.cloud().facts.serviceProjectId}`;
    await operator.call('PUT', path, { quota: { load_balancer: 0 } });
    const [dry, real] = [
      await dryRun('POST', '/lbaas/loadbalancers', body),
      await operator.call('POST', '/v2.0/lbaas/loadbalancers', body),
    ];
    expect([dry.status, dry.body]).toEqual([403, real.body]);
  });

  it('is one with true only: false does it, and another word is refused by its name', async () => {
    const { alice, ids } = scene();
    const path = `/v2.0/lbaas/pools/${ids.lone}`;
    const odd = await alice.call('PUT', `${path}?dry_run=perhaps`, { pool: { name: 'x' } });
    const torn = await alice.call('PUT', `${path}?dry_run=true&dry_run=false`, { pool: { name: 'x' } });
    expect([odd.status, fault.parse(odd.body).faultstring]).toEqual([
      400,
      'perhaps is not a valid option for dry_run: use true or false',
    ]);
    expect(torn.status).toBe(400);
    const real = await alice.call('PUT', `${path}?dry_run=false`, { pool: { name: 'y' } });
    expect([real.status, real.body]).toMatchObject([200, { pool: { name: 'y' } }]);
  });
});
