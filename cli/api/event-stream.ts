import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import * as z from 'zod';
import type { Session } from '../access/session.ts';
import { CommandError, RefusedError } from '../output/errors.ts';

/** Characters of one event; a transition has less than a thousand. */
const MOST_CHARACTERS = 65_536;
/** Milliseconds without a word: the stream says every 15 s that it lives. */
const SILENCE_MS = 60_000;

const text = z.string().max(500);
const transitionShape = z.object({
  object_type: text,
  object_id: text,
  loadbalancer_id: text.nullable(),
  project_id: text.nullable(),
  field: text,
  before: text.nullable(),
  after: text,
  operation_id: text.nullable(),
  time: text,
  reason: z.object({ cause: text, flow: text.nullable(), error_name: text.nullable() }),
});
export type Transition = z.infer<typeof transitionShape>;

/** One event of the stream, and the place after it. */
export interface StreamedEvent {
  readonly id: string;
  readonly transition: Transition;
}

const refusal = (status: number): Error =>
  status === 404
    ? new CommandError(
        'this endpoint has no stream of events',
        'on AWS the events are on EventBridge: see docs/events.md#a-rule',
      )
    : new RefusedError(
        status,
        `the stream of events answered ${status}`,
        status === 403 || status === 401 ? 'deploy-worker check' : null,
      );

/** The event of a block of lines; null for a comment. @throws CommandError it is not as described */
export const eventOf = (block: string): StreamedEvent | null => {
  const fields = new Map(
    block.split('\n').flatMap((line) => {
      const colon = line.indexOf(': ');
      return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 2)] as const];
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    value = undefined;
  }
  const transition = transitionShape.safeParse(value).data;
  if (transition === undefined) throw new CommandError('the stream sent an event that this command line does not know');
  return { id: fields.get('id') ?? '', transition };
};

/**
 * Events of the API's stream as they come, until it ends or the signal stops it. A stream is lost with its connection:
 * go on with the last event's id.
 * @param after id of the last event that was seen; null for new ones only
 * @throws RefusedError, CommandError; connection errors as they come
 */
export async function* streamEvents(
  session: Session,
  { after, loadBalancerId }: { readonly after: string | null; readonly loadBalancerId: string | null },
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent> {
  const { token, endpoint } = await session.signedIn();
  const { caFile, verify } = session.access;
  const url = new URL(`${endpoint}/events`);
  if (loadBalancerId !== null) url.searchParams.set('loadbalancer_id', loadBalancerId);
  const headers = {
    accept: 'text/event-stream',
    ...(token === null ? {} : { 'x-auth-token': token }),
    ...(after === null ? {} : { 'last-event-id': after }),
  };
  const options = { headers, signal, rejectUnauthorized: verify, ...(caFile !== null && { ca: readFileSync(caFile) }) };
  const outgoing = url.protocol === 'https:' ? secureRequest(url, options) : plainRequest(url, options);
  outgoing.setTimeout(SILENCE_MS, () => outgoing.destroy(new Error('the stream of events is silent')));
  const incoming = await new Promise<AsyncIterable<string>>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.once('response', (response) => {
      const { statusCode = 0 } = response;
      if (statusCode === 200) return resolve(response.setEncoding('utf8'));
      response.destroy();
      reject(refusal(statusCode));
    });
    outgoing.end();
  });
  let unread = '';
  for await (const chunk of incoming) {
    unread += chunk;
    const blocks = unread.split('\n\n');
    unread = blocks.pop() ?? '';
    if (unread.length > MOST_CHARACTERS) throw new CommandError('the stream sent an event without an end');
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== null) yield event;
    }
  }
}
