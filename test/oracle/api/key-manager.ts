import { CloudResourceNotFoundError } from '../../../lib/errors/cloud.ts';
import type { CloudSession } from '../../../lib/openstack/session.ts';
import { SECRETS } from './world.ts';

const USER = 'worker';

/** The key manager's answer about one secret; every secret is shared with the worker. */
const answerTo = (path: string): unknown => {
  const [, id, part] = /^\/secrets\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
  const found = Object.entries(SECRETS).find(([reference]) => reference.endsWith(`/${id}`));
  if (found === undefined) throw new CloudResourceNotFoundError('secret', String(id));
  const [, { certificate = '', key = '', text }] = found;
  if (part === 'payload') return text ?? `${certificate}${key}`;
  if (part === 'acl') return JSON.stringify({ read: { users: [USER], 'project-access': true } });
  return JSON.stringify({ status: 'ACTIVE', content_types: { default: 'text/plain' } });
};

/** A session with a cloud whose key manager has the world's secrets. */
export const keyManager: CloudSession = {
  call: async ({ path }) => ({ status: 200, headers: {}, bytes: Buffer.from(String(answerTo(path))) }),
  whoami: async () => ({ userId: USER, projectId: null }),
  close: async () => {},
};
