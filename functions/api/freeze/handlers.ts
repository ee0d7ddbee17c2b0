import type { Freeze } from '../../../lib/models/freeze.ts';
import { findFreeze, writeFreeze } from '../../../lib/repositories/fleet/freeze.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiHandler } from '../request/request.ts';
import { type FreezeView, freezeFields, WRAPPING } from './definition.ts';

const viewOf = (found: Freeze | null): FreezeView =>
  found === null ? { enabled: false, reason: null, since: null, user_id: null } : { enabled: true, ...found };

/** GET /octavia/freeze */
const show: ApiHandler = async (request) => {
  authorizeProject(request, null);
  return { status: 200, body: { freeze: viewOf(await findFreeze()) } };
};

/** PUT /octavia/freeze: freezes or thaws; what has begun goes on to its end. Freezing again changes the reason alone. */
const change: ApiHandler = async (request) => {
  authorizeProject(request, null);
  const { enabled, reason = 'no reason was given' } = parseResource(request.body, {
    ...WRAPPING,
    fields: freezeFields,
  });
  const since = (enabled ? (await findFreeze())?.since : undefined) ?? new Date().toISOString();
  const freeze = enabled ? { reason, since, user_id: request.caller.userId } : null;
  await writeFreeze(freeze);
  return { status: 200, body: { freeze: viewOf(freeze) } };
};

/** Everything that operators do with the freeze. */
export const freezeHandlers = () => ({ show, change });
