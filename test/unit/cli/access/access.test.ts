import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAccess } from '../../../../cli/access/access.ts';

const PASSWORD = 'pass-phrase-of-alice';
const KEYSTONE = 'http://keystone.example:5000';
let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'access-'));
  file = join(folder, 'clouds.yaml');
  await writeFile(
    file,
    `clouds:
  alice:
    auth: {auth_url: '${KEYSTONE}', username: alice, password: ${PASSWORD}, project_name: a}
    region_name: east
    load_balancer_endpoint_override: http://lb.example:9876
  token: {auth_type: v3token, auth: {auth_url: '${KEYSTONE}', token: abc}}
  tokenless: {auth_type: token, auth: {auth_url: '${KEYSTONE}'}}
  wrong: {auth: {auth_url: '${KEYSTONE}', username: alice, project_name: a}}
`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

const withFile = (more: Readonly<Record<string, string>> = {}) => ({ OS_CLIENT_CONFIG_FILE: file, ...more });

describe('the access to the API', () => {
  it('is a cloud of clouds.yaml, by OS_CLOUD or by name', async () => {
    const byName = await readAccess({ osCloud: 'alice' }, withFile({ OS_CLOUD: 'token' }));
    expect(byName).toMatchObject({
      source: `${file}: clouds.alice`,
      signIn: { kind: 'credentials', options: { credentials: { kind: 'password', password: PASSWORD } } },
      endpoint: 'http://lb.example:9876',
      region: 'east',
    });
    expect(await readAccess({}, withFile({ OS_CLOUD: 'alice' }))).toEqual(byName);
    const elsewhere = await readAccess({ osCloud: 'alice', endpoint: 'http://other.example' }, withFile());
    expect(elsewhere.endpoint).toBe('http://other.example');
  });

  it('is what the OS_* variables say: password, application credential or token', async () => {
    const password = { OS_AUTH_URL: KEYSTONE, OS_USER_ID: 'u', OS_PASSWORD: PASSWORD, OS_PROJECT_ID: 'p' };
    expect(await readAccess({}, { ...password, OS_INSECURE: 'true' })).toMatchObject({
      signIn: { kind: 'credentials', options: { project: { id: 'p' } } },
      verify: false,
    });
    const application = { OS_APPLICATION_CREDENTIAL_ID: 'id', OS_APPLICATION_CREDENTIAL_SECRET: 's' };
    expect(await readAccess({}, { OS_AUTH_URL: KEYSTONE, ...application })).toMatchObject({
      signIn: { options: { credentials: { kind: 'application-credential', id: 'id' } } },
    });
    expect(await readAccess({}, { OS_AUTH_URL: KEYSTONE, OS_TOKEN: 'abc' })).toMatchObject({
      signIn: { kind: 'token', token: 'abc', authUrl: `${KEYSTONE}/v3` },
    });
    expect(await readAccess({ osCloud: 'token' }, withFile())).toMatchObject({ signIn: { kind: 'token' } });
  });

  it('is an endpoint alone where the API asks for no token', async () => {
    expect(await readAccess({ endpoint: 'http://127.0.0.1:9876' }, {})).toMatchObject({ signIn: { kind: 'none' } });
  });

  it.each([
    [{}, {}, 'neither OS_CLOUD nor OS_AUTH_URL is set'],
    [{ endpoint: '127.0.0.1' }, {}, '--endpoint 127.0.0.1: is no address'],
    [{ osCloud: 'bob' }, {}, 'has no cloud "bob"'],
    [{ osCloud: 'wrong' }, {}, 'clouds.wrong.auth.password: is required'],
    [{ osCloud: 'tokenless' }, {}, 'clouds.tokenless: auth.token'],
    [{}, { OS_AUTH_URL: KEYSTONE, OS_USERNAME: 'a', OS_PASSWORD: PASSWORD }, 'OS_* variables.auth.project_name'],
  ])('is refused by the name of what is missing: %o %o', async (given, environment, text) => {
    const error = await readAccess(given, withFile(environment)).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(text);
    expect(String(error)).not.toContain(PASSWORD);
  });
});
