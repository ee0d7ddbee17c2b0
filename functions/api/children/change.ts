import { ImmutableChildError } from '../../../lib/errors/conflict.ts';
import { ImmutableObjectError } from '../../../lib/errors/flow.ts';

/** A change below a load balancer: one that takes no changes is told in the words of these endpoints. */
export const changeBelow = async <T>(loadBalancerId: string, change: () => Promise<T>): Promise<T> => {
  try {
    return await change();
  } catch (error) {
    if (error instanceof ImmutableObjectError) throw new ImmutableChildError('Load Balancer', loadBalancerId);
    throw error;
  }
};
