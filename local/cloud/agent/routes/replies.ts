import { HttpProblem } from '../../http/problem.ts';
import type { Answer } from '../../http/router.ts';

export const ok = (status: number, details?: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: { message: 'OK', ...(details === undefined ? {} : { details }) },
  headers,
});

/** The agent's error shape. */
export const problem = (status: number, message: string, details?: string): HttpProblem =>
  new HttpProblem(status, { message, ...(details === undefined ? {} : { details }) });

export const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
