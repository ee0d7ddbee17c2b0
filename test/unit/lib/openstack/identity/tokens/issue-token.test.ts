import { describe, expect, it } from 'vitest';
import { readCloudEntry } from '../../../../../../lib/openstack/identity/auth-options/cloud-entry.ts';
import { tokenBody } from '../../../../../../lib/openstack/identity/tokens/issue-token.ts';

const bodyOf = (auth: Record<string, string>) =>
  tokenBody(readCloudEntry({ auth: { auth_url: 'http://k', ...auth } }, 'cloud')).auth;

describe('tokenBody', () => {
  it('signs in with names in their domains', () => {
    expect(
      bodyOf({ username: 'u', password: 'p', user_domain_name: 'D', project_name: 'q', project_domain_id: 'e' }),
    ).toEqual({
      identity: { methods: ['password'], password: { user: { name: 'u', domain: { name: 'D' }, password: 'p' } } },
      scope: { project: { name: 'q', domain: { id: 'e' } } },
    });
  });

  it('signs in with ids, which need no domain', () => {
    expect(bodyOf({ user_id: 'u', password: 'p', project_id: 'q' })).toEqual({
      identity: { methods: ['password'], password: { user: { id: 'u', password: 'p' } } },
      scope: { project: { id: 'q' } },
    });
  });

  it('signs in with an application credential, by id or by name, without a scope', () => {
    expect(bodyOf({ application_credential_id: 'a', application_credential_secret: 's' })).toEqual({
      identity: { methods: ['application_credential'], application_credential: { id: 'a', secret: 's' } },
    });
    expect(
      bodyOf({ application_credential_name: 'n', application_credential_secret: 's', username: 'u' }).identity,
    ).toMatchObject({
      application_credential: { name: 'n', user: { name: 'u', domain: { id: 'default' } }, secret: 's' },
    });
  });
});
