import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import {
  abandonKey,
  completeKey,
  type KeyOwner,
  type Reservation,
  releaseKey,
  reserveKey,
} from '../../../lib/repositories/entities/idempotency-keys.ts';
import { logger } from '../../../lib/tools/logger.ts';
import { poll } from '../../../lib/tools/poll.ts';
import { ApiError } from '../answers/api-error.ts';
import { answerOfError } from './faults.ts';
import type { Creation } from './idempotency.ts';
import type { ApiAnswer, ApiRequest } from './request.ts';

/** How long a repetition waits for the first request. */
const WAIT = { budgetMs: 5_000, intervalMs: 100 };

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};

/** The same for bodies that differ in order and spaces only. */
const hashOf = ({ path, query, body }: ApiRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([path, ...(query.size > 0 ? [query.toString()] : []), sorted(body)]))
    .digest('hex');

const otherBody = (): ApiError => new ApiError(422, 'The idempotency key was used with another request before.');

const stillRunning = (): ApiError =>
  new ApiError(409, 'A request with the same idempotency key is still being worked on.', {
    headers: { 'retry-after': '5' },
  });

/** The key's own row must not decide over the answer: what is not noted here is found out by the next look. */
const noted = async (noting: Promise<void>): Promise<void> => {
  try {
    await noting;
  } catch (error) {
    logger.warn('recording an idempotency key failed', {
      error: error instanceof Error ? error : new Error(String(error)),
    });
  }
};

/** What is kept of an answer. */
const storedAnswer = z.object({
  status: z.number(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).default({}),
});

type Reserved = Extract<Reservation, { outcome: 'reserved' }>;

const createUnder = async (owner: KeyOwner, reserved: Reserved, creation: Creation): Promise<ApiAnswer> => {
  const { resourceId, holder, resumed } = reserved;
  let answer: ApiAnswer;
  try {
    // A former holder may have died after its commit.
    answer = (resumed ? await creation.find(resourceId) : null) ?? (await creation.create(resourceId));
  } catch (error) {
    // A refusal leaves nothing behind. Behind any other failure something may be on its way, under this id.
    const refused = answerOfError(error).answer.status < 500;
    await noted(refused ? releaseKey(owner, holder) : abandonKey(owner, holder));
    throw error;
  }
  await noted(completeKey(owner, holder, JSON.stringify(answer)));
  return answer;
};

/** One look at the key: the answer, or null while another request is creating. */
const attempt = async (owner: KeyOwner, hash: string, creation: Creation): Promise<ApiAnswer | null> => {
  const reservation = await reserveKey(owner, hash, randomUUID());
  switch (reservation.outcome) {
    case 'mismatch':
      throw otherBody();
    case 'reserved':
      return await createUnder(owner, reservation, creation);
    case 'in-flight':
      return await creation.find(reservation.resourceId);
    case 'done': {
      const answer = await creation.find(reservation.resourceId);
      if (answer === null) throw new ApiError(409, 'What was created with this idempotency key is gone.');
      return reservation.answer === null ? answer : storedAnswer.parse(JSON.parse(reservation.answer));
    }
  }
};

/**
 * Creates once for a key, however often the request comes.
 * @throws ApiError 409 the first request is still running, 422 the key was used for something else
 */
export const createForKey = async (request: ApiRequest, owner: KeyOwner, creation: Creation): Promise<ApiAnswer> => {
  const hash = hashOf(request);
  const answer = await poll(WAIT, () => attempt(owner, hash, creation));
  if (answer === null) throw stillRunning();
  return answer;
};
