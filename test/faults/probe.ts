import { AsyncLocalStorage } from 'node:async_hooks';
import http, { Agent, type ClientRequest } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';

/** Where a change is made: in the table, or outside of it, where no fence is checked. */
export type Place = 'table' | 'outside';

/** Where a handler is held. A promise that stays pending holds everything the handler does from there on. */
export interface Probe {
  readonly place: Place;
  /** The first request that changes something there is about to be sent. */
  readonly beforeEffect?: () => Promise<void>;
  /** Its answer is there, and the handler has not heard of it. */
  readonly afterEffect?: () => Promise<void>;
}

interface Watched {
  readonly probe: Probe;
  /** The step's own record has been begun, which has no effect on any other. */
  begun: boolean;
  effect: ClientRequest | null;
  gate: Promise<void>;
  /** Connections of its own, as in a container of its own: one that stands still delays no other. */
  readonly agents: Map<unknown, Agent>;
}

const handlers = new AsyncLocalStorage<Watched>();

const TABLE_WRITES = /\.(UpdateItem|PutItem|DeleteItem|TransactWriteItems|BatchWriteItem)$/;

const changesSomething = (request: ClientRequest, watched: Watched): boolean => {
  const target = request.getHeader('x-amz-target');
  if (typeof target !== 'string') {
    return watched.probe.place === 'outside' && request.method !== 'GET' && !request.path.endsWith('/auth/tokens');
  }
  if (watched.probe.place === 'outside' || !TABLE_WRITES.test(target)) return false;
  if (watched.begun || !target.endsWith('.UpdateItem')) return true;
  watched.begun = true;
  return false;
};

const hold = (request: ClientRequest, watched: Watched): void => {
  if (watched.effect === null && changesSomething(request, watched)) {
    watched.effect = request;
    const { beforeEffect } = watched.probe;
    if (beforeEffect !== undefined) watched.gate = watched.gate.then(beforeEffect);
  }
  const { end, emit } = request;
  const ready = watched.gate;
  Object.assign(request, {
    end: (...given: unknown[]) => {
      ready
        .then(() => Reflect.apply(end, request, given))
        .catch((error: unknown) => request.destroy(Error(String(error))));
      return request;
    },
    emit: (...given: unknown[]): boolean => {
      if (given[0] !== 'response') return Reflect.apply(emit, request, given);
      const { afterEffect } = watched.probe;
      if (watched.effect === request && afterEffect !== undefined) watched.gate = watched.gate.then(afterEffect);
      void watched.gate.then(() => Reflect.apply(emit, request, given));
      return true;
    },
  });
};

const ownAgent = (agents: Watched['agents'], shared: unknown): Agent | undefined => {
  if (!(shared instanceof Agent)) return undefined;
  const own = agents.get(shared) ?? (shared instanceof https.Agent ? new https.Agent(shared.options) : new Agent());
  agents.set(shared, own);
  return own;
};

/** The arguments of a request, with the handler's own connections instead of those all share. */
const apart = (given: readonly unknown[], { agents }: Watched): unknown[] =>
  given.map((one) => {
    if (typeof one !== 'object' || one === null || one instanceof URL || !('agent' in one)) return one;
    return { ...one, agent: ownAgent(agents, one.agent) };
  });

const watching = <Send extends (...given: never[]) => ClientRequest>(send: Send): Send =>
  new Proxy(send, {
    apply: (target, self, given) => {
      const watched = handlers.getStore();
      const request: ClientRequest = Reflect.apply(target, self, watched === undefined ? given : apart(given, watched));
      if (watched !== undefined) hold(request, watched);
      return request;
    },
  });

/** From here on handlers that run under a probe are held by it. To be called before the first of them is imported. */
export const watchRequests = (): void => {
  http.request = watching(http.request);
  https.request = watching(https.request);
  syncBuiltinESMExports();
};

/** Runs a handler, and everything it does, under a probe. */
export const under = <T>(probe: Probe, run: () => Promise<T>): Promise<T> =>
  handlers.run({ probe, begun: false, effect: null, gate: Promise.resolve(), agents: new Map() }, run);
