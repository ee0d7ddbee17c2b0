import { describe, expect, it } from 'vitest';
import { readCloudEntry } from '../../../../../../lib/openstack/identity/auth-options/cloud-entry.ts';

const auth = { auth_url: 'http://k:5000', username: 'u', password: 's3cret', project_name: 'p' };
const read = (entry: unknown) => readCloudEntry(entry, 'clouds.x');

describe('readCloudEntry', () => {
  it('reads a password entry, with defaults', () => {
    expect(read({ auth })).toEqual({
      authUrl: 'http://k:5000/v3',
      credentials: {
        kind: 'password',
        user: { id: null, name: 'u' },
        userDomain: { id: 'default', name: null },
        password: 's3cret',
      },
      project: { id: null, name: 'p' },
      projectDomain: { id: 'default', name: null },
      region: null,
      interface: 'public',
      caFile: null,
      verify: true,
      endpointOverrides: {},
    });
  });

  it.each(['http://k:5000', 'http://k:5000/', 'http://k:5000/v3', 'http://k:5000/v3/', 'http://k:5000/v2.0'])(
    'takes %s for the same Keystone',
    (auth_url) => {
      expect(read({ auth: { ...auth, auth_url } }).authUrl).toBe('http://k:5000/v3');
    },
  );

  it('reads an application credential, whose project is its own', () => {
    const options = read({
      auth: { auth_url: 'http://k', application_credential_id: 'a', application_credential_secret: 's' },
      auth_type: 'v3applicationcredential',
    });
    expect(options.project).toBeNull();
    expect(options.credentials).toMatchObject({ kind: 'application-credential', id: 'a', secret: 's' });
  });

  it('reads region, interface, authority and overrides', () => {
    const options = read({
      auth,
      region_name: 'r',
      interface: 'internalURL',
      cacert: '/ca.pem',
      verify: false,
      key_manager_endpoint_override: 'http://b',
    });
    expect(options).toMatchObject({ region: 'r', interface: 'internal', caFile: '/ca.pem', verify: false });
    expect(options.endpointOverrides).toEqual({ 'key-manager': 'http://b' });
    expect(read({ auth, endpoint_type: 'adminURL' }).interface).toBe('admin');
  });

  it.each([
    [{}, 'clouds.x.auth'],
    [{ auth: { ...auth, auth_url: 'nowhere' } }, 'clouds.x.auth.auth_url'],
    [{ auth: { ...auth, username: undefined } }, 'clouds.x.auth.username'],
    [{ auth: { ...auth, password: undefined } }, 'clouds.x.auth.password'],
    [{ auth: { ...auth, password: 12345 } }, 'clouds.x.auth.password'],
    [{ auth: { ...auth, project_name: undefined } }, 'clouds.x.auth.project_name'],
    [{ auth, interface: 'outer' }, 'clouds.x.interface'],
    [{ auth, auth_type: 'v3kerberos' }, 'clouds.x.auth_type'],
    [{ auth, auth_type: 'v3applicationcredential' }, 'clouds.x.auth.application_credential_id'],
    [{ auth: { ...auth, application_credential_id: 'a' } }, 'clouds.x.auth.application_credential_secret'],
    [
      { auth: { auth_url: 'http://k', application_credential_name: 'a', application_credential_secret: 's' } },
      'clouds.x.auth.username',
    ],
  ])('names the wrong field of %j', (entry, setting) => {
    expect(() => read(entry)).toThrow(expect.objectContaining({ name: 'ConfigurationError', setting }));
    expect(() => read(entry)).not.toThrow(/s3cret|12345/);
  });
});
