import * as z from 'zod';
import { readJson, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';

const images = z.object({ images: z.array(z.object({ id: z.string() })) });

/** GET /images: id of the newest active image with the tag, or null. */
export const newestImageWithTag = async (
  session: CloudSession,
  tag: string,
  ownerId: string | null,
): Promise<string | null> => {
  const request: ServiceRequest = {
    service: 'image',
    method: 'GET',
    path: '/images',
    query: [
      ['tag', tag],
      ['status', 'active'],
      ['sort', 'created_at:desc'],
      ['limit', '1'],
      ...(ownerId === null ? [] : [['owner', ownerId] as const]),
    ],
    accepts: [200],
  };
  return readJson(request, await session.call(request), images).images[0]?.id ?? null;
};
