import type { OperationStep } from '../../lib/models/operations/operation.ts';

/** Milliseconds UTC, from and to. */
export type Span = readonly [number, number];

/** From when Nova was asked for the operation's first server until its last agent answered. @throws Error none was built */
export const buildSpan = (steps: readonly Pick<OperationStep, 'name' | 'started_at' | 'ended_at'>[]): Span => {
  const asked = steps.filter(({ name }) => name === 'ComputeCreate').map((step) => Date.parse(step.started_at));
  const up = steps.filter(({ name }) => name === 'AmphoraWait').map((step) => Date.parse(step.ended_at ?? ''));
  const span: Span = [Math.min(...asked), Math.max(...up)];
  if (!span.every(Number.isFinite)) throw new Error('no amphora was built');
  return span;
};

/** The most of the spans that were going on at one moment; one that ends as another begins is not counted with it. */
export const mostAtOnce = (spans: readonly Span[]): number =>
  Math.max(0, ...spans.map(([at]) => spans.filter(([from, to]) => from <= at && at < to).length));
