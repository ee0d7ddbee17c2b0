import * as z from 'zod';
import { pathTo, readJson, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';

const networkResult = z.object({
  id: z.string(),
  name: z.string().default(''),
  mtu: z.number().nullish(),
  subnets: z.array(z.string()).default([]),
  /** Absent where the extension is: security is then always on. */
  port_security_enabled: z.boolean().default(true),
});
const oneNetwork = z.object({ network: networkResult });

export type NeutronNetwork = z.infer<typeof networkResult>;

/** GET /networks/{id}. @throws CloudResourceNotFoundError */
export const getNetwork = async (session: CloudSession, networkId: string): Promise<NeutronNetwork> => {
  const request: ServiceRequest = {
    service: 'network',
    method: 'GET',
    path: pathTo`/networks/${networkId}`,
    accepts: [200],
    resource: { kind: 'network', id: networkId },
  };
  return readJson(request, await session.call(request), oneNetwork).network;
};
