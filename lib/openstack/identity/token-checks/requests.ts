import { CloudResourceNotFoundError } from '../../../errors/cloud.ts';
import { readJson, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { type ValidatedToken, validatedToken } from '../tokens/results.ts';

/** GET /auth/tokens: what Keystone knows about someone's token, or null when it does not accept it. */
export const validateToken = async (
  session: CloudSession,
  token: string,
  { allowExpired = false }: { readonly allowExpired?: boolean } = {},
): Promise<ValidatedToken | null> => {
  const request: ServiceRequest = {
    service: 'identity',
    method: 'GET',
    path: '/auth/tokens',
    query: [['nocatalog', ''], ...(allowExpired ? [['allow_expired', '1'] as const] : [])],
    headers: { 'x-subject-token': token },
    accepts: [200],
    resource: { kind: 'token', id: '(hidden)' },
  };
  try {
    return readJson(request, await session.call(request), validatedToken).token;
  } catch (error) {
    if (error instanceof CloudResourceNotFoundError) return null;
    throw error;
  }
};
