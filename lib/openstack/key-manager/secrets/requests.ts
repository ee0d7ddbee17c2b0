import * as z from 'zod';
import { pathTo, readJson, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { idOfReference } from '../reference.ts';

const secretResult = z.object({
  name: z.string().nullish(),
  status: z.string(),
  /** null while the secret has no payload; its `default` is the payload's media type. */
  content_types: z.record(z.string(), z.string()).nullish(),
});

export type BarbicanSecret = z.infer<typeof secretResult>;

/** GET /secrets/{id}: what the secret is, without its payload. @throws CloudResourceNotFoundError */
export const getSecret = async (session: CloudSession, secretRef: string): Promise<BarbicanSecret> => {
  const request: ServiceRequest = {
    service: 'key-manager',
    method: 'GET',
    path: pathTo`/secrets/${idOfReference(secretRef, 'secrets')}`,
    accepts: [200],
    resource: { kind: 'secret', id: secretRef },
  };
  return readJson(request, await session.call(request), secretResult);
};

/**
 * GET /secrets/{id}/payload: the secret itself; never log or store it.
 *
 * @param mediaType the secret's own, see `content_types`
 * @throws CloudResourceNotFoundError
 */
export const getSecretPayload = async (
  session: CloudSession,
  secretRef: string,
  mediaType: 'application/octet-stream' | 'text/plain',
): Promise<Uint8Array> => {
  const answer = await session.call({
    service: 'key-manager',
    method: 'GET',
    path: pathTo`/secrets/${idOfReference(secretRef, 'secrets')}/payload`,
    headers: { accept: mediaType },
    accepts: [200],
    resource: { kind: 'secret', id: secretRef },
  });
  return answer.bytes;
};
