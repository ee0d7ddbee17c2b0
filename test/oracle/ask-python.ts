import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type * as z from 'zod';

/** A Python program that answers each line of JSON with one. */
export interface Answering<T> {
  /** @throws Error the program has ended, or its answer is not of the shape */
  ask(question: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** Characters of the program's complaints that an error carries. */
const MOST_COMPLAINTS = 4_000;

/** Starts the program; questions are answered in their order. */
export const askPython = <T>(python: string, program: string, shape: z.ZodType<T>): Answering<T> => {
  const child = spawn(python, ['-W', 'ignore', program], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (part: Buffer) => {
    complaints = `${complaints}${part.toString()}`.slice(-MOST_COMPLAINTS);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (question: unknown): Promise<T> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${program} has ended:\n${complaints}`);
    return shape.parse(JSON.parse(value));
  };
  let turn: Promise<unknown> = Promise.resolve();
  return {
    ask: (question) => {
      const answer = turn.then(() => next(question));
      turn = answer.catch(() => undefined);
      return answer;
    },
    stop: async () => {
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
};
