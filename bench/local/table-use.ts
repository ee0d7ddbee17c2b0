import * as z from 'zod';
import { documents } from '../../lib/repositories/table/client.ts';

const NAME = 'tableUse';

const input = z.looseObject({ TableName: z.string().optional() });
const output = z.object({ output: z.object({ ConsumedCapacity: z.object({ CapacityUnits: z.number() }).optional() }) });

/** What the table was asked for. */
export interface TableUse {
  requests: number;
  /** Request units of single reads and queries, as the table counts them; writes are requests only. */
  readUnits: number;
}

const READS = /^(GetItem|Query)Command$/;

/**
 * Counts what `work` asks the table for.
 * @returns also the milliseconds it took
 */
export const tableUseOf = async (work: () => Promise<unknown>): Promise<TableUse & { readonly ms: number }> => {
  const use: TableUse = { requests: 0, readUnits: 0 };
  const stack = documents().middlewareStack;
  stack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        use.requests += 1;
        if (!READS.test(commandName)) return await next(args);
        Object.assign(input.parse(args.input) && args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const answer = await next(args);
        use.readUnits += output.parse(answer).output.ConsumedCapacity?.CapacityUnits ?? 0;
        return answer;
      },
    { step: 'initialize', name: NAME, override: true },
  );
  const begun = performance.now();
  try {
    await work();
  } finally {
    stack.remove(NAME);
  }
  return { ...use, ms: performance.now() - begun };
};
