import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { StandInCloud } from '../../../../../local/cloud/cloud.ts';
import { type Answer, type Caller, callerAs, testCloud } from '../helpers.ts';

const secretRef = z.object({ secret_ref: z.string() });
const containerRef = z.object({ container_ref: z.string() });

describe('Barbican', () => {
  let cloud: StandInCloud;
  let alice: Caller;
  let bob: Caller;
  let octavia: Caller;
  const pathOf = (ref: string): string => new URL(ref).pathname;
  const secretPath = ({ body }: Answer): string => pathOf(secretRef.parse(body).secret_ref);
  const create = async (payload: string, more: object = { payload_content_type: 'text/plain' }) =>
    secretPath(await alice('POST', '/key-manager/v1/secrets', { name: 's', payload, ...more }));

  beforeAll(async () => {
    cloud = await testCloud();
    alice = await callerAs(cloud, 'alice', 'project-a');
    bob = await callerAs(cloud, 'bob', 'project-b');
    octavia = await callerAs(cloud, 'octavia', 'service');
  });
  afterAll(() => cloud.stop());

  it('keeps text and bytes, and gives them back by the type asked for', async () => {
    const text = await create('hello');
    expect((await alice('GET', text)).body).toMatchObject({
      content_types: { default: 'text/plain' },
      status: 'ACTIVE',
    });
    expect((await alice('GET', `${text}/payload`)).body).toBe('hello');
    const bytes = await create('aGVsbG8=', {
      payload_content_type: 'application/octet-stream',
      payload_content_encoding: 'base64',
    });
    const answer = await alice('GET', `${bytes}/payload`, undefined, { accept: 'application/octet-stream' });
    expect(answer).toMatchObject({ body: 'hello', headers: { 'content-type': 'application/octet-stream' } });
    expect((await alice('GET', '/key-manager/v1/secrets?limit=1')).body).toMatchObject({
      total: 2,
      next: expect.any(String),
    });
    expect((await alice('POST', '/key-manager/v1/secrets', { payload: 'x' })).status).toBe(400);
  });

  it('takes the payload of a secret that was created without one, once', async () => {
    const secret = secretPath(await alice('POST', '/key-manager/v1/secrets', { name: 'later' }));
    const put = (as: Caller, type = 'text/plain') => as('PUT', secret, 'hello', { 'content-type': type });
    expect((await alice('GET', `${secret}/payload`)).status).toBe(404);
    expect((await put(bob)).status).toBe(403);
    expect((await put(alice, 'application/octet-stream')).status).toBe(400);
    expect((await put(alice)).status).toBe(204);
    expect((await alice('GET', `${secret}/payload`)).body).toBe('hello');
    expect((await alice('GET', secret)).body).toMatchObject({ content_types: { default: 'text/plain' } });
    expect((await put(alice)).status).toBe(409);
  });

  it('shows a secret to the service only when its access list says so', async () => {
    const secret = await create('hello');
    expect((await octavia('GET', `${secret}/payload`)).status).toBe(403);
    expect((await bob('PUT', `${secret}/acl`, { read: { users: ['x'] } })).status).toBe(403);
    const read = { users: [cloud.facts.users.octavia], 'project-access': true };
    expect((await alice('PUT', `${secret}/acl`, { read })).status).toBe(200);
    expect((await alice('GET', `${secret}/acl`)).body).toMatchObject({ read });
    expect((await octavia('GET', `${secret}/payload`)).body).toBe('hello');
    expect((await bob('GET', `${secret}/payload`)).status).toBe(403);
    expect((await octavia('DELETE', secret)).status).toBe(403);
    expect((await alice('DELETE', secret)).status).toBe(204);
    expect((await alice('GET', secret)).status).toBe(404);
  });

  it('keeps containers with their consumers', async () => {
    const ref = `${cloud.url}${await create('hello')}`;
    const wish = { name: 'c', type: 'certificate', secret_refs: [{ name: 'certificate', secret_ref: ref }] };
    const made = await alice('POST', '/key-manager/v1/containers', wish);
    const path = pathOf(containerRef.parse(made.body).container_ref);
    const consumer = { name: 'Octavia', URL: 'lb://x' };
    await alice('POST', `${path}/consumers`, consumer);
    expect((await alice('POST', `${path}/consumers`, consumer)).body).toMatchObject({ consumers: [consumer] });
    expect((await alice('GET', path)).body).toMatchObject({ secret_refs: [{ name: 'certificate', secret_ref: ref }] });
    expect((await alice('DELETE', `${path}/consumers`, consumer)).body).toMatchObject({ consumers: [] });
    expect((await alice('DELETE', `${path}/consumers`, consumer)).status).toBe(404);
    expect((await bob('GET', path)).status).toBe(403);
    expect((await alice('DELETE', path)).status).toBe(204);
    expect((await alice('GET', path)).status).toBe(404);
  });
});
