import { describe, expect, it } from 'vitest';
import type { AuthOptions } from '../../../../../../lib/openstack/identity/auth-options/auth-options.ts';
import { readCloudEntry } from '../../../../../../lib/openstack/identity/auth-options/cloud-entry.ts';
import { endpointOf, versionedEndpoint } from '../../../../../../lib/openstack/identity/catalog/endpoints.ts';

const options = (fields: Partial<AuthOptions> = {}): AuthOptions => ({
  ...readCloudEntry(
    { auth: { auth_url: 'http://k:5000', username: 'u', password: 'p', project_name: 'p' }, region_name: 'b' },
    'cloud',
  ),
  ...fields,
});
const endpoint = (face: string, region: string) => ({
  interface: face,
  region_id: region,
  url: `http://${face}.${region}`,
});
const catalog = [
  { type: 'image', endpoints: [{ interface: 'public', region: 'b', url: 'http://image/v2/' }] },
  { type: 'network', endpoints: [endpoint('internal', 'b'), endpoint('public', 'a'), endpoint('public', 'b')] },
];

describe('versionedEndpoint', () => {
  it.each([
    ['network', 'http://127.0.0.1:9696', 'http://127.0.0.1:9696/v2.0'],
    ['network', 'http://127.0.0.1:9696/', 'http://127.0.0.1:9696/v2.0'],
    ['network', 'https://cloud/networking/v2.0/', 'https://cloud/networking/v2.0'],
    ['compute', 'http://127.0.0.1:8774/v2.1', 'http://127.0.0.1:8774/v2.1'],
    ['compute', 'http://127.0.0.1:8774/v2.1/project', 'http://127.0.0.1:8774/v2.1/project'],
    ['compute', 'http://v2.cloud/compute', 'http://v2.cloud/compute/v2.1'],
    ['image', 'http://127.0.0.1:9292', 'http://127.0.0.1:9292/v2'],
    ['key-manager', 'http://127.0.0.1:9311', 'http://127.0.0.1:9311/v1'],
  ] as const)('of %s at %s is %s', (service, url, expected) => {
    expect(versionedEndpoint(service, url)).toBe(expected);
  });
});

describe('endpointOf', () => {
  it('chooses by type, interface and region', () => {
    expect(endpointOf(catalog, 'network', options())).toBe('http://public.b/v2.0');
    expect(endpointOf(catalog, 'network', options({ interface: 'internal' }))).toBe('http://internal.b/v2.0');
    expect(endpointOf(catalog, 'image', options())).toBe('http://image/v2');
  });

  it('takes the first of any region when none is asked for', () => {
    expect(endpointOf(catalog, 'network', options({ region: null }))).toBe('http://public.a/v2.0');
  });

  it('prefers an override, and the sign-in address for identity', () => {
    const overridden = options({ endpointOverrides: { network: 'http://other' } });
    expect(endpointOf(catalog, 'network', overridden)).toBe('http://other/v2.0');
    expect(endpointOf(catalog, 'identity', options())).toBe('http://k:5000/v3');
  });

  it('fails by name when there is none', () => {
    expect(() => endpointOf(catalog, 'compute', options())).toThrow('no public compute endpoint in region b');
    expect(() => endpointOf(catalog, 'network', options({ region: 'c' }))).toThrow('region c');
  });
});
