import type { Identity } from '../identity/tokens.ts';
import { badRequest, networkProblem } from './problems.ts';

interface Owned {
  readonly project_id: string;
  readonly shared?: boolean;
}

/** What Neutron shows a caller: all to administrators, else the project's own and what is shared. */
export const visible = (identity: Identity, record: Owned): boolean =>
  identity.isAdmin || record.project_id === identity.projectId || record.shared === true;

/** @throws HttpProblem 403 when the caller sees the record but does not own it */
export const mustOwn = (identity: Identity, record: Owned, action: string): void => {
  if (identity.isAdmin || record.project_id === identity.projectId) return;
  throw networkProblem(403, 'PolicyNotAuthorized', `rule:${action} is disallowed by policy`);
};

/** The project a new thing belongs to. @throws HttpProblem 400 for another project's without being administrator */
export const ownerOf = (
  identity: Identity,
  body: { project_id?: string | undefined; tenant_id?: string | undefined },
) => {
  const wanted = body.project_id ?? body.tenant_id ?? identity.projectId;
  if (wanted === null) throw badRequest('Running without keystone AuthN requires that project_id is specified');
  if (wanted !== identity.projectId && !identity.isAdmin) {
    throw badRequest(
      "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges",
    );
  }
  return wanted;
};
