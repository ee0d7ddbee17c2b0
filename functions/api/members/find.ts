import { MemberNotFound } from '../../../lib/errors/not-found.ts';
import type { Member } from '../../../lib/models/pool.ts';
import { parentInPath, requestedChild } from '../children/requested.ts';
import type { ApiRequest } from '../request.ts';

/** The member of the path, below the pool of the path. @throws PoolNotFound @throws MemberNotFound @throws ApiError 403 */
export const requestedMember = async (request: ApiRequest): Promise<Member> => {
  const pool = await parentInPath(request, 'pool', 'pool_id');
  const member = await requestedChild(request, 'member');
  if (member.pool_id !== pool.id) throw new MemberNotFound(member.id);
  return member;
};
