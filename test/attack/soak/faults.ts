import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import type { Attack, Target } from './target.ts';

const MEGABYTE = 1_048_576;
const LISTS = Array.from({ length: 6 }, () => Array.from({ length: 100_000 }, () => []));

/** Rules that come and go. Each holds for some requests, or until the next. */
const RULES = [
  [{ service: 'agent', method: 'PUT', status: 500, times: 3 }],
  [{ service: 'agent', delayMs: 3_000, times: 6 }],
  [{ service: 'agent', method: 'GET', status: 200, body: LISTS, times: 4 }],
  [{ service: 'agent', status: 500, body: { details: 'x'.repeat(2 * MEGABYTE) }, times: 4 }],
  [{ service: 'agent', drop: 'after', times: 3 }],
  [{ service: 'network', method: 'GET', status: 503, times: 3 }],
  [{ service: 'compute', method: 'POST', status: 500, body: '<'.repeat(200_000), times: 1 }],
];

const faultsUrl = ({ host, port }: Pick<Target, 'host' | 'port'>): string => `http://${host}:${port + 4}/_faults`;

export const faults: Attack = async (target, signal) => {
  const put = async (rules: readonly object[]): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await request(faultsUrl(target), { method: 'PUT', headers, body: JSON.stringify({ rules }) });
    await answer.body.dump();
    if (answer.statusCode !== 200) target.tally.problem(`the faults are refused: ${answer.statusCode}`);
  };
  for (let round = 0; !signal.aborted; round += 1) {
    // A kill may come in between.
    await put(RULES[round % RULES.length] ?? []).catch(() => undefined);
    await wait(5_000, undefined, { signal }).catch(() => undefined);
    await put([]).catch(() => undefined);
    await wait(4_000, undefined, { signal }).catch(() => undefined);
  }
};

/** Forgets every fault. @throws Error the stand-in cloud does not answer */
export const clearFaults = async (target: Pick<Target, 'host' | 'port'>): Promise<void> => {
  const { body } = await request(faultsUrl(target), { method: 'DELETE' });
  await body.dump();
};
