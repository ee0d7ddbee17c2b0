import type { Answer, LoadBalancerApi } from '../../cloud/load-balancer-api.ts';

/** Around a kill a request may fail: from the kill until this long after the next start, in milliseconds. */
const AFTER_START_MS = 2_000;

/** Counts answers of the API, and notes those that must not be. */
export interface Tally {
  /** Answers that must not be, as sentences. */
  readonly problems: readonly string[];
  /** One line: how many requests were accepted, refused, or left without an answer. */
  summary(): string;
  /** Number of requests that were answered so far. */
  answered(): number;
  /** From now on requests may fail, until `started`. */
  killed(): void;
  started(): void;
  problem(text: string): void;
  /** Makes a request and counts what comes; null when a kill left it without an answer. */
  ask(what: string, request: () => Promise<Pick<Answer, 'status' | 'body'>>): Promise<Answer['status'] | null>;
  /** The same, for a caller that reads the answer. */
  call(api: LoadBalancerApi, ...request: Parameters<LoadBalancerApi['call']>): Promise<Answer | null>;
}

export const createTally = (): Tally => {
  /** Number of answers by status; 0: none, because the stack was killed. */
  const statuses = new Map<number, number>();
  const problems: string[] = [];
  const down: { from: number; to: number }[] = [];
  const nearKill = (from: number): boolean => down.some(({ to }) => from <= to);
  const count = (status: number): void => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const counted = async <T extends Pick<Answer, 'status' | 'body'>>(
    what: string,
    request: () => Promise<T>,
  ): Promise<T | null> => {
    const from = Date.now();
    try {
      const answer = await request();
      count(answer.status);
      const excused = answer.status === 503 || (answer.status !== 500 && nearKill(from));
      if (answer.status >= 500 && !excused) {
        problems.push(`${what}: ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 300)}`);
      }
      return answer;
    } catch (error) {
      count(0);
      if (!nearKill(from)) problems.push(`${what}: no answer, and no kill: ${error}`);
      return null;
    }
  };
  const sumOf = (from: number, to: number): number =>
    [...statuses].reduce((sum, [status, number]) => (status >= from && status <= to ? sum + number : sum), 0);
  return {
    problems,
    summary: () => {
      const each = [...statuses].sort(([a], [b]) => a - b).map(([status, number]) => `${status || 'none'} ${number}`);
      const [all, accepted, refused] = [sumOf(0, 599), sumOf(200, 299), sumOf(400, 499)];
      return `${all} requests, ${accepted} accepted, ${refused} refused (${each.join(', ')})`;
    },
    answered: () => sumOf(1, 599),
    killed: () => {
      down.push({ from: Date.now(), to: Number.POSITIVE_INFINITY });
    },
    started: () => {
      const last = down.at(-1);
      if (last !== undefined) last.to = Date.now() + AFTER_START_MS;
    },
    problem: (text) => {
      problems.push(text);
    },
    ask: async (what, request) => (await counted(what, request))?.status ?? null,
    call: async (api, method, path, body, more) =>
      await counted(`${method} ${path.slice(0, 200)}`, () => api.call(method, path, body, more)),
  };
};
