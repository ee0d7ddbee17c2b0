import * as z from 'zod';
import { pathTo, readJson, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { idOfReference } from '../reference.ts';

const containerResult = z.object({
  type: z.string(),
  secret_refs: z.array(z.object({ name: z.string().nullish(), secret_ref: z.string() })),
});

export type BarbicanContainer = z.infer<typeof containerResult>;

/** GET /containers/{id}: the secrets it holds, by their names in it. @throws CloudResourceNotFoundError */
export const getContainer = async (session: CloudSession, containerRef: string): Promise<BarbicanContainer> => {
  const request: ServiceRequest = {
    service: 'key-manager',
    method: 'GET',
    path: pathTo`/containers/${idOfReference(containerRef, 'containers')}`,
    accepts: [200],
    resource: { kind: 'container', id: containerRef },
  };
  return readJson(request, await session.call(request), containerResult);
};
