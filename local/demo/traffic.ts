import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Where the load balancer listens. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** What a client that sends all the time has seen. */
export interface Seen {
  readonly sent: number;
  readonly lost: number;
  /** Milliseconds of the longest time between two answers; null when there were not two. */
  readonly gapMs: number | null;
}

const REQUEST_TIMEOUT_MS = 1000;

/** Sends one request over a connection of its own; answers the text of a 200, null for anything else. */
const ask = ({ host, port }: Target): Promise<string | null> =>
  new Promise((resolve) => {
    const request = get({ host, port, agent: false, timeout: REQUEST_TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? text : null));
      response.on('error', () => resolve(null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });

/** Sends requests one after the other and counts the answers of each server; `nobody` stands for errors. */
export const countAnswers = async (target: Target, requests: number): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  for (let sent = 0; sent < requests; sent += 1) {
    const name = (await ask(target)) ?? 'nobody';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
};

/** `one 15, two 15` */
export const describeCounts = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort()
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

/** Starts a client that sends a request every so many milliseconds, whatever becomes of the others. */
export const startSending = (target: Target, everyMs: number): { stop(): Promise<Seen> } => {
  const answers: number[] = [];
  const open: Promise<void>[] = [];
  let lost = 0;
  const sendOne = async (): Promise<void> => {
    if ((await ask(target)) === null) lost += 1;
    else answers.push(performance.now());
  };
  const timer = setInterval(() => open.push(sendOne()), everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      const gaps = answers.slice(1).map((at, index) => at - (answers[index] ?? at));
      return { sent: open.length, lost, gapMs: gaps.length === 0 ? null : Math.round(Math.max(...gaps)) };
    },
  };
};

/** Waits until the target answers so often in a row. @returns false when it did not within `seconds` */
export const answersAgain = async (target: Target, inARow: number, seconds: number): Promise<boolean> => {
  const deadline = performance.now() + seconds * 1000;
  let row = 0;
  while (row < inARow && performance.now() < deadline) {
    row = (await ask(target)) === null ? 0 : row + 1;
    await pause(20);
  }
  return row >= inARow;
};
