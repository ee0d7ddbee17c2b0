import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { StandInCloud } from '../../../../../local/cloud/cloud.ts';
import { ACCOUNTS } from '../../../../../local/cloud/facts.ts';
import { catalogServices } from '../../../../../local/cloud/identity/catalog.ts';
import { createTokens } from '../../../../../local/cloud/identity/tokens.ts';
import { anonymous, type Caller, callerAs, testCloud } from '../helpers.ts';

const alice = ACCOUNTS.find(({ name }) => name === 'alice') ?? ACCOUNTS[0];

describe('tokens', () => {
  it('end after a day, and can be revoked', () => {
    let time = 1_000_000_000_000;
    const tokens = createTokens('key', () => time);
    if (alice === undefined) throw new Error('there is no alice');
    const [first, second] = [
      tokens.issue(alice, 'project', ['password']),
      tokens.issue(alice, 'project', ['password']),
    ];
    expect(tokens.read(first)?.roles).toContain('load-balancer_member');
    tokens.revoke(first);
    expect(tokens.read(first)).toBeNull();
    expect(tokens.read(second)?.account.name).toBe('alice');
    time += 25 * 3_600_000;
    expect(tokens.read(second)).toBeNull();
    expect(tokens.read(second, true)?.account.name).toBe('alice');
    expect(tokens.read(first, true)).toBeNull();
    time += 2 * 24 * 3_600_000;
    expect(tokens.read(second, true)).toBeNull();
  });

  it('of another key, or altered, are unknown', () => {
    if (alice === undefined) throw new Error('there is no alice');
    const token = createTokens('one').issue(alice, 'project', ['password']);
    expect(createTokens('two').read(token)).toBeNull();
    expect(createTokens('one').read(`x${token}`)).toBeNull();
    expect(createTokens('one').read(undefined)).toBeNull();
    expect(createTokens('one').read(`${token}=`)).toBeNull();
  });
});

describe('Keystone', () => {
  let cloud: StandInCloud;
  let call: Caller;
  const signIn = (auth: object) => call('POST', '/identity/v3/auth/tokens', { auth });
  const password = (name: string, secret: string) => ({
    methods: ['password'],
    password: { user: { name, domain: { id: 'default' }, password: secret } },
  });

  beforeAll(async () => {
    cloud = await testCloud({ loadBalancerEndpoint: 'http://127.0.0.1:9' });
    call = anonymous(cloud);
  });
  afterAll(() => cloud.stop());

  it('signs in by password with project, roles and catalog', async () => {
    const identity = password('alice', cloud.facts.password);
    const { status, body } = await signIn({ identity, scope: { project: { id: cloud.facts.projects['project-a'] } } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      token: {
        project: { name: 'project-a' },
        user: { name: 'alice' },
        roles: expect.arrayContaining([{ id: expect.any(String), name: 'member' }]),
      },
    });
    const types = catalogServices(cloud.url, 'x').map(({ type }) => type);
    for (const type of types) expect(JSON.stringify(body)).toContain(`"type":"${type}"`);
  });

  it('signs in by application credential, and for the whole system as administrator', async () => {
    const id = cloud.facts.applicationCredentials.octavia;
    const identity = {
      methods: ['application_credential'],
      application_credential: { id, secret: cloud.facts.password },
    };
    expect((await signIn({ identity })).body).toMatchObject({ token: { project: { name: 'service' } } });
    const scope = { system: { all: true } };
    const admin = await signIn({ identity: password('admin', cloud.facts.password), scope });
    expect(admin.body).toMatchObject({ token: { system: { all: true } } });
    const reader = await signIn({ identity: password('system-reader', cloud.facts.password), scope });
    expect(reader.body).toMatchObject({ token: { system: { all: true }, roles: [{ name: 'reader' }] } });
    expect((await signIn({ identity: password('alice', cloud.facts.password), scope })).status).toBe(401);
  });

  it('refuses wrong passwords, unknown users, foreign projects and bodies that are none', async () => {
    expect((await signIn({ identity: password('alice', 'wrong') })).status).toBe(401);
    expect((await signIn({ identity: password('mallory', cloud.facts.password) })).status).toBe(401);
    const foreign = { project: { name: 'project-b', domain: { name: 'Default' } } };
    expect((await signIn({ identity: password('alice', cloud.facts.password), scope: foreign })).status).toBe(401);
    expect((await signIn({})).status).toBe(400);
    expect((await call('GET', '/network/v2.0/ports')).status).toBe(401);
  });

  it('validates tokens: 200, 404 for an unknown one, 401 without an own', async () => {
    const octavia = await callerAs(cloud, 'octavia', 'service');
    const issued = await signIn({ identity: password('bob', cloud.facts.password) });
    const subject = { 'x-subject-token': String(issued.headers['x-subject-token']) };
    expect((await octavia('GET', '/identity/v3/auth/tokens', undefined, subject)).body).toMatchObject({
      token: { user: { name: 'bob' } },
    });
    expect((await octavia('GET', '/identity/v3/auth/tokens', undefined, { 'x-subject-token': 'nope' })).status).toBe(
      404,
    );
    expect((await call('GET', '/identity/v3/auth/tokens', undefined, subject)).status).toBe(401);
    expect((await octavia('DELETE', '/identity/v3/auth/tokens', undefined, subject)).status).toBe(204);
    expect((await octavia('GET', '/identity/v3/auth/tokens', undefined, subject)).status).toBe(404);
  });

  it('knows its projects, and its versions without a token', async () => {
    const octavia = await callerAs(cloud, 'octavia', 'service');
    const id = cloud.facts.projects['project-a'];
    expect((await octavia('GET', `/identity/v3/projects/${id}`)).body).toMatchObject({
      project: { id, name: 'project-a' },
    });
    expect((await octavia('GET', '/identity/v3/projects/nope')).status).toBe(404);
    expect((await call('GET', '/identity')).status).toBe(300);
    expect((await call('GET', '/identity/v3')).body).toMatchObject({ version: { id: 'v3.14' } });
  });

  it('moves the load balancer endpoint in its catalog', async () => {
    const catalog = async () =>
      JSON.stringify((await signIn({ identity: password('bob', cloud.facts.password) })).body);
    expect(await catalog()).toContain('http://127.0.0.1:9"');
    cloud.setLoadBalancerEndpoint('http://127.0.0.1:10');
    expect(await catalog()).toContain('http://127.0.0.1:10"');
    cloud.setLoadBalancerEndpoint(null);
    expect(await catalog()).not.toContain('load-balancer"');
  });

  it('has a clouds.yaml entry for each user', () => {
    expect(Object.keys(parse(cloud.cloudsYaml()).clouds)).toEqual(ACCOUNTS.map(({ name }) => name));
  });
});
