import * as z from 'zod';
import { json, parsed } from '../http/body.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Call, Route } from '../http/router.ts';
import { route } from '../http/router.ts';
import type { Identity } from '../identity/tokens.ts';
import type { accessList } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** Barbican's error shape. */
export const keyManagerProblem = (status: number, title: string, description: string): HttpProblem =>
  new HttpProblem(status, { code: status, title, description });

/** For parsed(). */
export const refuseBody = (path: string, message: string): HttpProblem =>
  keyManagerProblem(
    400,
    'Bad Request',
    `Provided object does not match schema: ${message}. Invalid property: '${path}'`,
  );

/** Barbican's time: seconds, no zone. */
export const stamp = (): string => new Date().toISOString().slice(0, 19);

interface Guarded {
  readonly project_id: string;
  readonly creator_id: string;
  acl: z.infer<typeof accessList> | null;
}

const READERS = ['admin', 'creator', 'observer'];

/** Barbican's rule: the project's own users by role, and the users on the access list. */
export const mayRead = (identity: Identity, { project_id, creator_id, acl }: Guarded): boolean => {
  if (acl?.users.includes(identity.userId) === true || creator_id === identity.userId) return true;
  const open = acl?.project_access ?? true;
  return open && project_id === identity.projectId && identity.roles.some((role) => READERS.includes(role));
};

/** The users that may delete, and that may change the access list. */
export const mayWrite = (identity: Identity, { project_id, creator_id }: Guarded): boolean =>
  project_id === identity.projectId && (creator_id === identity.userId || identity.isAdmin);

export const refused = (what: string): HttpProblem =>
  keyManagerProblem(403, 'Forbidden', `${what} attempt not allowed - please review your user/project privileges`);

const body = z.strictObject({
  read: z.strictObject({ users: z.array(z.string()).optional(), 'project-access': z.boolean().optional() }),
});

const view = (acl: Guarded['acl']) => {
  if (acl === null) return { read: { 'project-access': true } };
  const { project_access, users, created, updated } = acl;
  return { read: { 'project-access': project_access, users, created, updated } };
};

/** GET, PUT (replaces), PATCH (adds) and DELETE of /<collection>/{id}/acl. */
export const accessListRoutes = (store: Store, collection: string, find: (call: Call) => Guarded): readonly Route[] => {
  const path = `/v1/${collection}/:id/acl`;
  const writable = (call: Call): Guarded => {
    const guarded = find(call);
    if (!mayWrite(call.identity(), guarded)) throw refused('ACL change');
    return guarded;
  };
  const write = (call: Call, keep: boolean) => {
    const guarded = writable(call);
    const { read } = parsed(body, json(call.body), refuseBody);
    const old = keep ? guarded.acl : null;
    guarded.acl = {
      users: read.users ?? old?.users ?? [],
      project_access: read['project-access'] ?? old?.project_access ?? true,
      created: guarded.acl?.created ?? stamp(),
      updated: stamp(),
    };
    store.touch();
    return { status: 200, body: { acl_ref: `${call.serviceUrl}${call.path}` } };
  };
  return [
    route(`GET ${path}`, (call) => {
      const guarded = find(call);
      if (!mayRead(call.identity(), guarded)) throw refused('ACL retrieval');
      return { status: 200, body: view(guarded.acl) };
    }),
    route(`PUT ${path}`, (call) => write(call, false)),
    route(`PATCH ${path}`, (call) => write(call, true)),
    route(`DELETE ${path}`, (call) => {
      writable(call).acl = null;
      store.touch();
      return { status: 200 };
    }),
  ];
};
