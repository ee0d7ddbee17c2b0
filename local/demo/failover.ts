import { reasonOf } from './client.ts';
import { followOperation, newestOperation } from './operations.ts';
import { LOAD_BALANCERS, type Scene, since, untilStatus } from './scene.ts';
import { showShares } from './serve.ts';
import { answersAgain, startSending, type Target } from './traffic.ts';

const EVERY_MS = 20;
/** On a machine with much else to do. */
const LONGEST_GAP_MS = 8000;

/** @returns true when the VIP is served again, as far as anything can be served */
const failOver = async (scene: Scene, loadBalancerId: string, target: Target | null): Promise<boolean> => {
  const { checks, cloud, operator, alice, print } = scene;
  const [before] = [...cloud.state.servers.keys()];
  if (before === undefined) throw new Error('there is no server to kill');
  const begun = performance.now();
  await cloud.faults.crashServer(before);
  const answer = await operator.request('PUT', `${LOAD_BALANCERS}/${loadBalancerId}/failover`);
  if (!checks.check('the operator orders a failover', answer.status === 202, reasonOf(answer))) return false;
  const operationId = await newestOperation(operator, loadBalancerId, 'failover-load-balancer');
  const operation = await followOperation(operator, operationId, print, 30);
  checks.check('its operation succeeded', operation.status === 'SUCCEEDED', `${operation.duration_ms} ms`);
  await untilStatus(alice, loadBalancerId, 'ACTIVE');
  const servers = [...cloud.state.servers.keys()];
  checks.check('another amphora has taken over', servers.length === 1 && servers[0] !== before, since(begun));
  return target === null || checks.check('the same VIP answers again', await answersAgain(target, 20, 10));
};

/** Kills the amphora, has the load balancer failed over, and measures what a client notices. */
export const showFailover = async (scene: Scene, loadBalancerId: string, target: Target | null): Promise<void> => {
  if (target === null) {
    await failOver(scene, loadBalancerId, target);
    return;
  }
  const sending = startSending(target, EVERY_MS);
  let served = false;
  try {
    if (!(await answersAgain(target, 5, 2))) throw new Error(`nothing answers at ${target.host}:${target.port}`);
    served = await failOver(scene, loadBalancerId, target);
  } finally {
    const { gapMs, lost, sent } = await sending.stop();
    const seen = `gap of ${gapMs ?? '?'} ms, ${lost} of ${sent} requests lost`;
    const short = served && gapMs !== null && gapMs < LONGEST_GAP_MS;
    scene.checks.check(`a client that sends every ${EVERY_MS} ms sees a gap, and then answers`, short, seen);
  }
  await showShares(scene, target);
};
