import type { ApiDependencies } from '../dependencies.ts';
import { listsOperations } from './list.ts';
import { redrivesOperation } from './redrive.ts';
import { showOperation } from './show.ts';

/** The records of operations, and the redrive of one that does not end. */
export const operationHandlers = (dependencies: ApiDependencies) => ({
  list: listsOperations(dependencies.settings),
  show: showOperation,
  redrive: redrivesOperation(dependencies),
});
