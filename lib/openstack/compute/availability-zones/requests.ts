import * as z from 'zod';
import { readJson } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { novaRequest } from '../microversion.ts';

const zones = z.object({
  availabilityZoneInfo: z.array(z.object({ zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) })),
});

/** GET /os-availability-zone: names of the zones that are available. */
export const listAvailabilityZones = async (session: CloudSession): Promise<readonly string[]> => {
  const request = novaRequest({ method: 'GET', path: '/os-availability-zone', accepts: [200] });
  const { availabilityZoneInfo } = readJson(request, await session.call(request), zones);
  return availabilityZoneInfo.filter(({ zoneState }) => zoneState.available).map(({ zoneName }) => zoneName);
};
