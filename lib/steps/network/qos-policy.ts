import { unlessLost } from '../../errors/lost.ts';
import { logger } from '../../tools/logger.ts';

/**
 * Applies a VIP's QoS policy; a policy that is gone is left out, because its loss must not stop the traffic. The drift
 * report has it as a finding.
 */
export const withPolicyIfPresent = async <T>(
  policyId: string | null,
  use: (policyId: string | null) => Promise<T>,
): Promise<T> =>
  await unlessLost(
    { resource: 'QoS policy', id: policyId },
    () => use(policyId),
    () => {
      logger.warn('QoS policy not found; the port has none', { qos_policy_id: policyId });
      return use(null);
    },
  );
