import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Played } from './play.ts';
import type { Script } from './sequence.ts';

/** Each keeps a processor busy: its two sides wait for each other. */
const THREADS = 2;

/** Plays scripts, some at the same time, each from empty tables on. */
export interface Players {
  /** @throws Error a side has ended */
  play(script: Script): Promise<readonly Played[]>;
  stop(): Promise<void>;
}

/** @param python one that imports octavia */
export const startPlayers = (python: string): Players => {
  const threads = Array.from(
    { length: THREADS },
    () => new Worker(new URL('./player.ts', import.meta.url), { workerData: { python } }),
  );
  const ended = threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)));
  const idle = [...threads];
  const waiting: ((thread: Worker) => void)[] = [];
  const take = async (): Promise<Worker> =>
    idle.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
  const giveBack = (thread: Worker): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(thread);
    else next(thread);
  };
  return {
    async play(script) {
      const thread = await take();
      try {
        const answer = once(thread, 'message');
        thread.postMessage(script);
        const [played] = await answer;
        return played;
      } finally {
        giveBack(thread);
      }
    },
    async stop() {
      for (const thread of threads) thread.postMessage(null);
      await Promise.all(ended);
    },
  };
};
