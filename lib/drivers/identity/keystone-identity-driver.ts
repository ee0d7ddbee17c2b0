import { CloudResourceNotFoundError } from '../../errors/cloud.ts';
import { getProject } from '../../openstack/identity/projects/requests.ts';
import { validateToken } from '../../openstack/identity/token-checks/requests.ts';
import type { CloudSession } from '../../openstack/session.ts';
import type { IdentityDriver } from './identity-driver.ts';

/** A token is one line of printable text; anything else cannot be one and does not go on the wire. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

/** The identity driver for Keystone v3. */
export const keystoneIdentityDriver = (session: CloudSession): IdentityDriver => ({
  async validateToken(token, options) {
    if (!TOKEN.test(token)) return null;
    const valid = await validateToken(session, token, options);
    if (valid === null) return null;
    return {
      userId: valid.user.id,
      projectId: valid.project?.id ?? null,
      projectDomainId: valid.project?.domain.id ?? null,
      roles: valid.roles.map(({ name }) => name),
      expiresAt: valid.expires_at,
      systemScope: valid.system?.all ?? false,
    };
  },
  async projectExists(projectId) {
    try {
      await getProject(session, projectId);
      return true;
    } catch (error) {
      if (error instanceof CloudResourceNotFoundError) return false;
      throw error;
    }
  },
});
