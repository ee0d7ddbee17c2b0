import { missingChild } from '../../../lib/errors/not-found.ts';
import type { L7Policy } from '../../../lib/models/l7.ts';
import type { Listener } from '../../../lib/models/listener.ts';
import type { Pool } from '../../../lib/models/pool.ts';
import { storedChild } from '../children/requested.ts';
import { checkPoolProtocol } from '../listeners/protocols.ts';
import { childlessListener, unsupportedOption } from '../refusals.ts';

/** Whether a listener can have policies at all. @param provider the load balancer's @throws ApiError 400, 501 */
export const checkPolicyListener = ({ protocol }: Pick<Listener, 'protocol'>, provider: string): void => {
  if (protocol === 'PROMETHEUS') throw childlessListener(protocol);
  if (protocol !== 'HTTP' && protocol !== 'TERMINATED_HTTPS') {
    throw unsupportedOption(provider, `L7 policies on ${protocol} listeners`);
  }
};

/** Whether a policy's pool is its load balancer's and takes the listener's traffic. @throws PoolNotFound @throws ApiError 400 */
export const checkRedirectPool = async (
  { redirect_pool_id, load_balancer_id }: Pick<L7Policy, 'redirect_pool_id' | 'load_balancer_id'>,
  listener: Pick<Listener, 'protocol'>,
): Promise<void> => {
  if (redirect_pool_id === null) return;
  const pool: Pool = await storedChild('pool', redirect_pool_id);
  if (pool.load_balancer_id !== load_balancer_id) throw missingChild('pool', pool.id);
  checkPoolProtocol(listener.protocol, pool.protocol);
};
