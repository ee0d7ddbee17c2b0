import { tableAnswers } from '../../lib/repositories/table/answers.ts';
import { ApiError } from './answers/api-error.ts';
import { unknownPath } from './answers/refusals.ts';
import type { ApiSettings } from './request/dependencies.ts';
import type { PublicHandler } from './request/request.ts';

/** How long one look at the table counts: many proxies may ask. */
const TRUSTED_MS = 5_000;

/**
 * GET /healthcheck, without a token, for the proxy in front: whether the table answers.
 * Switched off by default, as upstream's.
 * @param look false when the table does not answer
 * @throws ApiError 404 it is switched off, 503
 */
export const showsHealthcheck = (
  settings: () => Pick<ApiSettings, 'healthcheckEnabled'>,
  look: () => Promise<boolean> = tableAnswers,
): PublicHandler => {
  let last: { readonly at: number; readonly answers: Promise<boolean> } | null = null;
  return async () => {
    if (!settings().healthcheckEnabled) throw unknownPath();
    if (last === null || Date.now() - last.at >= TRUSTED_MS) last = { at: Date.now(), answers: look() };
    if (!(await last.answers)) throw new ApiError(503, 'The table does not answer.');
    return { status: 200, body: { detailed: false, reasons: ['OK'] } };
  };
};

/** HEAD /healthcheck: as upstream, success has no content. */
export const answersStatusOnly =
  (show: PublicHandler): PublicHandler =>
  async (request) => {
    await show(request);
    return { status: 204 };
  };
