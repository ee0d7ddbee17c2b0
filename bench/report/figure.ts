import * as z from 'zod';

export interface Target {
  readonly limit: number;
  readonly kind: 'at most' | 'below' | 'at least';
}

/** One measured number. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** ms, s, MB, KiB, or what is counted. */
  readonly unit: string;
  /** null: without a target. */
  readonly target: Target | null;
  /** What a reader must know to understand the number; empty when nothing. */
  readonly note: string;
}

export type Verdict = 'ok' | 'missed';

export const atMost = (limit: number): Target => ({ limit, kind: 'at most' });
export const atLeast = (limit: number): Target => ({ limit, kind: 'at least' });
export const below = (limit: number): Target => ({ limit, kind: 'below' });

export const figure = (
  name: string,
  value: number,
  unit: string,
  { target = null, note = '' }: Partial<Pick<Figure, 'target' | 'note'>> = {},
): Figure => ({ name, value, unit, target, note });

/** null when there is no target. */
export const verdictOf = ({ value, target }: Pick<Figure, 'value' | 'target'>): Verdict | null => {
  if (target === null) return null;
  const { kind, limit } = target;
  const kept = kind === 'below' ? value < limit : kind === 'at most' ? value <= limit : value >= limit;
  return kept ? 'ok' : 'missed';
};

const shape: z.ZodType<Figure> = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  target: z.object({ limit: z.number(), kind: z.enum(['at most', 'below', 'at least']) }).nullable(),
  note: z.string(),
});

/** A figure as another process writes it, a line of JSON. */
export const readFigure = (line: string): Figure => shape.parse(JSON.parse(line));
