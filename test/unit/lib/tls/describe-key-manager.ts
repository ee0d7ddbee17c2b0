import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { AuthOptions } from '../../../../lib/openstack/identity/auth-options/auth-options.ts';
import { type CloudSession, createCloudSession } from '../../../../lib/openstack/session.ts';
import { tlsReferenceChecks } from '../../../../lib/tls/check-tls-references.ts';
import { loadTlsMaterial } from '../../../../lib/tls/load-tls-material.ts';
import type { TlsReferences } from '../../../../lib/tls/tls-references.ts';
import { signInWith } from '../../../contract/sign-in.ts';
import { aListener, aPool, aTree } from '../../../fixtures/render/tree.ts';
import { fixture, fixtures } from './fixture.ts';

const made = z.union([
  z.object({ secret_ref: z.string() }).transform(({ secret_ref }) => secret_ref),
  z.object({ container_ref: z.string() }).transform(({ container_ref }) => container_ref),
]);
const acl = z.object({ read: z.object({ users: z.array(z.string()).default([]), 'project-access': z.boolean() }) });

const open = (options: Promise<AuthOptions>) =>
  createCloudSession({ authOptions: () => options, requestTimeout: 20_000, connectTimeout: 2_000 });

/** The users that are needed: the service user, and two tenants of different projects. */
export type KeyManagerUser = 'worker' | 'tenant' | 'otherTenant';

/**
 * What must hold of any key manager, the stand-in's or a real one: a tenant keeps secrets in its project, the worker
 * reads what the tenant lets it read, and another tenant gets nothing of it. Deletes what it makes.
 */
export const describeKeyManager = (optionsOf: (user: KeyManagerUser) => Promise<AuthOptions>): void => {
  const kept: string[] = [];
  let worker: CloudSession;
  let tenant: CloudSession;
  let tokens: { readonly tenant: string; readonly otherTenant: string };

  const pathOf = (reference: string) => new URL(reference).pathname.replace(/^.*\/v1/, '');
  const post = async (path: string, body: unknown): Promise<string> => {
    const request = { service: 'key-manager', method: 'POST', path, body, accepts: [201] } as const;
    const { bytes } = await tenant.call(request);
    const reference = made.parse(JSON.parse(Buffer.from(bytes).toString()));
    kept.push(reference);
    return reference;
  };
  const bytes = (payload: Uint8Array, type = 'application/octet-stream') =>
    post('/secrets', {
      payload: Buffer.from(payload).toString('base64'),
      payload_content_type: type,
      payload_content_encoding: 'base64',
    });
  const text = (payload: string) => post('/secrets', { payload, payload_content_type: 'text/plain' });
  const container = (parts: Readonly<Record<string, string>>) => {
    const secret_refs = Object.entries(parts).map(([name, secret_ref]) => ({ name, secret_ref }));
    return post('/containers', { name: 'test', type: 'certificate', secret_refs });
  };
  const readers = async (reference: string) => {
    const path = `${pathOf(reference)}/acl`;
    const answer = await tenant.call({ service: 'key-manager', method: 'GET', path, accepts: [200] });
    return acl.parse(JSON.parse(Buffer.from(answer.bytes).toString())).read;
  };
  const checks = () => tlsReferenceChecks(() => worker);
  const only = (...certificates: readonly string[]): TlsReferences => ({ certificates, ca: null, crl: null });

  beforeAll(async () => {
    [worker, tenant] = [open(optionsOf('worker')), open(optionsOf('tenant'))];
    const signIn = async (user: KeyManagerUser) => {
      const options = await optionsOf(user);
      return signInWith(() => options)({ wrongPassword: false });
    };
    tokens = { tenant: await signIn('tenant'), otherTenant: await signIn('otherTenant') };
  });
  afterAll(async () => {
    for (const reference of kept.reverse()) {
      await tenant.call({ service: 'key-manager', method: 'DELETE', path: pathOf(reference), accepts: [204] });
    }
    await Promise.all([worker.close(), tenant.close()]);
  });

  it('reads every kind of secret that its owner lets the worker read', async () => {
    const [certificate, key, encrypted, passphrase, pkcs7, chain] = await Promise.all([
      text(fixture('leaf.pem').toString()),
      bytes(fixture('leaf-key.pem')),
      bytes(fixture('key-pbkdf2.pem')),
      text('hunter2'),
      bytes(fixture('chain.p7c')),
      text(fixture('chain.pem').toString()),
    ]);
    const certificates = await Promise.all([
      bytes(fixture('modern.p12')),
      bytes(fixture('legacy.p12')),
      bytes(fixtures('leaf.pem', 'chain.pem', 'leaf-key.pem')),
      text(fixtures('leaf-key.pem', 'leaf.pem', 'chain.pem').toString()),
      container({ certificate, private_key: key, intermediates: chain }),
      container({ certificate, private_key: encrypted, private_key_passphrase: passphrase, intermediates: pkcs7 }),
    ]);
    const [ca, crl] = await Promise.all([text(fixture('root.pem').toString()), bytes(fixture('root-crl.pem'))]);
    const references = { certificates, ca, crl };
    await checks().grant(references, tokens.tenant);
    await checks().check(references);

    const listener = aListener(1, {
      protocol: 'TERMINATED_HTTPS',
      sni_containers: certificates,
      client_ca_tls_certificate_id: ca,
      client_crl_container_id: crl,
    });
    const pool = aPool(1, { tls_enabled: true, tls_certificate_id: certificates[0] ?? '', ca_tls_certificate_id: ca });
    const tree = aTree({ listeners: [listener], pools: [pool] });
    const { uploads, failedListeners, failedPools } = await loadTlsMaterial(() => worker)(tree);
    expect([...failedListeners.values(), ...failedPools.values()]).toEqual([]);
    // Whatever it was kept in, it is the same certificate: one bundle, one CA, one list, one crt-list.
    expect(uploads).toHaveLength(4);
    expect(uploads[0]?.pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
  });

  it('adds the worker to the readers once, and keeps the others', async () => {
    const reference = await bytes(fixture('modern.p12'));
    const path = `${pathOf(reference)}/acl`;
    const body = { read: { users: ['0123456789abcdef0123456789abcdef'], 'project-access': false } };
    await tenant.call({ service: 'key-manager', method: 'PUT', path, body, accepts: [200] });
    await checks().grant(only(reference), tokens.tenant);
    await checks().grant(only(reference), tokens.tenant);
    const { userId } = await worker.whoami();
    const read = await readers(reference);
    expect([...read.users].sort()).toEqual(['0123456789abcdef0123456789abcdef', userId].sort());
    expect(read['project-access']).toBe(false);
  });

  it("does not share another tenant's secret, though the worker may read it", async () => {
    const reference = await bytes(fixture('modern.p12'));
    await checks().grant(only(reference), tokens.tenant);
    await expect(checks().grant(only(reference), tokens.otherTenant)).rejects.toMatchObject({
      name: 'CertificateRetrievalError',
      message: `Could not retrieve certificate: ${reference} may not be read.`,
    });
  });

  it('refuses what the worker may not read, and what is not there', async () => {
    const [reference, gone] = [await bytes(fixture('modern.p12')), await bytes(fixture('modern.p12'))];
    await tenant.call({ service: 'key-manager', method: 'DELETE', path: pathOf(gone), accepts: [204] });
    kept.splice(kept.indexOf(gone), 1);
    const refused = checks().check(only(reference, gone));
    await expect(refused).rejects.toThrow(`${reference} may not be read.`);
    await expect(refused).rejects.toThrow(`${gone} is not in the key manager.`);
    await expect(checks().grant(only(gone), tokens.tenant)).rejects.toThrow('is not in the key manager.');
  });
};
