import { until } from './client.ts';
import { followOperation, listOperations } from './operations.ts';
import { type Scene, since, untilStatus } from './scene.ts';
import { showShares } from './serve.ts';
import { answersAgain, startSending, type Target } from './traffic.ts';

const EVERY_MS = 20;
/** On a machine with much else to do. */
const LONGEST_GAP_MS = 20_000;
/** Two missed heartbeats of a second, a look, a probe; on such a machine, too. */
const DETECTED_WITHIN_S = 15;

/** @returns true when the VIP is served again, as far as anything can be served */
const failOver = async (scene: Scene, loadBalancerId: string, target: Target | null): Promise<boolean> => {
  const { checks, cloud, operator, alice, print } = scene;
  const [before] = [...cloud.state.servers.keys()];
  if (before === undefined) throw new Error('there is no server to kill');
  const begun = performance.now();
  await cloud.faults.crashServer(before);
  const failover = await until('a failover by itself', DETECTED_WITHIN_S, async () => {
    const [newest] = await listOperations(operator, loadBalancerId);
    return newest?.flow === 'failover-amphora' ? newest : null;
  });
  const silence = `${since(begun)} after its end, ${failover.id}`;
  checks.check('its missing heartbeats are noticed, and a failover begins by itself', true, silence);
  const operation = await followOperation(operator, failover.id, print, 30);
  checks.check('its operation succeeded', operation.status === 'SUCCEEDED', `${operation.duration_ms} ms`);
  await untilStatus(alice, loadBalancerId, 'ACTIVE');
  const servers = [...cloud.state.servers.keys()];
  checks.check('another amphora has taken over', servers.length === 1 && servers[0] !== before, since(begun));
  return target === null || checks.check('the same VIP answers again', await answersAgain(target, 20, 10));
};

/** Kills the amphora and touches nothing more: shows that it is missed and replaced, and what a client notices. */
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
