import * as z from 'zod';
import { dryRunShape } from '../../../../../functions/api/dry-run/shape.ts';
import { answers, faultShape, otherFaults } from '../../../../../functions/api/openapi/answers.ts';
import { type AnyRoute, createRouter } from '../../../../../functions/api/request/router.ts';

export interface ShownAnswer {
  readonly status: number;
  /** undefined when there is none. */
  readonly body: unknown;
}

/** The shape that the API's description gives an answer; null for none, undefined where no such answer is described. */
const shapeOf = (key: string | null, query: URLSearchParams, status: number): z.ZodType | null | undefined => {
  if (status >= 400) return otherFaults[status] ?? faultShape;
  if (key !== null && !key.startsWith('GET') && query.has('dry_run') && status === 200) {
    if (query.get('dry_run') === 'true') return dryRunShape;
  }
  const described = key === null ? undefined : answers[key];
  if (described?.status !== status) return undefined;
  return query.has('fields') ? (described.narrowed ?? described.body) : described.body;
};

/** Checks answers by the API's description. @throws Error an answer is not as described */
export const checksAnswers = (routes: readonly AnyRoute[]) => {
  const find = createRouter(routes);
  return (method: string, rawPath: string, rawQuery: string, { status, body }: ShownAnswer): void => {
    const match = find(method, rawPath);
    const key = match.found ? `${match.route.method} ${match.route.path}` : null;
    const shape = shapeOf(key, new URLSearchParams(rawQuery), status);
    const what = `${method} ${rawPath}?${rawQuery} answered ${status}`;
    if (shape === undefined) throw new Error(`${what}, which is not described`);
    if (shape === null) {
      if (body !== undefined) throw new Error(`${what} with a body, and none is described`);
      return;
    }
    const parsed = shape.safeParse(body);
    if (!parsed.success) throw new Error(`${what}, not as described:\n${z.prettifyError(parsed.error)}`);
  };
};
