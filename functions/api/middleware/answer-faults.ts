import { logger } from '../../../lib/tools/logger.ts';
import { answerOfError } from '../request/faults.ts';
import { renderAnswer } from '../request/render-answer.ts';
import { stateOf } from '../request/request.ts';
import type { ApiMiddleware } from './middleware.ts';

/** Turns every error into its fault; an unexpected one is logged in full, and its answer has no detail. */
export const answerFaults = (): ApiMiddleware => ({
  onError: (request) => {
    const { error } = request;
    const { answer, expected } = answerOfError(error);
    if (!expected) {
      const { requestId } = stateOf(request.event);
      logger.error('request failed', { request_id: requestId, error: error ?? new Error('no error') });
    }
    request.response = renderAnswer(answer);
  },
});
