import type { ApiDependencies } from '../dependencies.ts';
import { listsOperations } from './list.ts';
import { redrivesOperation } from './redrive.ts';
import { showOperation } from './show.ts';

/** What there is to know of operations, and to do about one that does not come to its end. */
export const operationHandlers = (dependencies: ApiDependencies) => ({
  list: listsOperations(dependencies.settings),
  show: showOperation,
  redrive: redrivesOperation(dependencies),
});
