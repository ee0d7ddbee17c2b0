import { randomUUID } from 'node:crypto';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { request } from 'undici';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod';
import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';
import { useStack } from '../helpers/stack.ts';
import { signIn, tenant } from '../helpers/tenant.ts';
import { type ReadTransition, readTransitions, type TransitionReader } from '../helpers/transitions.ts';

const stack = useStack();
const readers: TransitionReader[] = [];

afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
  stack().cloud?.faults.clear();
});

const tokenOf = (user: 'alice' | 'bob' | 'admin') =>
  signIn(stack().cloud?.authUrl ?? '', user, { alice: 'project-a', bob: 'project-b', admin: 'admin' }[user]);

const read = async (
  user: 'alice' | 'bob' | 'admin',
  options: Parameters<typeof readTransitions>[2] = {},
): Promise<TransitionReader> => {
  const reader = await readTransitions(stack().apiUrl, await tokenOf(user), options);
  readers.push(reader);
  return reader;
};

const vip = () => ({ vip_subnet_id: stack().cloud?.facts.vipSubnetId });
const told = ({ object_type, field, before, after }: ReadTransition) => `${object_type} ${field} ${before} > ${after}`;
const ofLoadBalancer = (one: ReadTransition, id: string) => one.object_id === id && one.field === 'provisioning_status';
const idOf = (body: unknown, wrapper: string): string =>
  z.object({ [wrapper]: z.object({ id: z.string() }) }).parse(body)[wrapper]?.id ?? '';

test('transitions of a life come in order, with the operation and the flow of each step', async () => {
  const everything = await read('admin');
  const alice = await tenant(stack());
  const { id } = await alice.create({ name: 'told', ...vip() });
  await everything.until((one) => ofLoadBalancer(one, id) && one.after === 'ACTIVE');
  const listener = { loadbalancer_id: id, protocol: 'HTTP', protocol_port: 80 };
  const made = await alice.call('POST', '/v2.0/lbaas/listeners', { listener });
  const listenerId = idOf(made.body, 'listener');
  await everything.until((one) => one.object_id === listenerId && one.after === 'ACTIVE');
  await alice.settled(id);
  await alice.call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`);
  await everything.until((one) => ofLoadBalancer(one, id) && one.after === 'DELETED');

  const own = everything.read.filter(({ loadbalancer_id }) => loadbalancer_id === id);
  const series = (type: string, field: string) =>
    own
      .filter((one) => one.object_type === type && one.field === field)
      .map(({ after, reason }) => `${after} ${reason.flow}`);
  expect(series('load_balancer', 'provisioning_status')).toEqual([
    'PENDING_CREATE create-load-balancer',
    'ACTIVE create-load-balancer',
    'PENDING_UPDATE apply-changes',
    'ACTIVE apply-changes',
    'PENDING_DELETE delete-load-balancer',
    'DELETED delete-load-balancer',
  ]);
  expect(series('listener', 'provisioning_status')).toEqual([
    'PENDING_CREATE apply-changes',
    'ACTIVE apply-changes',
    'DELETED delete-load-balancer',
  ]);
  expect(series('amphora', 'status')).toEqual([
    'PENDING_CREATE create-load-balancer',
    'BOOTING create-load-balancer',
    'ALLOCATED create-load-balancer',
    'DELETED delete-load-balancer',
  ]);
  // Heartbeats are off here: operating statuses are told at the beginning alone.
  expect(own.filter(({ field }) => field === 'operating_status').map(told)).toEqual([
    'load_balancer operating_status null > OFFLINE',
    'listener operating_status null > OFFLINE',
  ]);
  for (const one of own) expect(one).toMatchObject({ project_id: own[0]?.project_id, reason: { error_name: null } });
  // What is before a change is what was after the last one.
  for (const one of own.filter(({ before }) => before !== null)) {
    const earlier = own.filter((other) => other.object_id === one.object_id && other.field === one.field);
    expect(earlier[earlier.indexOf(one) - 1]?.after).toBe(one.before);
  }
  const sequences = own.filter(({ object_id }) => object_id === id).map(({ sequence }) => BigInt(sequence));
  expect(sequences).toEqual([...sequences].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  const [deletion] = own.filter((one) => ofLoadBalancer(one, id)).slice(-1);
  const gone = own.find((one) => one.object_id === listenerId && one.after === 'DELETED');
  expect(gone).toMatchObject({ operation_id: deletion?.operation_id, reason: { cause: 'parent' } });
});

test('a tenant sees what is of the own project, and no amphora', async () => {
  const alice = await tenant(stack());
  const everything = await read('admin');
  const hers = await read('alice');
  const his = await read('bob');
  const { id } = await alice.create({ name: 'private', ...vip() });
  await everything.until((one) => ofLoadBalancer(one, id) && one.after === 'ACTIVE');
  await hers.until((one) => ofLoadBalancer(one, id) && one.after === 'ACTIVE');
  expect(everything.read.some(({ object_type }) => object_type === 'amphora')).toBe(true);
  expect(hers.read.map(told)).toEqual([
    'load_balancer provisioning_status null > PENDING_CREATE',
    'load_balancer operating_status null > OFFLINE',
    'load_balancer provisioning_status PENDING_CREATE > ACTIVE',
  ]);
  expect(his.read).toEqual([]);
});

test('a failure is emitted with its reason', async () => {
  const reader = await read('alice');
  stack().cloud?.faults.failNextServer('No valid host was found.');
  const alice = await tenant(stack());
  const { id } = await alice.create({ name: 'failing', ...vip() });
  const error = await reader.until((one) => ofLoadBalancer(one, id) && one.after === 'ERROR');
  expect(error.reason).toEqual({
    cause: 'operation',
    flow: 'create-load-balancer',
    error_name: 'ComputeBuildError',
  });
});

test('Last-Event-ID goes on where a reader was, and a load balancer can be asked for alone', async () => {
  const alice = await tenant(stack());
  const live = await read('alice');
  const first = await alice.create({ name: 'first', ...vip() });
  await live.until((one) => ofLoadBalancer(one, first.id) && one.after === 'ACTIVE');
  const second = await alice.create({ name: 'second', ...vip() });
  const last = await live.until((one) => ofLoadBalancer(one, second.id) && one.after === 'ACTIVE');
  const place = live.read[1]?.number ?? 0;
  const resumed = await read('alice', { after: place });
  await resumed.until(({ number }) => number === last.number);
  expect(resumed.read).toEqual(live.read.slice(2));
  const one = await read('alice', { after: 0, query: `?loadbalancer_id=${second.id}` });
  await one.until(({ number }) => number === last.number);
  expect(new Set(one.read.map(({ loadbalancer_id }) => loadbalancer_id))).toEqual(new Set([second.id]));
});

test('no token, a wrong place and another method are refused', async () => {
  const url = `${stack().apiUrl}/events`;
  const statusOf = async (init: Parameters<typeof request>[1]) => {
    const { statusCode, body } = await request(url, init);
    await body.dump();
    return statusCode;
  };
  const token = await tokenOf('alice');
  expect(await statusOf({})).toBe(401);
  expect(await statusOf({ headers: { 'x-auth-token': 'wrong' } })).toBe(401);
  expect(await statusOf({ headers: { 'x-auth-token': token, 'last-event-id': 'x1' } })).toBe(400);
  expect(await statusOf({ method: 'POST', headers: { 'x-auth-token': token } })).toBe(405);
});

test('a heartbeat moves an operating status alone, and nothing is emitted where nothing moved', async () => {
  const alice = await tenant(stack());
  const reader = await read('alice');
  const { id } = await alice.create({ name: 'seen', ...vip() });
  await reader.until((one) => ofLoadBalancer(one, id) && one.after === 'ACTIVE');
  const { writeStatuses } = await import('../../lib/repositories/objects/operating-statuses.ts');
  const of = { kind: 'load_balancer' as const, object: { id, operating_status: 'OFFLINE' as const } };
  await writeStatuses(id, [{ of, to: 'ONLINE' }]);
  const seen = await reader.until((one) => one.object_id === id && one.after === 'ONLINE');
  expect(seen).toMatchObject({ before: 'OFFLINE', operation_id: null, reason: { cause: 'heartbeat', flow: null } });
  const before = reader.read.length;
  await alice.call('PUT', `${LOAD_BALANCERS}/${id}`, { loadbalancer: { description: randomUUID() } });
  await reader.until((one) => ofLoadBalancer(one, id) && one.before === 'PENDING_UPDATE');
  expect(reader.read.slice(before).map(told)).toEqual([
    'load_balancer provisioning_status ACTIVE > PENDING_UPDATE',
    'load_balancer provisioning_status PENDING_UPDATE > ACTIVE',
  ]);
});

test('an unreadable row does not block the others', async () => {
  const reader = await read('alice');
  const client = new DynamoDBClient({ endpoint: stack().endpoints.dynamodb, region: 'us-east-1' });
  const alice = await tenant(stack());
  const { id } = await alice.create({ name: 'odd', ...vip() });
  await reader.until((one) => ofLoadBalancer(one, id) && one.after === 'ACTIVE');
  const update = new UpdateItemCommand({
    TableName: stack().table.name,
    Key: { pk: { S: `LB#${id}` }, sk: { S: 'LISTENER#odd' } },
    UpdateExpression: 'SET provisioning_status = :odd',
    ExpressionAttributeValues: { ':odd': { S: 'SIDEWAYS' } },
  });
  await client.send(update);
  client.destroy();
  const next = await alice.create({ name: 'next', ...vip() });
  expect(await reader.until((one) => ofLoadBalancer(one, next.id) && one.after === 'ACTIVE')).toBeDefined();
});
