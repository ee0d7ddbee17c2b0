import type { Requester } from '../../lib/models/operations/operation.ts';
import type { ApiRequest } from './request.ts';

/** The requester in an operation's record. */
export const requesterOf = ({ caller, requestId }: ApiRequest): Requester => ({
  user_id: caller.userId,
  project_id: caller.projectId,
  request_id: requestId,
});
