import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAuthOptions } from '../../../../../../lib/openstack/identity/auth-options/read-auth-options.ts';
import { useSecretsManager } from '../../../../../helpers/secrets-manager.ts';

const YAML = `
clouds:
  one: { auth: { auth_url: "http://one", username: u, password: s3cret, project_name: p } }
  two: { auth: { auth_url: "http://two" } }
`;
const environment = {
  authUrl: null,
  username: null,
  password: null,
  userDomainName: null,
  projectName: null,
  projectDomainName: null,
  applicationCredentialId: null,
  applicationCredentialSecret: null,
  regionName: null,
  interface: null,
  caFile: null,
};
const config = { cloud: null, cloudsFile: null, cloudsSecret: null, home: null, environment };

const { holds } = useSecretsManager();
holds.set('app/clouds', YAML);

describe('readAuthOptions', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clouds-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads the named cloud of the named file', async () => {
    const cloudsFile = join(folder, 'mine.yaml');
    await writeFile(cloudsFile, YAML);
    expect((await readAuthOptions({ ...config, cloud: 'one', cloudsFile })).authUrl).toBe('http://one/v3');
    await expect(readAuthOptions({ ...config, cloud: 'two', cloudsFile })).rejects.toMatchObject({
      name: 'ConfigurationError',
      setting: `${cloudsFile}: clouds.two.auth.username`,
    });
    await expect(readAuthOptions({ ...config, cloud: 'six', cloudsFile })).rejects.toThrow('no cloud "six"');
  });

  it('takes what looks like a date for the text it is, and follows references', async () => {
    const document = `
base: &base { auth_url: "http://one", username: u, project_name: p, password: 2026-01-02 }
clouds: { one: { auth: *base } }
`;
    const read = readAuthOptions({ ...config, cloud: 'one', cloudsSecret: 'id' }, async () => document);
    expect((await read).credentials).toMatchObject({ password: '2026-01-02' });
  });

  it('looks below the home folder', async () => {
    await mkdir(join(folder, '.config/openstack'), { recursive: true });
    await writeFile(join(folder, '.config/openstack/clouds.yaml'), YAML);
    expect((await readAuthOptions({ ...config, cloud: 'one', home: folder })).authUrl).toBe('http://one/v3');
  });

  it('names the file that is missing, is no YAML or has no clouds, without its text', async () => {
    const cloudsFile = join(folder, 'bad.yaml');
    const read = () => readAuthOptions({ ...config, cloud: 'one', cloudsFile });
    await expect(read()).rejects.toThrow(cloudsFile);
    await writeFile(cloudsFile, 'password: "s3cret');
    await expect(read()).rejects.toThrow(/is not YAML$/);
    await writeFile(cloudsFile, 'password: s3cret');
    await expect(read()).rejects.toThrow(/has no "clouds"$/);
  });

  it('prefers the secret when one is named', async () => {
    const read = (cloud: string | null) =>
      readAuthOptions({ ...config, cloud, cloudsFile: '/none', cloudsSecret: 'id' }, async (secretId) =>
        secretId === 'id' ? YAML : '',
      );
    expect((await read('one')).authUrl).toBe('http://one/v3');
    await expect(read(null)).rejects.toMatchObject({ setting: 'OS_CLOUD' });
  });

  it('reads the secret from Secrets Manager, and names the setting when it is missing', async () => {
    const read = (cloudsSecret: string) => readAuthOptions({ ...config, cloud: 'one', cloudsSecret });
    expect((await read('app/clouds')).authUrl).toBe('http://one/v3');
    await expect(read('app/none')).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: 'OS_CLOUDS_SECRET: cannot read secret "app/none": ResourceNotFoundException',
    });
  });

  it('reads the OS_* variables when no cloud is named', async () => {
    const set = { ...environment, authUrl: 'http://env', username: 'u', password: 'p', projectName: 'p' };
    const options = await readAuthOptions({
      ...config,
      environment: { ...set, interface: 'internal', regionName: 'r' },
    });
    expect(options).toMatchObject({ authUrl: 'http://env/v3', interface: 'internal', region: 'r' });
    await expect(readAuthOptions(config)).rejects.toMatchObject({ setting: 'OS_AUTH_URL' });
    await expect(readAuthOptions({ ...config, environment: { ...set, password: null } })).rejects.toMatchObject({
      setting: 'OS_* variables.auth.password',
    });
  });
});
