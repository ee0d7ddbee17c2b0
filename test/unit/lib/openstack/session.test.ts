import { afterEach, describe, expect, it } from 'vitest';
import { underDeadline } from '../../../../lib/context/deadline.ts';
import { underRequestId } from '../../../../lib/context/request-id.ts';
import type { ServiceRequest } from '../../../../lib/openstack/http/service-request.ts';
import { createCloudSession } from '../../../../lib/openstack/session.ts';
import { closeFakeClouds, givenCloud, NEVER } from './fake-cloud.ts';

const ports: ServiceRequest = { service: 'network', method: 'GET', path: '/ports', accepts: [200] };
const PORTS = '/network/v2.0/ports';

describe('cloud session', () => {
  afterEach(closeFakeClouds);

  it('signs in once for callers that come together and after each other', async () => {
    const cloud = await givenCloud({ [`GET ${PORTS}`]: [{ status: 200 }] });
    await Promise.all([cloud.session.call(ports), cloud.session.call(ports), cloud.session.whoami()]);
    await cloud.session.call(ports);
    expect(cloud.signIns()).toBe(1);
    expect(cloud.asked.map(({ headers }) => headers['x-auth-token'])).toEqual(['token-1', 'token-1', 'token-1']);
  });

  it('does nothing before the first call', async () => {
    const cloud = await givenCloud();
    expect(cloud.signIns()).toBe(0);
  });

  it('signs in again when a token is refused, once for all, and makes the call again', async () => {
    const refused = { status: 401 };
    const cloud = await givenCloud({ [`GET ${PORTS}`]: [refused, refused, { status: 200 }] });
    const answers = await Promise.all([cloud.session.call(ports), cloud.session.call(ports)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(cloud.signIns()).toBe(2);
    expect(cloud.asked.at(-1)?.headers['x-auth-token']).toBe('token-2');
  });

  it('gives up when the new token is refused too', async () => {
    const cloud = await givenCloud({ [`GET ${PORTS}`]: [{ status: 401 }] });
    await expect(cloud.session.call(ports)).rejects.toMatchObject({ name: 'CloudCredentialsError' });
    expect(cloud.asked).toHaveLength(2);
  });

  it('renews a token that ends within two minutes', async () => {
    const cloud = await givenCloud({ [`GET ${PORTS}`]: [{ status: 200 }] }, 119);
    await cloud.session.call(ports);
    await cloud.session.call(ports);
    expect(cloud.signIns()).toBe(2);
  });

  it('sends JSON, query and headers to the endpoint', async () => {
    const cloud = await givenCloud({ [`POST ${PORTS}`]: [{ status: 201, body: { port: 1 } }] });
    const headers = { 'x-more': 'yes' };
    const answer = await cloud.session.call({
      ...ports,
      method: 'POST',
      query: [['a', 'b c']],
      body: { port: {} },
      headers,
      accepts: [201],
    });
    expect(JSON.parse(new TextDecoder().decode(answer.bytes))).toEqual({ port: 1 });
    expect(cloud.asked[0]).toMatchObject({ url: `${PORTS}?a=b+c`, body: { port: {} } });
    expect(cloud.asked[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'x-more': 'yes' });
  });

  it('passes the request id on, each caller its own', async () => {
    const cloud = await givenCloud({ [`GET ${PORTS}`]: [{ status: 200 }] });
    const ask = (id: string) => underRequestId(id, () => cloud.session.call(ports));
    await Promise.all([ask('req-1'), ask('req-2')]);
    await cloud.session.call(ports);
    const passed = cloud.asked.map(({ headers }) => headers['x-openstack-request-id']);
    expect(passed.toSorted()).toEqual(['req-1', 'req-2', undefined]);
  });

  it.each([
    ['a service', `GET ${PORTS}`],
    ['Keystone', 'POST /v3/auth/tokens'],
  ])('gives up within half of the function’s time when %s never answers', async (_what, silent) => {
    const cloud = await givenCloud({ [silent]: [NEVER] });
    const stoppedAt = Date.now() + 2_000;
    const ask = underDeadline((_event: unknown, _clock: object) => cloud.session.call(ports));
    const clock = { getRemainingTimeInMillis: () => stoppedAt - Date.now() };
    await expect(ask(null, clock)).rejects.toMatchObject({ name: 'CloudUnavailableError', retryable: true });
    expect(stoppedAt - Date.now()).toBeGreaterThan(300);
  });

  it('reads the password again when Keystone refuses it, once, and makes the calls with the new one', async () => {
    const refused = { status: 401 };
    const cloud = await givenCloud({ [`GET ${PORTS}`]: [{ status: 200 }, refused, refused, { status: 200 }] });
    await cloud.session.call(ports);
    cloud.acceptPassword('changed-secret');
    cloud.configurePassword('changed-secret');
    const answers = await Promise.all([cloud.session.call(ports), cloud.session.call(ports)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(cloud.reads()).toBe(2);
    expect(cloud.passwords).toEqual(['hunter2-secret', 'hunter2-secret', 'changed-secret']);
  });

  it('can be tried again while Keystone has a new password and the configuration has not', async () => {
    const cloud = await givenCloud({ [`GET ${PORTS}`]: [{ status: 200 }] });
    cloud.acceptPassword('changed-secret');
    await expect(cloud.session.call(ports)).rejects.toMatchObject({ name: 'CloudSignInError', retryable: true });
    expect(cloud.passwords).toEqual(['hunter2-secret']);
    cloud.configurePassword('changed-secret');
    expect((await cloud.session.call(ports)).status).toBe(200);
  });

  it('names a refused sign-in, without the password', async () => {
    const body = { error: { message: 'hunter2-secret is wrong', code: 401 } };
    const cloud = await givenCloud({ 'POST /v3/auth/tokens': [{ status: 401, body }] });
    const error = await cloud.session.call(ports).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'CloudSignInError' });
    expect(String(error)).not.toContain('hunter2-secret');
  });

  it('tries a sign-in again while Keystone is busy, and says so when it stays busy', async () => {
    const busy = { status: 503, headers: { 'retry-after': '0' } };
    const cloud = await givenCloud({ 'POST /v3/auth/tokens': [busy, busy, { status: 401 }, busy] });
    await expect(cloud.session.call(ports)).rejects.toMatchObject({ name: 'CloudSignInError' });
    await expect(cloud.session.call(ports)).rejects.toMatchObject({ name: 'CloudUnavailableError' });
  });

  it('reveals no token and body in an error', async () => {
    const cloud = await givenCloud({
      [`POST ${PORTS}`]: [{ status: 400, body: { NeutronError: { type: 'T', message: 'no' } } }],
    });
    const error = await cloud.session
      .call({ ...ports, method: 'POST', body: { secret: 'pem-pem' } })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'CloudRequestError', status: 400, message: 'network POST /ports: 400 no' });
    expect(JSON.stringify(error)).not.toMatch(/token-1|pem-pem/);
  });

  it('reads its options again after they could not be read', async () => {
    const cloud = await givenCloud({ [`GET ${PORTS}`]: [{ status: 200 }] });
    let reads = 0;
    const session = createCloudSession({
      authOptions: async () => {
        reads += 1;
        if (reads === 1) throw new Error('not yet');
        return cloud.options;
      },
      requestTimeout: 1_000,
      connectTimeout: 1_000,
    });
    await expect(session.call(ports)).rejects.toThrow('not yet');
    expect((await session.call(ports)).status).toBe(200);
    await session.close();
  });

  it('names a cloud that is not there', async () => {
    const cloud = await givenCloud();
    await cloud.close();
    const session = createCloudSession({
      authOptions: async () => cloud.options,
      requestTimeout: 500,
      connectTimeout: 200,
    });
    await expect(session.call(ports)).rejects.toMatchObject({ name: 'CloudUnavailableError', retryable: true });
    await session.close();
  });
});
