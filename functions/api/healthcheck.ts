import { tableAnswers } from '../../lib/repositories/table/answers.ts';
import type { ApiSettings } from './dependencies.ts';
import { unknownPath } from './refusals.ts';
import type { PublicHandler } from './request.ts';

/** How long one look at the table counts: many proxies may ask. */
const TRUSTED_MS = 5_000;

/** What GET /healthcheck shows. */
export interface HealthcheckView {
  readonly detailed: boolean;
  readonly reasons: readonly string[];
}

/**
 * GET and HEAD /healthcheck, without a token, for the proxy in front: 200 while the table answers, 503 otherwise.
 * Switched off by default, as upstream's.
 * @param look false when the table does not answer
 * @throws ApiError 404 it is switched off
 */
export const showsHealthcheck = (
  settings: () => Pick<ApiSettings, 'healthcheckEnabled'>,
  look: () => Promise<boolean> = tableAnswers,
): PublicHandler => {
  let last: { readonly at: number; readonly answers: Promise<boolean> } | null = null;
  return async () => {
    if (!settings().healthcheckEnabled) throw unknownPath();
    if (last === null || Date.now() - last.at >= TRUSTED_MS) last = { at: Date.now(), answers: look() };
    const answers = await last.answers;
    const body: HealthcheckView = { detailed: false, reasons: [answers ? 'OK' : 'The table does not answer.'] };
    return { status: answers ? 200 : 503, body };
  };
};
