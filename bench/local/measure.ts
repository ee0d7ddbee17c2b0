import type { OperationHandle } from '../../lib/worker/operation-handle.ts';
import { atMost, type Figure, figure } from '../report/figure.ts';
import { type OperationTimes, operationTimes } from './own-time.ts';
import type { Site } from './site.ts';
import { transitionsOf } from './transitions.ts';

const LIMIT_MS = 120_000;

export interface Measured extends OperationTimes {
  /** Milliseconds of the own time in which an amphora was checking or reloading its configuration, or plugging. */
  readonly amphoraMs: number;
  readonly transitions: number;
}

/** Runs one operation to its end, alone. @throws OperationFailedError */
export const measure = async (site: Site, start: () => Promise<OperationHandle>): Promise<Measured> => {
  const agentsBefore = site.agentsMs();
  const calledAt = Date.now();
  const handle = await start();
  const operation = await handle.wait(LIMIT_MS);
  const amphoraMs = Math.round(site.agentsMs() - agentsBefore);
  const transitions = await transitionsOf(site.stepFunctions, handle.executionArn);
  return { ...operationTimes(calledAt, operation), amphoraMs, transitions };
};

/** Own time and transitions of one operation. */
export const figuresOf = (
  name: string,
  { ownMs, wallMs, amphoraMs, transitions }: Measured,
  mostTransitions: number,
): readonly Figure[] => [
  figure(`${name}: own time`, ownMs, 'ms', {
    note: [
      `${amphoraMs} ms of it at the amphorae`,
      ...(wallMs > ownMs ? [`${wallMs} ms with the servers' boot or end`] : []),
    ].join(', '),
  }),
  figure(`${name}: transitions`, transitions, 'transitions', { target: atMost(mostTransitions) }),
];
