import * as z from 'zod';
import { documents } from '../../lib/repositories/table/client.ts';

/** What was asked of the table. */
export interface Asked {
  requests: number;
  /** Rows that were to be written. */
  writes: number;
  /** Read units, of 4 KiB each; half as many for what need not be the latest. */
  readUnits: number;
  /** Rows that were read. */
  rows: number;
  readonly commands: Set<string>;
}

const answered = z.object({
  ConsumedCapacity: z.object({ CapacityUnits: z.number() }).optional(),
  Items: z.array(z.unknown()).optional(),
});

const nothing = (): Asked => ({ requests: 0, writes: 0, readUnits: 0, rows: 0, commands: new Set() });

/** Stands in for the table: null lets a request through. */
export type Answer = (command: string, input: object) => object | null;

export interface Requests {
  /** What was asked for since the last call. */
  take(): Asked;
  /** From now on; null for no receiver. */
  answer(by: Answer | null): void;
}

/** Stands between the repositories and the SDK's way to the table. */
export const watchRequests = (): Requests => {
  let asked = nothing();
  let answer: Answer | null = null;
  documents().middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const { input } = args;
        asked.requests += 1;
        asked.commands.add(commandName);
        if ('Statements' in input) asked.writes += input.Statements?.length ?? 0;
        else if ('TransactItems' in input) asked.writes += input.TransactItems?.length ?? 0;
        else if (/^(?:Put|Update|Delete)/.test(commandName)) asked.writes += 1;
        const output = answer?.(commandName, input) ?? null;
        if (output !== null) return { output: { $metadata: {}, ...output }, response: {} };
        const reads = /^(?:Get|Query)/.test(commandName);
        const measured = reads ? { ...args, input: { ...input, ReturnConsumedCapacity: 'TOTAL' as const } } : args;
        const result = await next(measured);
        const { data } = answered.safeParse(result.output);
        if (reads) asked.readUnits += data?.ConsumedCapacity?.CapacityUnits ?? 0;
        asked.rows += data?.Items?.length ?? 0;
        return result;
      },
    { step: 'initialize', name: 'watchRequests' },
  );
  return {
    take: () => {
      const taken = asked;
      asked = nothing();
      return taken;
    },
    answer: (by) => {
      answer = by;
    },
  };
};
