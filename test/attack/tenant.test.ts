import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Integer, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LOAD_BALANCERS, type LoadBalancerApi } from '../cloud/load-balancer-api.ts';
import { secretOfAlice } from '../flows/support/tenant-secret.ts';
import { useStack } from '../helpers/stack.ts';
import { tenant } from '../helpers/tenant.ts';
import { whileAnotherAsks } from './others.ts';

/** A tenant waits no longer than this for an answer, whatever another one does, also on a busy machine. */
const PATIENCE_MS = 5_000;

const stack = useStack();
const listenerOf = z.object({ listener: z.object({ id: z.string() }) });
let alice: LoadBalancerApi;
let bob: LoadBalancerApi;
let id = '';
beforeAll(async () => {
  [alice, bob] = await Promise.all([tenant(stack()), tenant(stack(), 'bob')]);
  ({ id } = await alice.create({ name: 'attacker', vip_subnet_id: stack().cloud?.facts.vipSubnetId }));
  await alice.settled(id);
});

const cloud = () => {
  const { cloud: own } = stack();
  if (own === null) throw new Error('there is no cloud');
  return own;
};

describe('a secret that asks for work without end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'attack-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** An encrypted part of a PKCS#12 file that asks for so many rounds. */
  const encryptedPart = (rounds: number) => {
    const salt = new OctetString({ valueHex: new Uint8Array(8) });
    const parameters = new Sequence({ value: [salt, Integer.fromBigInt(BigInt(rounds))] });
    const algorithm = new Sequence({
      value: [new ObjectIdentifier({ value: '1.2.840.113549.1.12.1.3' }), parameters],
    });
    const content = new OctetString({ valueHex: new Uint8Array(64), idBlock: { tagClass: 3, tagNumber: 0 } });
    const encrypted = new Sequence({
      value: [
        new Integer({ value: 0 }),
        new Sequence({ value: [new ObjectIdentifier({ value: '1.2.840.113549.1.7.1' }), algorithm, content] }),
      ],
    });
    return contentInfo('1.2.840.113549.1.7.6', encrypted);
  };
  const contentInfo = (type: string, inside: Sequence | OctetString) =>
    new Sequence({
      value: [
        new ObjectIdentifier({ value: type }),
        new Sequence({ value: [inside], idBlock: { tagClass: 3, tagNumber: 0 } }),
      ],
    });
  const pkcs12 = (...rounds: readonly number[]): Uint8Array => {
    const safe = new Sequence({ value: rounds.map(encryptedPart) });
    const whole = contentInfo('1.2.840.113549.1.7.1', new OctetString({ valueHex: safe.toBER() }));
    return new Uint8Array(new Sequence({ value: [new Integer({ value: 3 }), whole] }).toBER());
  };
  /** A PEM of a certificate and an encrypted key that calls itself another kind, of five million rounds. */
  const disguised = (): Uint8Array => {
    const file = (name: string) => join(folder, name);
    const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'ignore' });
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', file('k'), '-out', file('c'), '-subj', '/CN=x');
    openssl('pkcs8', '-topk8', '-in', file('k'), '-out', file('e'), '-passout', 'pass:x', '-iter', '5000000');
    const key = readFileSync(file('e'), 'utf8').replaceAll('ENCRYPTED PRIVATE KEY', 'PRIVATE KEY');
    return Buffer.from(`${readFileSync(file('c'), 'utf8')}${key}`);
  };

  it.each([
    ['PKCS#12 with a negative count that pays for a million rounds', () => pkcs12(-1_000_000_000_000, 1_000_000)],
    ['PKCS#12 with three million rounds', () => pkcs12(3_000_000)],
    ['PEM with an encrypted key under the label of a plain one', disguised],
    ['64 KB of beginnings of PEM', () => Buffer.from('-----BEGIN A-----\n'.repeat(3_600))],
    ['half a megabyte', () => Buffer.alloc(524_288, 'x')],
  ])('is refused while others are served: %s', async (_what, payload) => {
    const reference = await secretOfAlice(cloud(), payload());
    const listener = {
      loadbalancer_id: id,
      protocol: 'TERMINATED_HTTPS',
      protocol_port: 443,
      default_tls_container_ref: reference,
    };
    const { result, waited } = await whileAnotherAsks(bob, () =>
      alice.call('POST', '/v2.0/lbaas/listeners', { listener }),
    );
    expect(result.status).toBe(400);
    expect(JSON.stringify(result.body)).toContain('Could not retrieve certificate');
    expect(waited.refusals).toEqual([]);
    expect(waited.longestMs).toBeLessThan(PATIENCE_MS);
  });
});

describe('a request', () => {
  const raw = (method: string, path: string, body: string, headers: Readonly<Record<string, string>>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = plainRequest(`${stack().apiUrl}${path}`, { method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const nested = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

  it('nested 50,000 deep, with 50,000 keys, or above the size is refused and no fault of the service', async () => {
    const token = await tokenOfAlice();
    const post = (body: string) =>
      raw('POST', '/v2.0/lbaas/pools', body, { 'x-auth-token': token, 'content-type': 'application/json' });
    expect(await post(nested)).toBe(400);
    expect(await post(`{"pool":{"name":${nested}}}`)).toBe(400);
    expect(await post(`{"pool":[${'1,'.repeat(50_000)}1]}`)).toBe(400);
    expect(await post(`{"pool":{"name":"${'x'.repeat(200_000)}"}}`)).toBe(413);
    expect(await post('{"pool":{"__proto__":{"name":"x"},"constructor":1}}')).toBe(400);
  });

  const tokenOfAlice = async (): Promise<string> => {
    const { signIn } = await import('../helpers/tenant.ts');
    return await signIn(cloud().authUrl, 'alice', 'project-a');
  };

  it('with a misspelt dry run does nothing', async () => {
    for (const query of ['dryrun=true', 'DRY_RUN=true', 'dry-run=true', 'dry_run[]=true', 'dry_run=yes']) {
      expect((await alice.call('DELETE', `${LOAD_BALANCERS}/${id}?${query}`)).status).toBe(400);
    }
    expect((await alice.settled(id))?.provisioning_status).toBe('ACTIVE');
  });

  it('to an internal endpoint in the name of a page is refused', async () => {
    const { dynamodb, stepFunctions, events } = stack().endpoints;
    for (const endpoint of [dynamodb, stepFunctions, events, cloud().url]) {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const outgoing = plainRequest(
          `${endpoint}/`,
          { method: 'POST', headers: { host: 'evil.example' } },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        );
        outgoing.on('error', reject);
        outgoing.end('{}');
      });
      expect(status).toBe(421);
    }
  });

  it('for an object of another tenant is refused for every verb, with nothing done', async () => {
    const made = await alice.call('POST', '/v2.0/lbaas/listeners', {
      listener: { loadbalancer_id: id, protocol: 'HTTP', protocol_port: 81 },
    });
    const { listener } = listenerOf.parse(made.body);
    for (const [method, path, body] of [
      ['GET', `/v2.0/lbaas/listeners/${listener.id}`, undefined],
      ['PUT', `/v2.0/lbaas/listeners/${listener.id}`, { listener: { name: 'taken' } }],
      ['DELETE', `/v2.0/lbaas/listeners/${listener.id}`, undefined],
      ['DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`, undefined],
      ['PUT', `${LOAD_BALANCERS}/${id}`, { loadbalancer: { name: 'taken' } }],
    ] as const) {
      expect((await bob.call(method, path, body)).status).toBe(403);
    }
    expect((await alice.settled(id))?.name).toBe('attacker');
  });
});
