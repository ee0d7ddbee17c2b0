import type { ApiDependencies } from '../dependencies.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { requestedAmphora } from './find.ts';

/** DELETE /octavia/amphorae/{id}: one that carries no traffic. */
export const deletesAmphora =
  ({ repairs }: Pick<ApiDependencies, 'repairs'>): ApiHandler =>
  async (request) => {
    const { id } = await requestedAmphora(request);
    const handle = await repairs(requesterOf(request)).deleteAmphora(id);
    return { status: 204, headers: operationHeader(handle) };
  };
