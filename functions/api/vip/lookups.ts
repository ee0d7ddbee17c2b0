import type { NetworkLookup, Subnet } from '../../../lib/drivers/network/network-driver.ts';
import { CloudCredentialsError, CloudResourceNotFoundError } from '../../../lib/errors/cloud.ts';
import { missingSubresource } from '../answers/refusals.ts';

/** What a caller may not see is answered like what is not there. */
const seen = async <T>(resource: string, id: string, look: () => Promise<T>): Promise<T> => {
  try {
    return await look();
  } catch (error) {
    if (error instanceof CloudResourceNotFoundError || error instanceof CloudCredentialsError) {
      throw missingSubresource(resource, id);
    }
    throw error;
  }
};

/** Looks at what a body names; each subnet is looked at once. @throws ApiError 400 it is not there */
export const lookups = (lookup: NetworkLookup) => {
  const asked = new Map<string, Promise<Subnet>>();
  return {
    port: (id: string) => seen('Port', id, () => lookup.getPort(id)),
    network: (id: string) => seen('Network', id, () => lookup.getNetwork(id)),
    qosPolicy: (id: string) => seen('qos_policy', id, () => lookup.getQosPolicy(id)),
    securityGroup: (id: string) => seen('Security Group', id, () => lookup.getSecurityGroup(id)),
    subnet: (id: string): Promise<Subnet> => {
      const asking = asked.get(id) ?? seen('Subnet', id, () => lookup.getSubnet(id));
      asked.set(id, asking);
      return asking;
    },
  };
};
export type Lookups = ReturnType<typeof lookups>;
