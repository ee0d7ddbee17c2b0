import * as z from 'zod';
import { pathTo, readJson, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';

const subnetAvailability = z.object({ subnet_id: z.string(), used_ips: z.number(), total_ips: z.number() });
const availability = z.object({
  network_ip_availability: z.object({ subnet_ip_availability: z.array(subnetAvailability) }),
});

/** GET /network-ip-availabilities/{network}. @throws CloudResourceNotFoundError */
export const getIpAvailability = async (
  session: CloudSession,
  networkId: string,
): Promise<readonly z.infer<typeof subnetAvailability>[]> => {
  const request: ServiceRequest = {
    service: 'network',
    method: 'GET',
    path: pathTo`/network-ip-availabilities/${networkId}`,
    accepts: [200],
    resource: { kind: 'network', id: networkId },
  };
  return readJson(request, await session.call(request), availability).network_ip_availability.subnet_ip_availability;
};
