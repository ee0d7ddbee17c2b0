import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newKey } from '../../../../lib/drivers/certificate/authority.ts';
import { signCertificate } from '../../../../lib/drivers/certificate/sign-certificate.ts';
import {
  CertificateRetrievalError,
  CloudCredentialsError,
  CloudUnavailableError,
} from '../../../../lib/errors/cloud.ts';
import type { Listener } from '../../../../lib/models/objects/listener.ts';
import type { Pool } from '../../../../lib/models/objects/pool.ts';
import { keyToPem } from '../../../../lib/tls/formats/pem-blocks.ts';
import { loadTlsMaterial } from '../../../../lib/tls/load-tls-material.ts';
import { aListener, aPool, aTree } from '../../../fixtures/render/tree.ts';
import { fixture, fixtures, keyManagerWith, secretRef } from './fixture.ts';

const [P12, PEM, CA, CRL, BROKEN] = [secretRef(1), secretRef(2), secretRef(3), secretRef(4), secretRef(5)];

const anotherCertificate = async (): Promise<string> => {
  const { publicKey, privateKey } = await newKey();
  const notAfter = new Date(Date.now() + 60_000);
  const wish = { commonName: 'other.example.com', dnsNames: [], use: 'peer', publicKey, notAfter } as const;
  return `${signCertificate(wish, { certificate: null, key: privateKey })}${keyToPem(privateKey)}`;
};
const given = async () =>
  keyManagerWith({
    secrets: {
      1: fixture('modern.p12'),
      2: await anotherCertificate(),
      3: fixture('root.pem').toString(),
      4: fixture('root-crl.pem'),
      5: 'hello',
    },
  });

const terminating = (number: number, change: Partial<Listener>): Listener =>
  aListener(number, { protocol: 'TERMINATED_HTTPS', ...change });
const encrypting = (number: number, change: Partial<Pool>): Pool => aPool(number, { tls_enabled: true, ...change });
const sha1 = (bytes: Uint8Array | string) => createHash('sha1').update(bytes).digest('hex');
const LEAF = `${sha1(fixture('leaf.pem'))}.pem`;

describe('loadTlsMaterial', () => {
  it('does not open a session for a tree that refers to nothing', async () => {
    const load = loadTlsMaterial(() => {
      throw new Error('opened');
    });
    const tree = aTree({
      listeners: [
        aListener(1),
        aListener(2, { tls_certificate_id: P12 }),
        terminating(3, { tls_certificate_id: P12, provisioning_status: 'PENDING_DELETE' }),
      ],
      pools: [
        aPool(1, { tls_certificate_id: P12 }),
        encrypting(2, {}),
        encrypting(3, { ca_tls_certificate_id: CA, provisioning_status: 'PENDING_DELETE' }),
      ],
    });
    const { uploads, files, failedListeners, failedPools } = await load(tree);
    expect(uploads).toEqual([]);
    expect([files.listeners, files.pools, failedListeners, failedPools].map(({ size }) => size)).toEqual([0, 0, 0, 0]);
  });

  it('lists the default certificate before those of other names, each by its absolute path', async () => {
    const { session } = await given();
    const listener = terminating(1, { tls_certificate_id: PEM, sni_containers: [P12, PEM] });
    const { uploads } = await loadTlsMaterial(() => session)(aTree({ listeners: [listener] }));
    const [first, second, list] = uploads;
    expect(uploads).toHaveLength(3);
    expect(second?.fileName).toBe(LEAF);
    const folder = `/var/lib/octavia/certs/${listener.load_balancer_id}`;
    expect(list).toEqual({
      fileName: `${listener.id}.pem`,
      pem: `${folder}/${first?.fileName}\n${folder}/${LEAF}\n`,
    });
  });

  it('answers the names of client CA and revocation list, and of what a pool needs', async () => {
    const { session } = await given();
    const references = { ca_tls_certificate_id: CA, crl_container_id: CRL };
    const [listener, pool, bare] = [
      terminating(1, {
        sni_containers: [P12],
        client_ca_tls_certificate_id: CA,
        client_crl_container_id: CRL,
      }),
      encrypting(1, { tls_certificate_id: P12, ...references }),
      encrypting(2, { ca_tls_certificate_id: CA }),
    ];
    const { files, uploads } = await loadTlsMaterial(() => session)(
      aTree({ listeners: [listener], pools: [pool, bare] }),
    );
    const [ca, crl] = ['root.pem', 'root-crl.pem'].map((name) => `${sha1(fixture(name))}.pem`);
    expect(files.listeners.get(listener.id)).toEqual({ clientCa: ca, clientCrl: crl });
    expect(files.pools.get(pool.id)).toEqual({ certificate: LEAF, ca, crl });
    expect(files.pools.get(bare.id)).toEqual({ certificate: null, ca, crl: null });
    expect(uploads.map(({ fileName }) => fileName)).toEqual([LEAF, ca, crl, `${listener.id}.pem`]);
    expect(uploads.find(({ fileName }) => fileName === crl)?.pem).toBe(fixture('root-crl.pem').toString());
  });

  it('asks for each reference once', async () => {
    const { session, asked } = await given();
    const listeners = [1, 2, 3].map((number) => terminating(number, { tls_certificate_id: P12 }));
    const { uploads } = await loadTlsMaterial(() => session)(aTree({ listeners }));
    expect(asked).toHaveLength(2);
    expect(uploads).toHaveLength(4);
  });

  it('leaves out objects with an unusable reference, and goes on with the others', async () => {
    const { session } = await given();
    const [bad, good] = [
      terminating(1, { tls_certificate_id: PEM, sni_containers: [BROKEN, secretRef(9)] }),
      terminating(2, { tls_certificate_id: P12 }),
    ];
    const pools = [encrypting(1, { ca_tls_certificate_id: BROKEN }), encrypting(2, { tls_certificate_id: P12 })];
    const { uploads, files, failedListeners, failedPools } = await loadTlsMaterial(() => session)(
      aTree({ listeners: [bad, good], pools }),
    );
    expect([...failedListeners.keys(), ...failedPools.keys()]).toEqual([bad.id, pools[0]?.id]);
    expect(failedListeners.get(bad.id)?.message).toContain(`${BROKEN} is neither PKCS#12 nor PEM.`);
    expect(failedListeners.get(bad.id)?.message).toContain(`${secretRef(9)} is not in the key manager.`);
    expect([...files.listeners.keys(), ...files.pools.keys()]).toEqual([good.id, pools[1]?.id]);
    expect(uploads.map(({ fileName }) => fileName)).toEqual([LEAF, `${good.id}.pem`]);
  });

  it.each([
    new CertificateRetrievalError('the secret is gone'),
    new CloudUnavailableError('the key manager is down'),
    new CloudCredentialsError('the worker may not sign in'),
  ])('names again the files that are present when %s', async (error) => {
    const { session } = await given();
    const failing = { ...session, call: async () => Promise.reject(error) };
    const [listener, pool] = [
      terminating(1, { tls_certificate_id: P12 }),
      encrypting(1, { ca_tls_certificate_id: CA }),
    ];
    const present = {
      listeners: new Map([[listener.id, { clientCa: null, clientCrl: null }]]),
      pools: new Map([[pool.id, { certificate: null, ca: 'ca.pem', crl: null }]]),
    };
    const tree = aTree({ listeners: [listener], pools: [pool] });
    const { files, uploads, failedListeners, failedPools, unread } = await loadTlsMaterial(() => failing)(
      tree,
      present,
    );
    expect(files).toEqual(present);
    expect([uploads, ...failedListeners, ...failedPools]).toEqual([[]]);
    expect([...unread]).toEqual([
      [listener.id, error],
      [pool.id, error],
    ]);
  });

  it('keeps the longer chain when one certificate comes with two', async () => {
    const { session } = keyManagerWith({
      secrets: {
        1: fixtures('leaf.pem', 'leaf-key.pem'),
        2: fixtures('leaf.pem', 'leaf-key.pem', 'chain.pem'),
        3: fixtures('leaf.pem', 'leaf-key.pem', 'intermediate.pem'),
      },
    });
    const listeners = [1, 2, 3].map((number) => terminating(number, { tls_certificate_id: secretRef(number) }));
    const { uploads } = await loadTlsMaterial(() => session)(aTree({ listeners }));
    const [leaf, ...lists] = uploads;
    expect(leaf?.pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    expect(lists.map(({ fileName }) => fileName)).toEqual(listeners.map(({ id }) => `${id}.pem`));
  });

  it.each([
    new CloudUnavailableError('the key manager is down'),
    new CloudCredentialsError('the worker may not sign in'),
  ])('does not blame a listener when %s', async (error) => {
    const { session } = await given();
    const failing = { ...session, call: () => Promise.reject(error) };
    const tree = aTree({ listeners: [terminating(1, { tls_certificate_id: P12 })] });
    await expect(loadTlsMaterial(() => failing)(tree)).rejects.toBe(error);
  });
});
