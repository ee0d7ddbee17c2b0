import * as z from 'zod';
import { beginRollback } from '../../lib/repositories/locks/settlements.ts';
import { flowInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** What a Catch put beside the state: the error's name, and on a function's failure a JSON text that holds the message. */
const caught = z.object({ Error: z.string().default('Error'), Cause: z.string().default('') });
const functionFailure = z.object({ errorMessage: z.string() });

const messageOf = (cause: string): string => {
  try {
    return functionFailure.parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause;
  }
};

/**
 * First step of every compensation: records why the operation failed, and moves it to a new fence, so that handlers
 * still on their way can write nothing more. Answers the fence the compensations go on with.
 */
export const handler = task({
  name: 'BeginRollback',
  input: z.looseObject({ ...flowInput, error: caught }),
  movesFence: true,
  run: async ({ error }, { flow }) => ({
    fence: await beginRollback(flow, { errorName: error.Error, errorMessage: messageOf(error.Cause) }),
  }),
});
