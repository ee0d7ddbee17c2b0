import { describe, expect, test } from 'vitest';
import { featuresOf } from '../../../../../../lib/amphora/render/haproxy/features.ts';
import type { HaproxyInput } from '../../../../../../lib/amphora/render/haproxy/input.ts';
import { logFormatLine } from '../../../../../../lib/amphora/render/haproxy/log-format.ts';
import { renderHaproxy } from '../../../../../../lib/amphora/render/haproxy/render-haproxy.ts';
import type { TlsVersion } from '../../../../../../lib/models/objects/listener.ts';
import { haproxyCases, haproxyInput } from '../../../../../fixtures/render/haproxy-cases.ts';
import {
  activeStandby,
  aListener,
  aLoadBalancer,
  aMember,
  anAmphora,
  aPolicy,
  aPool,
  aRule,
  aTree,
  uuid,
} from '../../../../../fixtures/render/tree.ts';

const lines = (input: HaproxyInput): readonly string[] =>
  renderHaproxy(input)
    .split('\n')
    .map((line) => line.trim());

describe('the version of haproxy', () => {
  test.each([
    ['1.5.18', false, false],
    ['1.10.1', true, false],
    ['2.6.12-1+deb12u1', true, true],
    ['10.0', true, true],
  ])('%s is compared number by number', (version, alpn, prometheus) => {
    expect(featuresOf(version)).toMatchObject({ memberAlpn: alpn, prometheus });
  });

  test('is refused when it is none', () => {
    expect(() => featuresOf('unknown')).toThrow(/haproxy_version/);
  });
});

describe('the machine', () => {
  const details = { cpuCount: 4, memory: { free: 0, buffers: 0, cached: 0 }, activeTunedProfiles: 'a amphora b' };
  const tree = aTree({ listeners: [aListener(1)] });

  test('keeps one processor for itself under the tuned profile', () => {
    const text = lines(haproxyInput({ tree, details }));
    expect(text).toEqual(expect.arrayContaining(['nbthread 3', 'cpu-map auto:1/1-3 1-3']));
  });

  test.each(['', 'amphora-like', 'not amphorae'])('is left alone under the profiles "%s"', (activeTunedProfiles) => {
    expect(renderHaproxy(haproxyInput({ tree, details: { ...details, activeTunedProfiles } }))).not.toContain(
      'nbthread',
    );
  });

  test('is left alone with one processor', () => {
    expect(renderHaproxy(haproxyInput({ tree, details: { ...details, cpuCount: 1 } }))).not.toContain('nbthread');
  });

  test('gives two fifths of the memory beside the connections to TLS sessions', () => {
    const terminated = aListener(1, {
      protocol: 'TERMINATED_HTTPS',
      tls_certificate_id: 'ref',
      connection_limit: 1000,
    });
    const cache = (free: number): readonly string[] =>
      lines(
        haproxyInput({
          tree: aTree({ listeners: [terminated] }),
          details: { ...details, memory: { free, buffers: 10, cached: 20 } },
        }),
      ).filter((line) => line.startsWith('tune.ssl'));
    expect(cache(132_000)).toEqual(['tune.ssl.cachesize 160048']);
    expect(cache(44_470)).toEqual([]);
    expect(cache(24_000_000)).toEqual(['tune.ssl.cachesize 400000']);
  });
});

describe('the number of connections', () => {
  const limits = (...values: readonly number[]): readonly string[] =>
    lines(
      haproxyInput({
        tree: aTree({ listeners: values.map((connection_limit, index) => aListener(index + 1, { connection_limit })) }),
      }),
    ).filter((line) => line.startsWith('maxconn'));

  test('is the sum over the listeners, with the default for those without a limit', () => {
    expect(limits(100, -1, 0)).toEqual(['maxconn 100100', 'maxconn 100', 'maxconn 50000', 'maxconn 50000']);
  });

  test('is a million at most, and for no listener at all', () => {
    expect(limits(999_999, 1)[0]).toBe('maxconn 1000000');
    expect(limits()[0]).toBe('maxconn 1000000');
  });
});

describe('a timeout of 0', () => {
  test('is the default of the operator', () => {
    const listener = aListener(1, {
      default_pool_id: uuid('c'),
      timeout_client_data: 0,
      timeout_member_connect: 0,
      timeout_member_data: 0,
    });
    const timeouts = {
      timeout_client_data: 11,
      timeout_member_connect: 12,
      timeout_member_data: 13,
      timeout_tcp_inspect: 14,
    };
    const input = haproxyInput({ tree: aTree({ listeners: [listener], pools: [aPool(1)] }) });
    const text = lines({ ...input, options: { ...input.options, timeouts } });
    expect(text.filter((line) => /^(timeout|tcp-request)/.test(line))).toEqual([
      'timeout client 11',
      'tcp-request inspect-delay 14',
      'timeout connect 12',
      'timeout server 13',
    ]);
  });
});

describe('the ciphers', () => {
  const MIXED = 'TLS_AES_256_GCM_SHA384:HIGH:!aNULL:TLS_AES_128_CCM_8_SHA256';
  const optionsFor = (ciphers: string, versions: readonly TlsVersion[], haproxyVersion = '2.6.12') => {
    const tls = { tls_ciphers: ciphers, tls_versions: versions, tls_certificate_id: 'ref' };
    const tree = aTree({
      listeners: [
        aListener(1, { ...tls, protocol: 'TERMINATED_HTTPS', default_pool_id: uuid('c') }),
        aListener(2, { ...tls, protocol: 'PROMETHEUS', protocol_port: 9100 }),
      ],
      pools: [aPool(1, { tls_enabled: true, tls_ciphers: ciphers, tls_versions: versions })],
      members: [aMember(1)],
    });
    return lines(haproxyInput({ tree, haproxyVersion })).flatMap((line) =>
      /^(bind|server) .* ssl /.test(line) ? [(line.match(/ciphers(uites)? \S+/g) ?? []).join(' ')] : [],
    );
  };

  test.each<readonly [string, string, readonly TlsVersion[], string]>([
    [
      'go where OpenSSL looks for them',
      MIXED,
      [],
      'ciphers HIGH:!aNULL ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_8_SHA256',
    ],
    [
      'of TLS 1.3 alone restrict nothing else',
      'TLS_AES_256_GCM_SHA384',
      ['TLSv1.2', 'TLSv1.3'],
      'ciphersuites TLS_AES_256_GCM_SHA384',
    ],
    ['of TLS 1.3 are left out without it', MIXED, ['TLSv1', 'TLSv1.2'], 'ciphers HIGH:!aNULL'],
    [
      'of older versions are left out without them',
      MIXED,
      ['TLSv1.3'],
      'ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_8_SHA256',
    ],
  ])('%s', (_fact, ciphers, versions, expected) => {
    expect(optionsFor(ciphers, versions)).toEqual([expected, expected, expected]);
  });

  test('stay one list for a haproxy without `ciphersuites`', () => {
    expect(optionsFor(MIXED, ['TLSv1.2'], '1.8.8')).toEqual(Array(3).fill(`ciphers ${MIXED}`));
  });
});

describe('the text', () => {
  test('is the same whatever the order of the tree', () => {
    for (const input of Object.values(haproxyCases)) {
      const { tree } = input;
      const turned = {
        ...tree,
        listeners: tree.listeners.toReversed(),
        pools: tree.pools.toReversed(),
        members: tree.members.toReversed(),
        l7_policies: tree.l7_policies.toReversed(),
        l7_rules: tree.l7_rules.toReversed(),
        amphorae: tree.amphorae.toReversed(),
      };
      expect(renderHaproxy({ ...input, tree: turned })).toBe(renderHaproxy(input));
    }
  });

  test('has frontends and backends as the agent looks for them', () => {
    const text = renderHaproxy(haproxyCases.terminated ?? haproxyInput());
    expect(text).toMatch(/^\s+stats socket \/\S+\.sock /m);
    expect([...text.matchAll(/\nfrontend [0-9a-f-]{36}\n/g)]).toHaveLength(3);
    expect([...text.matchAll(/\nbackend [0-9a-f-]{36}:[0-9a-f-]{36}\n/g)]).toHaveLength(3);
    expect([...text.matchAll(/\n {4}bind \S+:\d+ ssl crt-list \S+/g)]).toHaveLength(3);
    for (const frontend of text.split('\nfrontend ').slice(1)) expect(frontend).toMatch(/\n {4}mode (tcp|http)\n/);
  });

  test('has a backend for the pool of each policy with rules, also when all of them are disabled', () => {
    const tree = aTree({
      listeners: [aListener(1)],
      pools: [aPool(1), aPool(2), aPool(3)],
      l7_policies: [1, 2, 3].map((number) =>
        aPolicy(number, { action: 'REDIRECT_TO_POOL', redirect_pool_id: uuid('c', number), enabled: number < 3 }),
      ),
      l7_rules: [
        aRule(1, { l7policy_id: uuid('f', 1), enabled: false }),
        aRule(2, { l7policy_id: uuid('f', 2), provisioning_status: 'PENDING_DELETE' }),
        aRule(3, { l7policy_id: uuid('f', 3) }),
      ],
    });
    const text = lines(haproxyInput({ tree }));
    expect(text.filter((line) => /^(backend|use_backend)/.test(line))).toEqual([`backend ${uuid('c')}:${uuid('b')}`]);
  });

  test('shares no stick table while no amphora is there to share with', () => {
    const tree = aTree({ load_balancer: activeStandby(), amphorae: [anAmphora(1, { status: 'BOOTING' })] });
    expect(renderHaproxy(haproxyInput({ tree }))).not.toContain('peer');
  });
});

describe('the log format', () => {
  test('takes the ids as they are', () => {
    const odd = aLoadBalancer({ project_id: 'a %[src] #1' });
    expect(logFormatLine('{{ project_id }} {{ lb_id }} %ci', odd, true)).toBe(
      `    log-format a\\ %%[src]\\ \\#1\\ ${uuid('a')}\\ %ci`,
    );
  });

  test('has a dash for what only HTTP has', () => {
    expect(logFormatLine('%{+Q}r %r %ST %{+Q}ST %rt', aLoadBalancer(), false)).toBe(
      '    log-format -\\ -\\ -\\ -\\ %rt',
    );
  });
});
