import type { CloudUnderContract } from './cloud-under-contract.ts';
import { describeComputeContract } from './compute.contract.ts';
import { describeIdentityContract } from './identity.contract.ts';
import { describeImageContract } from './image.contract.ts';
import { describePortContract } from './port.contract.ts';
import { describeSecurityGroupContract } from './security-group.contract.ts';

/**
 * All the worker needs of a cloud, the same tests for a stand-in and a real one.
 *
 * @param getCloud answers the cloud once the suite's own beforeAll has run
 * @param signIn makes a token of its own for the session's user; throws with a wrong password when told
 */
export const describeCloudContract = (
  getCloud: () => CloudUnderContract,
  signIn: (options: { readonly wrongPassword: boolean }) => Promise<string>,
): void => {
  describeIdentityContract(getCloud, signIn);
  describeImageContract(getCloud);
  describePortContract(getCloud);
  describeSecurityGroupContract(getCloud);
  describeComputeContract(getCloud);
};
