import * as z from 'zod';
import { pathTo, readJson, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';

const subnetResult = z.object({
  id: z.string(),
  network_id: z.string(),
  cidr: z.string(),
  gateway_ip: z.string().nullish(),
  ip_version: z.union([z.literal(4), z.literal(6)]),
  host_routes: z.array(z.object({ destination: z.string(), nexthop: z.string() })).default([]),
});
const oneSubnet = z.object({ subnet: subnetResult });

export type NeutronSubnet = z.infer<typeof subnetResult>;

/** GET /subnets/{id}. @throws CloudResourceNotFoundError */
export const getSubnet = async (session: CloudSession, subnetId: string): Promise<NeutronSubnet> => {
  const request: ServiceRequest = {
    service: 'network',
    method: 'GET',
    path: pathTo`/subnets/${subnetId}`,
    accepts: [200],
    resource: { kind: 'subnet', id: subnetId },
  };
  return readJson(request, await session.call(request), oneSubnet).subnet;
};
