import { randomUUID } from 'node:crypto';
import { isDryRun } from '../../../lib/context/dry-run.ts';
import { validationFailure } from '../answers/refusals.ts';
import { type ApiAnswer, type ApiRequest, headerOf } from './request.ts';

/** How to do once what a request asks for. */
export interface Creation {
  /** The answer to the request when it has been done already, perhaps by a former attempt that died; else null. */
  readonly find: (id: string) => Promise<ApiAnswer | null>;
  /** Does it, under this id; when it is refused nothing is left behind. Finds what a former attempt with this id has left. */
  readonly create: (id: string) => Promise<ApiAnswer>;
}

/** Whose keys those are that belong to no project. */
export const OPERATORS = 'operators';

const HEADER = 'x-idempotency-key';
const KEY = /^[\x21-\x7e]{1,255}$/;
/**
 * Creates once, however often the request comes, when it carries an `X-Idempotency-Key`: repetitions get the first
 * answer. Without a key it just creates.
 * @throws ApiError 409 the first request is still running, 422 the key was used for something else
 */
export const createOnce = async (request: ApiRequest, projectId: string, creation: Creation): Promise<ApiAnswer> => {
  const key = headerOf(request.headers, HEADER);
  if (key === null) return await creation.create(randomUUID());
  if (!KEY.test(key)) throw validationFailure('X-Idempotency-Key must be 1 to 255 printable characters.');
  // A dry run neither asks what the key stands for nor takes it.
  if (isDryRun()) return await creation.create(randomUUID());
  // Loaded with the first key: most containers never see one.
  const { createForKey } = await import('./keyed-creation.ts');
  return await createForKey(request, { projectId, key }, creation);
};
