import { request } from 'undici';
import * as z from 'zod';
import { WAIT_MS } from '../patience.ts';

const transition = z.object({
  version: z.literal(1),
  id: z.string(),
  sequence: z.string(),
  object_type: z.string(),
  object_id: z.string(),
  loadbalancer_id: z.string().nullable(),
  project_id: z.string().nullable(),
  field: z.string(),
  before: z.string().nullable(),
  after: z.string(),
  operation_id: z.string().nullable(),
  time: z.string(),
  reason: z.object({ cause: z.string(), flow: z.string().nullable(), error_name: z.string().nullable() }),
});
export type ReadTransition = z.infer<typeof transition> & {
  /** The event's id in the stream. */
  readonly number: number;
};

export interface TransitionReader {
  /** What has come so far, in its order. */
  readonly read: readonly ReadTransition[];
  /** Waits for the first that fits. @param milliseconds at most @default 20000 */
  until(fits: (one: ReadTransition) => boolean, milliseconds?: number): Promise<ReadTransition>;
  close(): void;
}

/** Reads `GET /events`, after that event; as curl would with a token. */
export const readTransitions = async (
  apiUrl: string,
  token: string,
  { after, query = '' }: { readonly after?: number; readonly query?: string } = {},
): Promise<TransitionReader> => {
  const aborted = new AbortController();
  const { statusCode, body } = await request(`${apiUrl}/events${query}`, {
    headers: { 'x-auth-token': token, ...(after === undefined ? {} : { 'last-event-id': String(after) }) },
    signal: aborted.signal,
    bodyTimeout: 0,
  });
  if (statusCode !== 200) throw new Error(`/events answered ${statusCode}: ${await body.text()}`);
  const read: ReadTransition[] = [];
  const waiting = new Set<() => void>();
  const take = (block: string): void => {
    const found = /^id: (\d+)\nevent: transition\ndata: (.*)$/.exec(block);
    if (found === null) return;
    read.push({ ...transition.parse(JSON.parse(found[2] ?? '')), number: Number(found[1]) });
    for (const look of waiting) look();
  };
  const pump = async (): Promise<void> => {
    let text = '';
    for await (const part of body) {
      text += String(part);
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      blocks.forEach(take);
    }
  };
  pump().catch((error: unknown) => {
    if (!aborted.signal.aborted) throw error;
  });
  return {
    read,
    until: async (fits, milliseconds = WAIT_MS) => {
      const { promise, resolve, reject } = Promise.withResolvers<ReadTransition>();
      const look = (): void => {
        const found = read.find(fits);
        if (found) resolve(found);
      };
      const late = setTimeout(() => reject(new Error(`Only came: ${JSON.stringify(read, null, 1)}`)), milliseconds);
      waiting.add(look);
      look();
      try {
        return await promise;
      } finally {
        clearTimeout(late);
        waiting.delete(look);
      }
    },
    close: () => aborted.abort(),
  };
};
