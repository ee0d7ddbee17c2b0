import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, LoadBalancerApi } from '../../cloud/load-balancer-api.ts';
import { type Journal, objectIn, type Values } from './journal.ts';
import type { Tally } from './tally.ts';

const RETRY_MS = 500;
/** A request is repeated for at most this long, in milliseconds: an idempotency key of a request that died is held for 60 s. */
const PATIENCE_MS = 150_000;

/** Where an honest client works, and what notes it. */
export interface Site {
  readonly api: LoadBalancerApi;
  readonly name: string;
  readonly vipSubnetId: string;
  readonly tally: Tally;
  readonly journal: Journal;
}

/** An answer, and whether an earlier try of the same request got none. */
interface Insisted {
  readonly answer: Answer | null;
  readonly repeated: boolean;
}

const accepted = (answer: Answer | null): boolean => answer !== null && answer.status >= 200 && answer.status <= 299;

/** Repeats a request until it has an answer other than "busy". Each POST has an idempotency key. */
const insist = async (
  { api, tally }: Site,
  ...[method, path, body]: Parameters<LoadBalancerApi['call']>
): Promise<Insisted> => {
  const key: Record<string, string> = method === 'POST' ? { 'x-idempotency-key': crypto.randomUUID() } : {};
  let repeated = false;
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(RETRY_MS)) {
    const answer = await tally.call(api, method, path, body, key);
    if (answer !== null && answer.status < 500 && answer.headers['retry-after'] === undefined) {
      return { answer, repeated };
    }
    // Also an answer of 5xx does not tell whether the change was committed.
    repeated = true;
  }
  return { answer: null, repeated: true };
};

/** Requests of an honest client, noted in the journal. */
export const createRequests = (site: Site) => {
  const { api, journal, tally } = site;
  let refusals = 0;
  const ask = async (...request: Parameters<LoadBalancerApi['call']>) => {
    const { answer, repeated } = await insist(site, ...request);
    const done = accepted(answer);
    refusals = done ? 0 : refusals + 1;
    return { answer, done, unclear: !done && repeated };
  };
  /** Notes new members of an accepted batch, and answers their paths by their addresses. */
  const noteNew = async (pool: string, wanted: ReadonlyMap<string, Values>): Promise<ReadonlyMap<string, string>> => {
    const { answer, done } = await ask('GET', `${pool}/members`);
    const shown: unknown = Reflect.get(Object(answer?.body), 'members');
    const list: readonly unknown[] = Array.isArray(shown) ? shown : [];
    const paths = new Map<string, string>();
    for (const [address, values] of done ? wanted : []) {
      const found = list.find((one) => Object(one).name === values.name);
      if (found === undefined) tally.problem(`${pool}: member ${address} of an accepted batch is lost`);
      else paths.set(address, `${pool}/members/${Object(found).id}`);
    }
    for (const [address, path] of paths) journal.created(api, path, pool, wanted.get(address) ?? {});
    return paths;
  };
  return {
    /** Requests in a row that were not accepted. */
    refusals: () => refusals,
    /** The path of the new object; null when it was not accepted. @param wanted values to be found at the end */
    create: async (list: string, kind: string, parent: string | null, more: Values, wanted: Values) => {
      const { answer, done } = await ask('POST', list, { [kind]: { ...more, ...wanted } });
      if (!done) return null;
      const path = `${list}/${objectIn(answer?.body).id}`;
      journal.created(api, path, parent, wanted);
      return path;
    },
    update: async (path: string | undefined, kind: string, wanted: Values): Promise<void> => {
      if (path === undefined) return;
      const { done, unclear } = await ask('PUT', path, { [kind]: wanted });
      if (done || unclear) journal.updated(path, wanted, done);
    },
    /** True: it is, or may be, deleted, and is left alone from now on. */
    remove: async (path: string, query = ''): Promise<boolean> => {
      const { answer, done, unclear } = await ask('DELETE', `${path}${query}`);
      const gone = done || (unclear && answer?.status === 404);
      if (gone || unclear) journal.removed(path, gone);
      return gone || unclear;
    },
    /** Replaces the members of a pool. @param members paths by addresses; becomes what is accepted */
    batch: async (pool: string, members: Map<string, string>, wanted: ReadonlyMap<string, Values>): Promise<void> => {
      const body = [...wanted].map(([address, values]) => ({ address, protocol_port: 8080, ...values }));
      const { done, unclear } = await ask('PUT', `${pool}/members`, { members: body });
      if (!done && !unclear) return;
      for (const [address, path] of [...members]) {
        const values = wanted.get(address);
        if (values !== undefined) journal.updated(path, values, done);
        else journal.removed(path, done);
        if (done && values === undefined) members.delete(address);
      }
      if (!done) return;
      const added = new Map([...wanted].filter(([address]) => !members.has(address)));
      for (const [address, path] of await noteNew(pool, added)) members.set(address, path);
    },
  };
};
