import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PolicyAction } from '../../functions/api/request/policy.ts';
import { type ApiEvent, type Caller, headerOf } from '../../functions/api/request/request.ts';
import { toEvent } from '../gateway/payload.ts';
import type { Feed, FeedEntry } from './feed.ts';

/** Outside of everything upstream serves, or ever has. */
export const EVENTS_PATH = '/events';

/** Says that the connection lives, and looks at the token again. */
const PING_MS = 15_000;
/** Bytes written ahead of a slow reader. The rest waits in the feed, where every reader has only its place. */
const MOST_UNREAD = 256 * 1024;
/** Entries taken from the feed at once. */
const BATCH = 100;
/** Open streams of one user: an open stream costs a socket and a look at its token. */
const MOST_STREAMS = 20;

export interface EventStreamOptions {
  readonly feed: Feed;
  /** As the API authenticates callers. */
  readonly authenticate: (event: ApiEvent) => Promise<Caller | null>;
  /** As the API decides what a caller may do. */
  readonly may: (caller: Caller, action: PolicyAction, projectId: string | null) => boolean;
  /** @default 15000 */
  readonly pingMs?: number;
}

const refuse = (response: ServerResponse, status: number, faultstring: string): void => {
  const body = Buffer.from(JSON.stringify({ faultcode: 'Client', faultstring, debuginfo: null }));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
};

const toText = ({ number, transition }: FeedEntry): string =>
  `id: ${number}\nevent: transition\ndata: ${JSON.stringify(transition)}\n\n`;

/** The number to go on after: the reader's own, or the latest; null for something else. */
const placeOf = (event: ApiEvent, feed: Feed): number | null => {
  const last = headerOf(event.headers, 'last-event-id');
  if (last === null) return feed.latest();
  return /^\d{1,15}$/.test(last) ? Number(last) : null;
};

/** Answers `GET /events` with the transitions the caller may see, from `Last-Event-ID` or from now on, until it goes. */
export const createEventStream = ({ feed, authenticate, may, pingMs = PING_MS }: EventStreamOptions) => {
  /** Open streams, by their users' ids. */
  const streams = new Map<string, number>();
  const seesAll = (caller: Caller): boolean => may(caller, 'os_load-balancer_api:loadbalancer:get_all-global', null);

  /** Tenants see what is their project's, and no amphorae. */
  const sees = (caller: Caller, { transition }: FeedEntry): boolean => {
    const projectId = typeof transition.project_id === 'string' ? transition.project_id : null;
    if (transition.object_type === 'amphora') return may(caller, 'os_load-balancer_api:amphora:get_all', projectId);
    return seesAll(caller) || may(caller, 'os_load-balancer_api:loadbalancer:get_all', projectId);
  };

  const stream = (event: ApiEvent, first: Caller, from: number, response: ServerResponse): void => {
    const wanted = new URLSearchParams(event.rawQueryString).get('loadbalancer_id');
    let caller = first;
    let place = from;
    const isOpen = (): boolean => !response.writableEnded && !response.destroyed;
    const wants = (entry: FeedEntry): boolean =>
      (wanted === null || entry.transition.loadbalancer_id === wanted) && sees(caller, entry);
    const pump = (): void => {
      while (isOpen() && response.writableLength < MOST_UNREAD) {
        const entries = feed.after(place, BATCH);
        if (entries.length === 0) return;
        place = entries.at(-1)?.number ?? place;
        const text = entries.filter(wants).map(toText).join('');
        if (text !== '') response.write(text);
      }
    };
    const ping = async (): Promise<void> => {
      // A keystone that does not answer says nothing against the caller: the next ping asks again.
      const again = await authenticate(event).catch(() => caller);
      if (!isOpen()) return;
      if (again === null) return end();
      caller = again;
      if (response.writableLength === 0) response.write(': \n\n');
    };
    const timer = setInterval(() => void ping(), pingMs);
    const unfollow = feed.follow(pump);
    const leave = (): void => {
      clearInterval(timer);
      unfollow();
    };
    const end = (): void => {
      leave();
      response.end();
      // A reader that does not read would keep the connection, and what is unread, for ever.
      setTimeout(() => response.destroy(), pingMs).unref();
    };
    response.on('close', leave);
    response.on('error', leave);
    response.on('drain', pump);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' });
    response.write(': deploy-worker, transitions of statuses\n\n');
    pump();
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET') return refuse(response, 405, 'Only GET is served here.');
    const event = toEvent(request, Buffer.alloc(0), `GET ${EVENTS_PATH}`, {});
    const caller = await authenticate(event);
    if (caller === null) return refuse(response, 401, 'The request has no valid token in X-Auth-Token.');
    if (!seesAll(caller) && !may(caller, 'os_load-balancer_api:loadbalancer:get_all', caller.projectId)) {
      return refuse(response, 403, 'Policy does not allow this request to be performed.');
    }
    const from = placeOf(event, feed);
    if (from === null) return refuse(response, 400, 'Last-Event-ID: is not the id of an event.');
    const open = streams.get(caller.userId) ?? 0;
    if (open >= MOST_STREAMS) return refuse(response, 429, `A user may have ${MOST_STREAMS} streams of events.`);
    streams.set(caller.userId, open + 1);
    response.once('close', () => {
      const left = (streams.get(caller.userId) ?? 1) - 1;
      if (left > 0) streams.set(caller.userId, left);
      else streams.delete(caller.userId);
    });
    stream(event, caller, from, response);
  };
};
