import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';
import { get } from '../cloud/traffic.ts';
import { useStack } from '../helpers/stack.ts';
import { tenant } from '../helpers/tenant.ts';

const stack = useStack();
const PORT = 8086;

/** Two members on this machine, by their names. */
const ports = new Map<string, number>();
const servers = ['web', 'api'].map((name) => ({
  name,
  server: createServer((_request, answer) => answer.setHeader('x-member', name).end()),
}));

beforeAll(async () => {
  for (const { name, server } of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address !== null) ports.set(name, address.port);
  }
});
afterAll(() => {
  for (const { server } of servers) server.close();
});

const made = z.looseObject({ listener: z.looseObject({ id: z.string() }) });
const statuses = z.array(z.looseObject({ provisioning_status: z.string() }));
const operations = z.object({ operations: z.array(z.looseObject({ flow: z.string(), status: z.string() })) });

test('a listener comes with everything below it by one operation, ends ACTIVE, and serves', async () => {
  const alice = await tenant(stack());
  const { id, vip_address } = await alice.create({ vip_subnet_id: stack().cloud?.facts.vipSubnetId });
  await alice.settled(id);
  const pool = (name: string) => ({
    name,
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
    session_persistence: { type: 'HTTP_COOKIE' },
    members: [{ address: '127.0.0.1', protocol_port: ports.get(name) }],
    healthmonitor: { type: 'TCP', delay: 5, timeout: 3, max_retries: 1 },
  });
  const answer = await alice.call('POST', '/v2.0/lbaas/listeners', {
    listener: {
      loadbalancer_id: id,
      protocol: 'HTTP',
      protocol_port: PORT,
      default_pool: pool('web'),
      l7policies: [
        {
          action: 'REDIRECT_TO_POOL',
          redirect_pool: pool('api'),
          rules: [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/api' }],
        },
        { action: 'REJECT', rules: [{ type: 'PATH', compare_type: 'EQUAL_TO', value: '/no' }] },
      ],
    },
  });
  expect(answer.status).toBe(201);
  const listener = made.parse(answer.body).listener.id;
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  for (const [path, plural] of [
    ['listeners', 'listeners'],
    ['pools', 'pools'],
    ['healthmonitors', 'healthmonitors'],
    ['l7policies', 'l7policies'],
  ] as const) {
    const { body } = await alice.call('GET', `/v2.0/lbaas/${path}`);
    const listed = statuses.parse(z.record(z.string(), z.unknown()).parse(body)[plural]);
    expect(listed.map(({ provisioning_status }) => provisioning_status)).toEqual(listed.map(() => 'ACTIVE'));
    expect(listed).not.toEqual([]);
  }
  const all = operations.parse((await alice.call('GET', `${LOAD_BALANCERS}/${id}/operations`)).body).operations;
  expect(all.map(({ flow, status }) => [flow, status])).toEqual([
    ['apply-changes', 'SUCCEEDED'],
    ['create-load-balancer', 'SUCCEEDED'],
  ]);
  if (stack().cloud?.runsHaproxy) {
    const base = `http://${vip_address}:${PORT}`;
    expect(await get(base)).toMatchObject({ status: 200, member: 'web' });
    expect(await get(`${base}/api/1`)).toMatchObject({ status: 200, member: 'api' });
    expect(await get(`${base}/no`)).toMatchObject({ status: 403 });
  }
  expect((await alice.call('DELETE', `/v2.0/lbaas/listeners/${listener}`)).status).toBe(204);
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE', listeners: [] });
});
