import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { dirname, join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { haproxyInput } from '../../../../../fixtures/render/haproxy-cases.ts';
import { freePort, type HaproxyBench, openBench } from '../../../../../fixtures/render/haproxy-process.ts';
import {
  aListener,
  aLoadBalancer,
  aMember,
  aMonitor,
  aPool,
  aTree,
  uuid,
} from '../../../../../fixtures/render/tree.ts';
import { needs } from '../../../../../helpers/needs.ts';
import { patience } from '../../../../../patience.ts';

const ALPN = ['h2', 'http/1.1', 'http/1.0'] as const;

/** Each is checked by the path that is its name. */
const POOLS = {
  '/encrypted-http': aPool(1, { tls_enabled: true, alpn_protocols: ALPN }),
  '/encrypted-https': aPool(2, { tls_enabled: true, alpn_protocols: ALPN }),
  '/plain-https': aPool(3, { alpn_protocols: ALPN }),
};
const paths = Object.keys(POOLS);

const treeFor = (ports: readonly number[], memberPort: number) =>
  aTree({
    load_balancer: aLoadBalancer({ vip: { ...aLoadBalancer().vip, ip_address: '127.0.0.1' } }),
    listeners: ports.map((protocol_port, index) =>
      aListener(index + 1, {
        protocol: 'TERMINATED_HTTPS',
        protocol_port,
        connection_limit: 100,
        default_pool_id: uuid('c', index + 1),
        tls_certificate_id: 'ref',
        tls_ciphers: 'TLS_AES_256_GCM_SHA384',
        tls_versions: ['TLSv1.3'],
      }),
    ),
    pools: Object.values(POOLS),
    members: ports.map((_, index) =>
      aMember(index + 1, { pool_id: uuid('c', index + 1), ip_address: '127.0.0.1', protocol_port: memberPort }),
    ),
    health_monitors: paths.map((url_path, index) =>
      aMonitor(index + 1, {
        pool_id: uuid('c', index + 1),
        type: url_path.endsWith('https') ? 'HTTPS' : 'HTTP',
        url_path,
        http_version: 1.1,
        domain_name: 'www.example.org',
        delay: 1,
        timeout: 1,
      }),
    ),
  });

/** The cipher that a client with these agrees on; rejects when there is none in common. */
const cipherFor = async (port: number, ciphers: string): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, minVersion: 'TLSv1.3', ciphers });
  try {
    await once(socket, 'secureConnect');
    return socket.getCipher().name;
  } finally {
    socket.destroy();
  }
};

needs('haproxy').describe('a running haproxy', () => {
  let bench: HaproxyBench;
  let haproxy: ChildProcess | undefined;
  let member: Http2SecureServer;
  let ports: readonly number[] = [];
  /** The versions of HTTP that each path was asked for in. */
  const checked = new Map<string, Set<string>>();

  beforeAll(async () => {
    bench = await openBench();
    // The folder has the certificate; the member's port is not known before it has one.
    const placeholder = await bench.write('member', haproxyInput({ tree: treeFor([1, 2, 3], 1) }));
    const leaf = await readFile(join(dirname(placeholder), 'certs', uuid('a'), 'leaf.pem'));
    member = createSecureServer({ key: leaf, cert: leaf, allowHTTP1: true }, (incoming, answer) => {
      const versions = checked.get(incoming.url) ?? new Set();
      checked.set(incoming.url, versions.add(incoming.httpVersion));
      answer.end();
    }).listen(0, '127.0.0.1');
    await once(member, 'listening');
    const address = member.address();
    const memberPort = address !== null && typeof address === 'object' ? address.port : 0;
    ports = await Promise.all(paths.map(freePort));
    const path = await bench.write('running', haproxyInput({ tree: treeFor(ports, memberPort) }));
    expect(await bench.check(path)).toBe('');
    haproxy = bench.run(path);
    await vi.waitFor(() => expect([...checked.keys()].sort()).toEqual(paths), patience.expect.poll);
  });

  afterAll(async () => {
    haproxy?.kill('SIGKILL');
    member.close();
    await bench.close();
  });

  test('checks members of a pool with TLS in the protocol that both agree on', () => {
    expect(checked.get('/encrypted-http')).toEqual(new Set(['2.0']));
    expect(checked.get('/encrypted-https')).toEqual(new Set(['2.0']));
  });

  test('checks members of a pool without TLS in HTTP/1, also under an HTTPS monitor', () => {
    expect(checked.get('/plain-https')).toEqual(new Set(['1.1']));
  });

  test('agrees on no cipher of TLS 1.3 that the listener does not list', async () => {
    const [port = 0] = ports;
    expect(await cipherFor(port, 'TLS_AES_256_GCM_SHA384')).toBe('TLS_AES_256_GCM_SHA384');
    await expect(cipherFor(port, 'TLS_AES_128_GCM_SHA256')).rejects.toThrow(/handshake failure/);
  });
});
