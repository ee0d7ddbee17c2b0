import * as z from 'zod';
import { pathTo, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { listAll } from '../pages.ts';

/** GET /qos/policies/{id}. @throws CloudResourceNotFoundError */
export const getQosPolicy = async (session: CloudSession, policyId: string): Promise<void> => {
  await session.call({
    service: 'network',
    method: 'GET',
    path: pathTo`/qos/policies/${policyId}`,
    accepts: [200],
    resource: { kind: 'QoS policy', id: policyId },
  });
};

/** GET /qos/policies by their ids; returns those that exist. */
export const listQosPolicyIds = async (session: CloudSession, ids: readonly string[]): Promise<readonly string[]> => {
  const request: ServiceRequest = {
    service: 'network',
    method: 'GET',
    path: '/qos/policies',
    query: [...ids.map((id) => ['id', id] as const), ['fields', 'id']],
    accepts: [200],
  };
  return (await listAll(session, request, 'policies', z.object({ id: z.string() }))).map(({ id }) => id);
};
