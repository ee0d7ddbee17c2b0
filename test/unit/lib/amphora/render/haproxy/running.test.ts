import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LoadBalancerTree } from '../../../../../../lib/models/objects/tree.ts';
import { haproxyInput } from '../../../../../fixtures/render/haproxy-cases.ts';
import { freePort, type HaproxyBench, openBench } from '../../../../../fixtures/render/haproxy-process.ts';
import {
  aListener,
  aLoadBalancer,
  aMember,
  aMonitor,
  aPolicy,
  aPool,
  aRule,
  aTree,
  uuid,
} from '../../../../../fixtures/render/tree.ts';
import { needs } from '../../../../../helpers/needs.ts';
import { patience } from '../../../../../patience.ts';

const NASTY = [
  'two words',
  'a\\b',
  '\\',
  '\\\\',
  '\\n',
  '\\x41',
  'a#b',
  '#',
  '"quoted"',
  '"',
  "'",
  `"it's"`,
  '$HOME',
  '"$HOME"',
  `$\{HOME}`,
  '%[src]',
  '%%',
  '-i',
  '-f',
  '--',
  '-',
  'group',
  'a group of',
  'eq',
  '{ path / }',
  '}',
  '!x',
  '|| TRUE',
  'or',
  'tab\there',
  'é',
  '😀 ✓',
  '*',
  '(a;b)',
  ')',
  '~`^',
  ';',
  'a \\ # " \' b',
];

const KEYS = ['x-plain', "x-it's", 'x#y', 'x$HOME', '!%&*+.^_`|~', "'", '-', '5'];

/** PATH rules see these as the request's target. */
const TARGETS = ['/a"b', "/it's", '/a\\b', '/x-y$z', '/%5B%5D', '/{a}', '/group'];

/** Redirects to these; the first rule of each policy asks for its number. */
const LOCATIONS = [
  'https://example.org/%20?q=%[src]&r=%%',
  'https://example.org/#frag"it\'s"\\n',
  'http://[2001:db8::1]:8080/$HOME',
  'http://user@example.org/é',
];

const hit = (number: number): string => `http://hit.example/${number}`;

const treeFor = (port: number, checkedPort: number, paths: readonly string[]): LoadBalancerTree => {
  const keyed = NASTY.length;
  const targeted = keyed + KEYS.length;
  const located = targeted + TARGETS.length;
  const rules = [
    ...NASTY.map((value) => ({ type: 'HEADER', key: 'x-probe', value }) as const),
    ...KEYS.map((key) => ({ type: 'HEADER', key, value: 'yes' }) as const),
    ...TARGETS.map((value) => ({ type: 'PATH', key: null, value }) as const),
    ...LOCATIONS.map((_, index) => ({ type: 'COOKIE', key: "c'#", value: `n${index}` }) as const),
  ].map((rule, index) => aRule(index + 1, { ...rule, compare_type: 'EQUAL_TO', l7policy_id: uuid('f', index + 1) }));
  return aTree({
    load_balancer: aLoadBalancer({ vip: { ...aLoadBalancer().vip, ip_address: '127.0.0.1' } }),
    listeners: [aListener(1, { protocol_port: port, connection_limit: 100, default_pool_id: uuid('c') })],
    pools: [aPool(1), ...paths.map((_, index) => aPool(index + 10))],
    members: paths.map((_, index) =>
      aMember(index + 1, { pool_id: uuid('c', index + 10), ip_address: '127.0.0.1', protocol_port: checkedPort }),
    ),
    health_monitors: paths.map((url_path, index) =>
      aMonitor(index + 1, { pool_id: uuid('c', index + 10), type: 'HTTP', url_path, delay: 1, timeout: 1 }),
    ),
    l7_policies: [
      ...rules.map((_, index) =>
        aPolicy(index + 1, {
          action: 'REDIRECT_TO_URL',
          redirect_url: LOCATIONS[index - located] ?? hit(index),
        }),
      ),
      // Puts the checked pools to use.
      ...paths.map((_, index) =>
        aPolicy(500 + index, { action: 'REDIRECT_TO_POOL', redirect_pool_id: uuid('c', index + 10) }),
      ),
    ],
    l7_rules: [
      ...rules,
      ...paths.map((_, index) => aRule(500 + index, { l7policy_id: uuid('f', 500 + index), value: '/never' })),
    ],
  });
};

/** The Location answered to a request, as bytes read in latin1; null when there is none. */
const locationOf = async (port: number, target: string, headers: Readonly<Record<string, string>>) => {
  const encoded = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]);
  const call = request({ port, host: '127.0.0.1', path: target, headers: Object.fromEntries(encoded), agent: false });
  call.end();
  const [answer]: IncomingMessage[] = await once(call, 'response');
  answer?.resume();
  return answer?.headers.location ?? null;
};

needs('haproxy').describe('a running haproxy', () => {
  let bench: HaproxyBench;
  let haproxy: ChildProcess | undefined;
  let member: Server;
  let port = 0;
  const checked = new Set<string>();
  const paths = ['/"up"', "/it's", '/a\\b', '/a\\nb', '/x#y', '/$HOME', '/%[src]', '/q?a=1&b={2}', '/é'];

  beforeAll(async () => {
    bench = await openBench();
    // Reads the request line as it comes: Node's own HTTP server refuses some of these paths.
    member = createServer((socket) => {
      socket.once('data', (bytes) => {
        checked.add(bytes.toString().split(' ')[1] ?? '');
        socket.end('HTTP/1.0 200 OK\r\n\r\n');
      });
      socket.on('error', () => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(member, 'listening');
    const address = member.address();
    const memberPort = address !== null && typeof address === 'object' ? address.port : 0;
    port = await freePort();
    const path = await bench.write('running', haproxyInput({ tree: treeFor(port, memberPort, paths) }));
    expect(await bench.check(path)).toBe('');
    haproxy = bench.run(path);
    await vi.waitFor(() => locationOf(port, '/', {}), patience.expect.poll);
  });

  afterAll(async () => {
    haproxy?.kill('SIGKILL');
    member.close();
    await bench.close();
  });

  test('matches a header that has exactly the bytes of the rule, and no other', async () => {
    for (const [index, value] of NASTY.entries()) {
      expect(await locationOf(port, '/', { 'x-probe': value }), value).toBe(hit(index));
      expect(await locationOf(port, '/', { 'x-probe': `${value}.` }), value).toBeNull();
    }
  });

  test('looks at the header of exactly that name', async () => {
    for (const [index, key] of KEYS.entries()) {
      expect(await locationOf(port, '/', { [key]: 'yes' }), key).toBe(hit(NASTY.length + index));
    }
  });

  test('compares paths byte for byte', async () => {
    for (const [index, target] of TARGETS.entries()) {
      expect(await locationOf(port, target, {}), target).toBe(hit(NASTY.length + KEYS.length + index));
    }
  });

  test('redirects to exactly the URL that is stored', async () => {
    for (const [index, url] of LOCATIONS.entries()) {
      const answered = await locationOf(port, '/', { cookie: `c'#=n${index}` });
      expect(Buffer.from(answered ?? '', 'latin1').toString('utf8')).toBe(url);
    }
  });

  test('asks members for exactly the path of the health monitor', async () => {
    await expect.poll(() => [...checked].sort()).toEqual(paths.toSorted());
  });
});
