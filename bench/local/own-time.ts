import type { Operation, OperationStep } from '../../lib/models/operations/operation.ts';

/** Steps that do nothing but wait until the cloud has built a server, or taken it away. */
const WAITING_STEPS: readonly string[] = ['AmphoraWait', 'ComputeDelete'];

type TimedStep = Pick<OperationStep, 'name' | 'started_at' | 'ended_at'>;

/**
 * Milliseconds in which nothing ran but steps that wait for the cloud's servers. What is done in the shadow of such a
 * wait counts as work.
 */
export const waitedMs = (steps: readonly TimedStep[]): number => {
  const spans = steps.flatMap(({ name, started_at, ended_at }) =>
    ended_at === null
      ? []
      : [{ waits: WAITING_STEPS.includes(name), from: Date.parse(started_at), to: Date.parse(ended_at) }],
  );
  const moments = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((one, other) => one - other);
  let waited = 0;
  for (const [index, from] of moments.entries()) {
    const to = moments[index + 1] ?? from;
    const running = spans.filter((span) => span.from <= from && span.to >= to);
    if (running.length > 0 && running.every(({ waits }) => waits)) waited += to - from;
  }
  return waited;
};

export interface OperationTimes {
  /** Milliseconds from the call to the end of the operation. */
  readonly wallMs: number;
  /** The same without the waits for the cloud's servers. */
  readonly ownMs: number;
}

/**
 * @param calledAt milliseconds UTC of the call that committed the operation
 * @throws Error it has not ended
 */
export const operationTimes = (calledAt: number, { id, ended_at, steps }: Operation): OperationTimes => {
  if (ended_at === null) throw new Error(`operation ${id} has not ended`);
  const wallMs = Date.parse(ended_at) - calledAt;
  return { wallMs, ownMs: wallMs - waitedMs(steps) };
};
