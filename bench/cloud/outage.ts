import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';

const PROBE_MS = 50;
const TIMEOUT_MS = 500;

export interface Probe {
  /** Milliseconds of performance.now() at which it was sent. */
  readonly at: number;
  readonly answered: boolean;
}

/** Seconds from the first to the last failed probe since `from`; 0 when at most one failed. */
export const outageSeconds = (probes: readonly Probe[], from: number): number => {
  const failed = probes.filter(({ at, answered }) => at >= from && !answered).map(({ at }) => at);
  return failed.length < 2 ? 0 : (Math.max(...failed) - Math.min(...failed)) / 1000;
};

/** One request on a connection of its own. */
const probe = async (address: string): Promise<boolean> => {
  try {
    const answer = await request(`http://${address}/`, { reset: true, signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.body.dump();
    return answer.statusCode === 200;
  } catch {
    // Whatever happened: it did not answer, and that is all that is asked.
    return false;
  }
};

/** True as soon as something behind the VIP answers. */
export const isServing = async (address: string, limitMs = 30_000): Promise<boolean> => {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    if (await probe(address)) return true;
    await pause(PROBE_MS);
  }
  return false;
};

/** Asks the VIP every 50 ms until `stop`, which answers all probes. */
export const watchVip = (address: string) => {
  const probes: Probe[] = [];
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      const at = performance.now();
      probes.push({ at, answered: await probe(address) });
      await pause(Math.max(0, PROBE_MS - (performance.now() - at)));
    }
  };
  const running = run();
  return {
    stop: async (): Promise<readonly Probe[]> => {
      stopped = true;
      await running;
      return probes;
    },
  };
};
