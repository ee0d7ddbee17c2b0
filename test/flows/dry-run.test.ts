import { setTimeout as pause } from 'node:timers/promises';
import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { request } from 'undici';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type DryRunView, dryRunShape } from '../../functions/api/dry-run/shape.ts';
import type { AnyRoute } from '../../functions/api/router.ts';
import type { Answer, LoadBalancerApi } from '../cloud/load-balancer-api.ts';
import { signIn, tenant } from '../helpers/tenant.ts';
import { fixtures } from '../unit/lib/drivers/certificate/fixture.ts';
import { abortExecutions } from './support/abort-executions.ts';
import { useBench } from './support/bench.ts';
import { cloudThings } from './support/cloud-things.ts';

// Nothing but the test carries on what has lost its execution.
const bench = useBench({
  bootDelayMs: 300,
  executionEvents: false,
  settings: { BUILD_RATE_LIMIT: '1', SPARE_AMPHORA_POOL_SIZE: '1' },
});
const things = cloudThings();

type Method = Parameters<LoadBalancerApi['call']>[0];
type Body = Readonly<Record<string, unknown>>;
type Ids = Readonly<Record<string, string>>;

const fault = z.object({ faultstring: z.string() });
const METHODS = z.enum(['POST', 'PUT', 'DELETE']);

let operator: LoadBalancerApi;
let alice: LoadBalancerApi;
let ids: Ids;
let routes: readonly AnyRoute[];

/** Every row of the table, and everything in the cloud but its clock and its tokens. */
const everything = async () => {
  const { documents, tableName } = await import('../../lib/repositories/table/client.ts');
  const rows: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents().send(
      new ScanCommand({ TableName: tableName(), ConsistentRead: true, ExclusiveStartKey: from }),
    );
    rows.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  const { ports, securityGroups, securityGroupRules, servers, serverGroups, secrets } = bench.cloud().state;
  const cloud = [ports, securityGroups, securityGroupRules, servers, serverGroups, secrets].map((things) => [
    ...things,
  ]);
  return { rows: rows.map((row) => JSON.stringify(row)).sort(), cloud: JSON.stringify(cloud) };
};

/** The same once the functions of what was aborted have come to their ends. */
const atRest = async () => {
  let now = await everything();
  const isStill = async () => {
    const before = now;
    await pause(1_000);
    now = await everything();
    return JSON.stringify(now) === JSON.stringify(before);
  };
  await expect.poll(isStill, { timeout: 15_000 }).toBe(true);
  return now;
};

const aSecret = z.object({ secret_ref: z.string() });

/** A secret that is not shared with the worker yet. */
const secretOfAlice = async (payload: Uint8Array): Promise<string> => {
  const { authUrl } = bench.cloud();
  const answer = await request(new URL('/key-manager/v1/secrets', authUrl), {
    method: 'POST',
    headers: { 'x-auth-token': await signIn(authUrl, 'alice', 'project-a'), 'content-type': 'application/json' },
    body: JSON.stringify({
      payload: Buffer.from(payload).toString('base64'),
      payload_content_type: 'application/octet-stream',
      payload_content_encoding: 'base64',
    }),
  });
  return aSecret.parse(await answer.body.json()).secret_ref;
};

const made = async (api: LoadBalancerApi, path: string, wrapper: string, fields: Body): Promise<string> => {
  const { status, body } = await api.call('POST', `/v2.0/lbaas/${path}`, { [wrapper]: fields });
  if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  const object = z.record(z.string(), z.looseObject({ id: z.string().optional(), name: z.string().optional() }));
  const shown = object.parse(body)[wrapper];
  return shown?.id ?? shown?.name ?? '';
};

const pool = { name: 'p', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };

beforeAll(async () => {
  [alice, operator] = await Promise.all([tenant(bench.stack()), tenant(bench.stack(), 'admin')]);
  const { id: lb } = await alice.create({ name: 'lb', vip_subnet_id: bench.cloud().facts.vipSubnetId });
  await alice.settled(lb);
  const listener = await made(alice, 'listeners', 'listener', {
    ...{ loadbalancer_id: lb, protocol: 'HTTP', protocol_port: 80 },
    default_pool: { ...pool, members: [{ address: '127.10.2.9', protocol_port: 80 }] },
    l7policies: [{ action: 'REJECT', rules: [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/no' }] }],
  });
  await alice.settled(lb);
  const lone = await made(alice, 'pools', 'pool', { ...pool, name: 'lone', loadbalancer_id: lb });
  await alice.settled(lb);
  const { tree } = { tree: await bench.lib().getTree(lb) };
  const monitor = { pool_id: tree.listeners[0]?.default_pool_id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2 };
  const healthmonitor = await made(alice, 'healthmonitors', 'healthmonitor', monitor);
  await alice.settled(lb);
  const flavorprofile = await made(operator, 'flavorprofiles', 'flavorprofile', {
    ...{ name: 'fp', provider_name: 'amphora', flavor_data: '{"loadbalancer_topology": "ACTIVE_STANDBY"}' },
  });
  const flavor = await made(operator, 'flavors', 'flavor', { name: 'f', flavor_profile_id: flavorprofile });
  const spare = await made(operator, 'flavorprofiles', 'flavorprofile', {
    ...{ name: 'unused', provider_name: 'amphora', flavor_data: '{}' },
  });
  const zoneprofile = await made(operator, 'availabilityzoneprofiles', 'availability_zone_profile', {
    ...{ name: 'zp', provider_name: 'amphora', availability_zone_data: '{}' },
  });
  const sparezone = await made(operator, 'availabilityzoneprofiles', 'availability_zone_profile', {
    ...{ name: 'unused', provider_name: 'amphora', availability_zone_data: '{}' },
  });
  const zone = await made(operator, 'availabilityzones', 'availability_zone', {
    ...{ name: 'z', availability_zone_profile_id: zoneprofile },
  });
  const begun = await operator.call('POST', '/v2.0/octavia/rollouts', { rollout: {} });
  const { id: rollout } = z.object({ rollout: z.object({ id: z.string() }) }).parse(begun.body).rollout;
  const amphora = await bench.worker().createAmphora();
  await amphora.wait();
  const [operation] = await bench.lib().listOperations(lb);
  ids = {
    ...{ lb, listener, lone, healthmonitor, flavor, flavorprofile, spare, zone, zoneprofile, sparezone, rollout },
    ...{ pool: String(tree.listeners[0]?.default_pool_id), member: String(tree.members[0]?.id) },
    ...{ l7policy: String(tree.l7_policies[0]?.id), rule: String(tree.l7_rules[0]?.id) },
    ...{ amphora: String(tree.amphorae[0]?.id), loneAmphora: amphora.resourceId, operation: String(operation?.id) },
    ...{ project: tree.load_balancer.project_id, subnet: await things.subnet('10.77.0.0/24') },
  };
  ({ routes } = await import('../../functions/api/handler.ts'));
}, 60_000);

const rehearse = (method: Method, path: string, body?: Body, headers = {}): Promise<Answer> =>
  operator.call(method, `/v2.0${path}${path.includes('?') ? '&' : '?'}dry_run=true`, body, headers);

const shown = ({ status, body }: Answer): DryRunView => {
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return dryRunShape.parse(body).dry_run;
};

const loadBalancer = (more: Body = {}) => ({
  loadbalancer: { name: 'n', project_id: ids.project, vip_subnet_id: bench.cloud().facts.vipSubnetId, ...more },
});

/** For each write of the API, what is asked for, and what it would do first: an action, or the code that refuses it. */
const writes = (): Readonly<
  Record<string, readonly [path: string, body: Body | undefined, does: string | number]>
> => ({
  'POST /lbaas/loadbalancers': ['/lbaas/loadbalancers', loadBalancer(), 'create loadbalancer'],
  'PUT /lbaas/loadbalancers/{id}': [
    `/lbaas/loadbalancers/${ids.lb}`,
    { loadbalancer: { deletion_protected: true } },
    'update loadbalancer',
  ],
  'DELETE /lbaas/loadbalancers/{id}': [`/lbaas/loadbalancers/${ids.lb}?cascade=true`, undefined, 'delete loadbalancer'],
  'PUT /lbaas/loadbalancers/{id}/failover': [`/lbaas/loadbalancers/${ids.lb}/failover`, undefined, 'update amphora'],
  'POST /lbaas/listeners': [
    '/lbaas/listeners',
    { listener: { loadbalancer_id: ids.lb, protocol: 'TCP', protocol_port: 81 } },
    'create listener',
  ],
  'PUT /lbaas/listeners/{id}': [
    `/lbaas/listeners/${ids.listener}`,
    { listener: { connection_limit: 7 } },
    'update listener',
  ],
  'DELETE /lbaas/listeners/{id}': [`/lbaas/listeners/${ids.listener}`, undefined, 'delete listener'],
  'POST /lbaas/pools': ['/lbaas/pools', { pool: { ...pool, loadbalancer_id: ids.lb } }, 'create pool'],
  'PUT /lbaas/pools/{id}': [`/lbaas/pools/${ids.pool}`, { pool: { lb_algorithm: 'SOURCE_IP' } }, 'update pool'],
  'DELETE /lbaas/pools/{id}': [`/lbaas/pools/${ids.lone}`, undefined, 'delete pool'],
  'POST /lbaas/pools/{pool_id}/members': [
    `/lbaas/pools/${ids.pool}/members`,
    { member: { address: '127.10.2.10', protocol_port: 80 } },
    'create member',
  ],
  'PUT /lbaas/pools/{pool_id}/members': [
    `/lbaas/pools/${ids.pool}/members`,
    { members: [{ address: '127.10.2.11', protocol_port: 80 }] },
    'create member',
  ],
  'PUT /lbaas/pools/{pool_id}/members/{id}': [
    `/lbaas/pools/${ids.pool}/members/${ids.member}`,
    { member: { weight: 7 } },
    'update member',
  ],
  'DELETE /lbaas/pools/{pool_id}/members/{id}': [
    `/lbaas/pools/${ids.pool}/members/${ids.member}`,
    undefined,
    'delete member',
  ],
  'POST /lbaas/healthmonitors': [
    '/lbaas/healthmonitors',
    { healthmonitor: { pool_id: ids.lone, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2 } },
    'create healthmonitor',
  ],
  'PUT /lbaas/healthmonitors/{id}': [
    `/lbaas/healthmonitors/${ids.healthmonitor}`,
    { healthmonitor: { delay: 9 } },
    'update healthmonitor',
  ],
  'DELETE /lbaas/healthmonitors/{id}': [
    `/lbaas/healthmonitors/${ids.healthmonitor}`,
    undefined,
    'delete healthmonitor',
  ],
  'POST /lbaas/l7policies': [
    '/lbaas/l7policies',
    { l7policy: { listener_id: ids.listener, action: 'REJECT' } },
    'create l7policy',
  ],
  'PUT /lbaas/l7policies/{id}': [`/lbaas/l7policies/${ids.l7policy}`, { l7policy: { name: 'x' } }, 'update l7policy'],
  'DELETE /lbaas/l7policies/{id}': [`/lbaas/l7policies/${ids.l7policy}`, undefined, 'delete l7policy'],
  'POST /lbaas/l7policies/{l7policy_id}/rules': [
    `/lbaas/l7policies/${ids.l7policy}/rules`,
    { rule: { type: 'PATH', compare_type: 'STARTS_WITH', value: '/never' } },
    'create l7rule',
  ],
  'PUT /lbaas/l7policies/{l7policy_id}/rules/{id}': [
    `/lbaas/l7policies/${ids.l7policy}/rules/${ids.rule}`,
    { rule: { value: '/other' } },
    'update l7rule',
  ],
  'DELETE /lbaas/l7policies/{l7policy_id}/rules/{id}': [
    `/lbaas/l7policies/${ids.l7policy}/rules/${ids.rule}`,
    undefined,
    'delete l7rule',
  ],
  'POST /lbaas/flavors': [
    '/lbaas/flavors',
    { flavor: { name: 'g', flavor_profile_id: ids.flavorprofile } },
    'create flavor',
  ],
  'PUT /lbaas/flavors/{id}': [`/lbaas/flavors/${ids.flavor}`, { flavor: { name: 'h' } }, 'update flavor'],
  'DELETE /lbaas/flavors/{id}': [`/lbaas/flavors/${ids.flavor}`, undefined, 'delete flavor'],
  'POST /lbaas/flavorprofiles': [
    '/lbaas/flavorprofiles',
    { flavorprofile: { name: 'q', provider_name: 'amphora', flavor_data: '{}' } },
    'create flavorprofile',
  ],
  'PUT /lbaas/flavorprofiles/{id}': [
    `/lbaas/flavorprofiles/${ids.spare}`,
    { flavorprofile: { name: 'r' } },
    'update flavorprofile',
  ],
  'DELETE /lbaas/flavorprofiles/{id}': [`/lbaas/flavorprofiles/${ids.spare}`, undefined, 'delete flavorprofile'],
  'POST /lbaas/availabilityzones': [
    '/lbaas/availabilityzones',
    { availability_zone: { name: 'y', availability_zone_profile_id: ids.zoneprofile } },
    'create availability_zone',
  ],
  'PUT /lbaas/availabilityzones/{id}': [
    `/lbaas/availabilityzones/${ids.zone}`,
    { availability_zone: { enabled: false } },
    'update availability_zone',
  ],
  'DELETE /lbaas/availabilityzones/{id}': [
    `/lbaas/availabilityzones/${ids.zone}`,
    undefined,
    'delete availability_zone',
  ],
  'POST /lbaas/availabilityzoneprofiles': [
    '/lbaas/availabilityzoneprofiles',
    { availability_zone_profile: { name: 'q', provider_name: 'amphora', availability_zone_data: '{}' } },
    'create availability_zone_profile',
  ],
  'PUT /lbaas/availabilityzoneprofiles/{id}': [
    `/lbaas/availabilityzoneprofiles/${ids.sparezone}`,
    { availability_zone_profile: { name: 'r' } },
    'update availability_zone_profile',
  ],
  'DELETE /lbaas/availabilityzoneprofiles/{id}': [
    `/lbaas/availabilityzoneprofiles/${ids.sparezone}`,
    undefined,
    'delete availability_zone_profile',
  ],
  'PUT /lbaas/quotas/{project_id}': [`/lbaas/quotas/${ids.project}`, { quota: { member: 7 } }, 'update quota'],
  // It has no limits of its own: nothing would change.
  'DELETE /lbaas/quotas/{project_id}': [`/lbaas/quotas/${ids.project}`, undefined, 'nothing'],
  'DELETE /octavia/amphorae/{id}': [`/octavia/amphorae/${ids.loneAmphora}`, undefined, 'delete amphora'],
  'PUT /octavia/amphorae/{id}/failover': [`/octavia/amphorae/${ids.amphora}/failover`, undefined, 'update amphora'],
  'PUT /octavia/amphorae/{id}/config': [`/octavia/amphorae/${ids.amphora}/config`, undefined, 'nothing'],
  'POST /octavia/drift': ['/octavia/drift', { drift: { loadbalancer_ids: [ids.lb] } }, 'nothing'],
  // Another goes on. What one would begin with is in a test of its own.
  'POST /octavia/rollouts': ['/octavia/rollouts', { rollout: {} }, 409],
  'POST /octavia/rollouts/preview': ['/octavia/rollouts/preview', { rollout: {} }, 'nothing'],
  'PUT /octavia/rollouts/{id}': [`/octavia/rollouts/${ids.rollout}`, { rollout: { at_once: 3 } }, 'update rollout'],
  // At rest. What can be redriven is in a test of its own.
  'POST /lbaas/operations/{id}/redrive': [`/lbaas/operations/${ids.operation}/redrive`, undefined, 409],
});

type Refused = readonly [
  what: string,
  status: number,
  method: Method,
  path: () => string,
  body: () => Body | undefined,
];
const refused: readonly Refused[] = [
  ['a token that may not', 403, 'PUT', () => `/lbaas/loadbalancers/${ids.lb}/failover`, () => undefined],
  ['what is not there', 404, 'DELETE', () => `/lbaas/pools/${ids.amphora}`, () => undefined],
  ['what has children', 400, 'DELETE', () => `/lbaas/loadbalancers/${ids.lb}`, () => undefined],
  [
    'a port that is taken',
    409,
    'POST',
    () => '/lbaas/listeners',
    () => ({ listener: { loadbalancer_id: ids.lb, protocol: 'HTTP', protocol_port: 80 } }),
  ],
  [
    'an address that is taken',
    409,
    'POST',
    () => `/lbaas/pools/${ids.pool}/members`,
    () => ({ member: { address: '127.10.2.9', protocol_port: 80 } }),
  ],
  ['a bad field', 400, 'PUT', () => `/lbaas/pools/${ids.pool}`, () => ({ pool: { lb_algorithm: 'NONE' } })],
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
    const requests = writes();
    const before = await everything();
    const isWrite = ({ method }: AnyRoute) => method !== 'GET' && method !== 'HEAD';
    const did: Record<string, unknown> = {};
    for (const { method, path: pattern } of routes.filter(isWrite)) {
      const key = `${method} ${pattern}`;
      const [path, body] = requests[key] ?? [];
      if (path === undefined) throw new Error(`nobody rehearses ${key}`);
      const answer = await rehearse(METHODS.parse(method), path, body, { 'x-idempotency-key': 'k' });
      const [first] = answer.status === 200 ? shown(answer).objects : [];
      const done = first === undefined ? 'nothing' : `${first.action} ${first.type}`;
      did[key] = answer.status === 200 ? done : [answer.status, answer.body];
      if (answer.status === requests[key]?.[2]) did[key] = answer.status;
      expect(await everything(), key).toEqual(before);
    }
    expect(did).toEqual(Object.fromEntries(Object.entries(requests).map(([key, [, , does]]) => [key, does])));
  }, 60_000);

  it('tells of a whole tree what would be made, by names, and what it costs', async () => {
    const listeners = [
      {
        ...{ protocol: 'HTTP', protocol_port: 8080 },
        default_pool: { ...pool, members: [{ address: '10.77.0.9', protocol_port: 80, subnet_id: ids.subnet }] },
      },
      { protocol: 'UDP', protocol_port: 53 },
    ];
    const body = loadBalancer({ flavor_id: ids.flavor, listeners });
    const run = shown(await rehearse('POST', '/lbaas/loadbalancers', body));
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
    const run = shown(await rehearse('POST', '/lbaas/loadbalancers', loadBalancer()));
    const [own, amphora] = run.objects;
    expect(amphora).toMatchObject({ action: 'update', type: 'amphora', id: ids.loneAmphora });
    expect(amphora?.changes).toEqual({ loadbalancer_id: { before: null, after: own?.id } });
    expect(run.external_resources.map(({ action, name }) => `${action} ${name}`).sort()).toEqual([
      ...[`create lb-${own?.id}`, `create octavia-lb-${own?.id}`, `create octavia-lb-vrrp-${ids.loneAmphora}`],
      `update amphora-${ids.loneAmphora}`,
    ]);
  });

  it('tells what then happens: the configuration, the port in a further network, the counters', async () => {
    const member = { address: '10.77.0.9', protocol_port: 80, subnet_id: ids.subnet };
    const path = `/lbaas/pools/${ids.pool}/members`;
    const run = shown(await rehearse('POST', path, { member }));
    const [amphora] = await bench.amphorae(String(ids.lb));
    if (amphora === undefined) throw new Error('there is no amphora');
    const read = async () => bench.lib().amphoraDriver().getHaproxyConfig(bench.agentOf(amphora), String(ids.lb));
    const usage = async () => (await import('../../lib/repositories/usage.ts')).readUsage(String(ids.project));
    const [text, { inUse }] = [await read(), await usage()];

    const { status, body } = await operator.call('POST', `/v2.0${path}`, { member });
    expect(status).toBe(201);
    await alice.settled(String(ids.lb));

    const { unifiedDiff } = await import('../../functions/api/dry-run/unified-diff.ts');
    const { id } = z.object({ member: z.object({ id: z.string() }) }).parse(body).member;
    const [created] = run.objects;
    const rehearsed = run.configuration.map(({ diff }) => diff.replaceAll(String(created?.id), id));
    expect(rehearsed).toEqual([unifiedDiff('haproxy.cfg', text, await read())]);
    const port = run.external_resources.find(({ kind }) => kind === 'port');
    expect(port).toMatchObject({ action: 'create', name: `octavia-lb-member-${amphora.id}` });
    const there = [...bench.cloud().state.ports.values()].filter(({ name }) => name === port?.name);
    expect(there.map(({ network_id }) => network_id)).toEqual([port?.network_id]);
    expect(run.quota?.resources).toEqual([
      { resource: 'member', before: inUse?.member, after: (await usage()).inUse?.member, limit: -1 },
    ]);
  });

  it('names a change of listeners with the rules that let their traffic in, and no PEM', async () => {
    const reference = await secretOfAlice(fixtures('leaf.pem', 'chain.pem', 'leaf-key.pem'));
    const before = await everything();
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
    expect(await everything()).toEqual(before);
  });

  it('lays nothing aside of a change with more rows than a transaction takes', async () => {
    const before = await everything();
    const members = Array.from({ length: 120 }, (_none, index) => ({
      address: `127.10.3.${index + 1}`,
      protocol_port: 80,
    }));
    const run = shown(await rehearse('PUT', `/lbaas/pools/${ids.lone}/members`, { members }));
    expect(run.objects.filter(({ action, type }) => action === 'create' && type === 'member')).toHaveLength(120);
    expect(run.quota?.resources).toMatchObject([{ resource: 'member' }]);
    expect(await everything()).toEqual(before);
  });

  it('joins the operation that runs, and brings back what is in ERROR', async () => {
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
    const run = shown(await rehearse('PUT', path, { pool: { lb_algorithm: 'SOURCE_IP' } }));
    await write('ERROR', null);
    const restoring = shown(await rehearse('PUT', path, { pool: { lb_algorithm: 'SOURCE_IP' } }));
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
    // The first one takes the spare, which nobody builds.
    const first = await alice.create({ vip_subnet_id: bench.cloud().facts.vipSubnetId });
    await alice.settled(first.id);
    const { id, ...lost } = await alice.create({ vip_subnet_id: bench.cloud().facts.vipSubnetId });
    expect(lost.provisioning_status).toBe('PENDING_CREATE');
    const waiting = shown(await rehearse('POST', '/lbaas/loadbalancers', loadBalancer()));
    expect(waiting.operation).toMatchObject({ begins: 'waits', waits_for: { limit: 'builds', position: 1 } });
    await vi.waitFor(async () => expect(await abortExecutions(bench.stack(), 'create-load-balancer')).toBe(1));
    const [operation] = await bench.lib().listOperations(id);
    const before = await atRest();
    const run = shown(await rehearse('POST', `/lbaas/operations/${operation?.id}/redrive`));
    expect(run.operation).toMatchObject({ flow: 'create-load-balancer' });
    expect(await everything()).toEqual(before);
  });

  it('tells of a roll-out, once there is room for one', async () => {
    await operator.call('PUT', `/v2.0/octavia/rollouts/${ids.rollout}`, { rollout: { status: 'STOPPED' } });
    const before = await everything();
    const { objects } = shown(await rehearse('POST', '/octavia/rollouts', { rollout: { at_once: 3 } }));
    expect(objects).toMatchObject([{ action: 'create', type: 'rollout', object: { at_once: 3, status: 'RUNNING' } }]);
    expect(await everything()).toEqual(before);
  });

  it.each(refused)('is refused as the request is for %s', async (_what, status, method, path, body) => {
    const [dry, real] = await Promise.all([
      alice.call(method, `/v2.0${path()}?dry_run=true`, body()),
      alice.call(method, `/v2.0${path()}`, body()),
    ]);
    expect([dry.status, real.status]).toEqual([status, status]);
    if (!JSON.stringify(body() ?? null).includes('203.0.113.9')) expect(dry.body).toEqual(real.body);
  });

  it('is refused for the quota, also where nobody has counted yet', async () => {
    const body = loadBalancer({ project_id: bench.cloud().facts.serviceProjectId });
    const path = `/v2.0/lbaas/quotas/${bench.cloud().facts.serviceProjectId}`;
    await operator.call('PUT', path, { quota: { load_balancer: 0 } });
    const [dry, real] = [
      await rehearse('POST', '/lbaas/loadbalancers', body),
      await operator.call('POST', '/v2.0/lbaas/loadbalancers', body),
    ];
    expect([dry.status, dry.body]).toEqual([403, real.body]);
  });

  it('is one with true only: false does it, and another word is refused by its name', async () => {
    const path = `/v2.0/lbaas/pools/${ids.lone}`;
    const odd = await alice.call('PUT', `${path}?dry_run=perhaps`, { pool: { name: 'x' } });
    const torn = await alice.call('PUT', `${path}?dry_run=true&dry_run=false`, { pool: { name: 'x' } });
    expect([odd.status, fault.parse(odd.body).faultstring]).toEqual([400, 'perhaps is not a valid option for dry_run']);
    expect(torn.status).toBe(400);
    const real = await alice.call('PUT', `${path}?dry_run=false`, { pool: { name: 'y' } });
    expect([real.status, real.body]).toMatchObject([200, { pool: { name: 'y' } }]);
  });
});
