import { pathTo } from '../../service-request.ts';
import type { CloudSession } from '../../session.ts';

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
