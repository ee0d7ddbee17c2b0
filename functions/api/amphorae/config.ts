import type { ApiDependencies } from '../dependencies.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { requestedAmphora } from './find.ts';

/** PUT /octavia/amphorae/{id}/config: the agent gets its configuration again. */
export const configuresAmphora =
  ({ repairs }: Pick<ApiDependencies, 'repairs'>): ApiHandler =>
  async (request) => {
    const { id } = await requestedAmphora(request);
    const handle = await repairs(requesterOf(request)).updateAmphoraAgentConfig(id);
    return { status: 202, headers: operationHeader(handle) };
  };
