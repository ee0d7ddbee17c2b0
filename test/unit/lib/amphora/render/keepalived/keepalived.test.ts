import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderLvs } from '../../../../../../lib/amphora/render/keepalived/render-lvs.ts';
import { renderVrrp } from '../../../../../../lib/amphora/render/keepalived/render-vrrp.ts';
import { UnrenderableValueError } from '../../../../../../lib/errors/unrenderable-value.ts';
import { findProgram } from '../../../../../../local/programs.ts';
import { lvsCases, udpTree, vrrpCases, vrrpInput } from '../../../../../fixtures/render/keepalived-cases.ts';
import { skeleton } from '../../../../../fixtures/render/skeleton.ts';
import { hostile } from '../../../../../fixtures/render/tenant-fields.ts';
import { aMember, aMonitor, anAmphora, aPool, uuid } from '../../../../../fixtures/render/tree.ts';
import { needs } from '../../../../../helpers/needs.ts';

const KEEPALIVED = findProgram('keepalived') ?? 'keepalived';
const expected = (name: string): string =>
  new URL(`../../../../../fixtures/render/keepalived/${name}.conf`, import.meta.url).pathname;

const texts: readonly (readonly [string, string])[] = [
  ...Object.entries(lvsCases).map(([name, input]) => [name, renderLvs(input)] as const),
  ...Object.entries(vrrpCases).map(([name, input]) => [name, renderVrrp(input)] as const),
];

describe('the keepalived configuration', () => {
  test.each(texts)('%s is the expected text', async (name, text) => {
    await expect(text).toMatchFileSnapshot(expected(name));
  });
});

needs('keepalived').describe('keepalived itself', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'render-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(texts)(
    'has nothing against the syntax of %s',
    async (name, text) => {
      const path = join(folder, `${name}.conf`);
      await writeFile(path, text);
      const said = await new Promise<string>((resolve) => {
        execFile(KEEPALIVED, ['-t', '-f', path], (_error, stdout, stderr) => resolve(`${stdout}${stderr}`));
      });
      // This machine has no interface of an amphora.
      const complaints = said
        .split('\n')
        .filter((line) => line !== '' && !/interface eth1|Non-existent interface/.test(line));
      expect(complaints).toEqual([]);
    },
    20_000,
  );
});

/** What the agent pairs: the n-th real server with the n-th comment of a member. */
const pairs = (text: string): readonly (readonly [string, string])[] => {
  const ids = [...text.matchAll(/#\sConfiguration\sfor\sMember\s([\w-]{36})/g)].map((found) => found[1] ?? '');
  const servers = [...text.matchAll(/real_server\s([\w.:]+)\s\d{1,5}/g)].map((found) => found[1] ?? '');
  return ids.map((id, index) => [id, servers[index] ?? ''] as const);
};

describe('an LVS configuration', () => {
  const udp = { tree: udpTree, listenerId: uuid('b'), options: { basePath: '/var/lib/octavia' } };

  test('pairs each real server with its member', () => {
    expect(pairs(renderLvs(udp))).toEqual([
      [uuid('d', 1), '10.0.0.2'],
      [uuid('d', 5), '10.0.0.6'],
      [uuid('d', 2), 'fd00::2'],
    ]);
  });

  test('names its listener, pool and health monitor for the heartbeats', () => {
    expect(renderLvs(udp)).toMatch(
      new RegExp(
        `Listener ${uuid('b')}\n.*Configuration for Pool ${uuid('c')}\n.*Configuration for HealthMonitor ${uuid('e')}\n`,
        's',
      ),
    );
  });

  test('is refused for a listener that is not in the tree', () => {
    expect(() => renderLvs({ ...udp, listenerId: uuid('b', 9) })).toThrow(UnrenderableValueError);
  });

  test('is refused for a health monitor that LVS cannot run', () => {
    const tree = { ...udpTree, health_monitors: [aMonitor(1, { type: 'PING' })] };
    expect(() => renderLvs({ ...udp, tree })).toThrow(/health monitor .* type/);
  });

  test('leaves bad members and health monitors out when a caller takes reports', () => {
    const reports: UnrenderableValueError[] = [];
    const tree = {
      ...udpTree,
      members: [aMember(1, { ip_address: '10.0.0.1\n' }), aMember(2)],
      health_monitors: [aMonitor(1, { type: 'HTTP', url_path: 'up' })],
    };
    const text = renderLvs({ ...udp, tree, onUnrenderable: (error) => reports.push(error) });
    expect(pairs(text).map(([id]) => id)).toEqual([uuid('d', 2)]);
    expect(text).not.toMatch(/CHECK|HTTP_GET|HealthMonitor/);
    expect(reports.map((error) => `${error.resource} ${error.field}`)).toEqual([
      'health monitor url_path',
      'member address',
    ]);
  });

  const harmless: readonly (readonly [string, readonly string[]])[] = [
    ['url_path', ['/up']],
    ['expected_codes', ['200']],
    ['address', ['10.0.0.1', '::1']],
    ['monitor_address', ['10.0.0.1', '::1']],
    ['persistence_granularity', ['255.0.0.0', '64']],
  ];

  test.each(harmless)('takes no directive from %s', (field, values) => {
    const put = (value: string) => {
      const of = (name: string, otherwise: string): string => (field === name ? value : otherwise);
      const persistence = { type: 'SOURCE_IP', cookie_name: null, persistence_timeout: null } as const;
      const granularity = of('persistence_granularity', '255.255.255.255');
      return {
        ...udpTree,
        health_monitors: [
          aMonitor(1, { type: 'HTTP', url_path: of('url_path', '/'), expected_codes: of('expected_codes', '200') }),
        ],
        members: [
          aMember(1, { ip_address: of('address', '10.0.0.1'), monitor_address: of('monitor_address', '10.0.0.9') }),
        ],
        pools: [
          aPool(1, {
            protocol: 'UDP',
            session_persistence: { ...persistence, persistence_granularity: granularity },
          }),
        ],
      };
    };
    const directives = (value: string): string =>
      [...new Set(skeleton(renderLvs({ ...udp, tree: put(value) })))].sort().join('\n');
    const known = values.map(directives);
    fc.assert(
      fc.property(fc.oneof(hostile, fc.constantFrom(...values)), (value) => {
        let found: string;
        try {
          found = directives(value);
        } catch (error) {
          expect(error).toBeInstanceOf(UnrenderableValueError);
          return;
        }
        expect(known).toContain(found);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a VRRP configuration', () => {
  test('is refused without a VRRP group, an interface, an address or a priority', () => {
    const bad = [
      { ...vrrpInput, loadBalancer: { ...vrrpInput.loadBalancer, vrrp_group: null } },
      { ...vrrpInput, amphora: anAmphora(1, { vrrp_interface: null }) },
      { ...vrrpInput, amphora: anAmphora(1, { vrrp_ip: null }) },
      { ...vrrpInput, amphora: anAmphora(1, { vrrp_priority: null }) },
    ];
    for (const input of bad) expect(() => renderVrrp(input)).toThrow(UnrenderableValueError);
  });

  test('takes no directive from the routes and addresses of a subnet', () => {
    const known = skeleton(renderVrrp({ ...vrrpInput, amphora: anAmphora(2) }));
    fc.assert(
      fc.property(hostile, fc.constantFrom('subnetCidr', 'gateway', 'destination', 'nexthop'), (value, field) => {
        const [vip] = vrrpInput.vips;
        const hostRoutes = vip?.hostRoutes.map((route) => ({ ...route, [field]: value })) ?? [];
        const changed = {
          ...vip,
          ipAddress: vip?.ipAddress ?? '',
          subnetCidr: '192.0.2.0/24',
          gateway: null,
          hostRoutes,
          [field]: value,
        };
        const input = { ...vrrpInput, amphora: anAmphora(2), vips: [changed] };
        let found: readonly string[];
        try {
          found = skeleton(renderVrrp(input));
        } catch (error) {
          expect(error).toBeInstanceOf(UnrenderableValueError);
          return;
        }
        expect(known).toEqual(expect.arrayContaining([...found]));
      }),
      { numRuns: 300 },
    );
  });
});
