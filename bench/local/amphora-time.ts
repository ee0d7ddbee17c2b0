import { subscribe } from 'node:diagnostics_channel';
import * as z from 'zod';

const message = z.object({ request: z.object({ path: z.string() }) });
/** Of an agent's API; the cloud's own paths begin with the service's name. */
const AGENT_PATH = /^\/\d+\.\d+\//;

/** A clock that runs while at least one of several things is under way. */
export const sharedClock = (now: () => number = () => performance.now()) => {
  let underWay = 0;
  let since = 0;
  let total = 0;
  return {
    begin: (): void => {
      if (underWay === 0) since = now();
      underWay += 1;
    },
    end: (): void => {
      underWay -= 1;
      if (underWay === 0) total += now() - since;
    },
    /** Milliseconds so far, without what is still under way. */
    total: (): number => total,
  };
};

/** Milliseconds in which some agent was working on a request of this process: mostly haproxy's check and reload. */
export const watchAgents = (): (() => number) => {
  const clock = sharedClock();
  const whenAgents = (then: () => void) => (seen: unknown) => {
    const parsed = message.safeParse(seen);
    if (parsed.success && AGENT_PATH.test(parsed.data.request.path)) then();
  };
  subscribe('http.client.request.start', whenAgents(clock.begin));
  subscribe('http.client.response.finish', whenAgents(clock.end));
  subscribe('http.client.request.error', whenAgents(clock.end));
  return clock.total;
};
