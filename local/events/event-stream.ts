import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PolicyAction } from '../../functions/api/policy.ts';
import { type ApiEvent, type Caller, headerOf } from '../../functions/api/request.ts';
import { toEvent } from '../gateway/payload.ts';
import type { Feed, FeedEntry } from './feed.ts';

/** Outside of everything upstream serves, or ever has. */
export const EVENTS_PATH = '/events';

/** Says that the connection lives, and looks at the token again. */
const PING_MS = 15_000;
/** Bytes a reader may lag behind before it is let go; it can go on from where it was. */
const MOST_UNREAD = 4 * 1024 * 1024;

export interface EventStreamOptions {
  readonly feed: Feed;
  /** As the API finds out who calls. */
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
    const send = (entry: FeedEntry): void => {
      if (wanted !== null && entry.transition.loadbalancer_id !== wanted) return;
      if (!sees(caller, entry)) return;
      response.write(toText(entry));
      if (response.writableLength > MOST_UNREAD) response.destroy();
    };
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': deploy-worker, transitions of statuses\n\n');
    for (const entry of feed.after(from)) send(entry);
    const leave = feed.follow(send);
    const ping = async (): Promise<void> => {
      const again = await authenticate(event);
      if (again === null) response.end();
      else caller = again;
      if (!response.writableEnded) response.write(': \n\n');
    };
    const timer = setInterval(() => {
      // Who cannot be asked about says nothing against the caller: the next ping asks again.
      ping().catch(() => response.write(': \n\n'));
    }, pingMs);
    response.on('close', () => {
      clearInterval(timer);
      leave();
    });
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
    stream(event, caller, from, response);
  };
};
