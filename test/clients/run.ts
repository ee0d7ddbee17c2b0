/**
 * Runs clients that others have written against the local stack, as they are: `npm run test:clients [-- <part of a
 * file's name>...]`. The first time it builds them, with Go. What is not on the machine is skipped, and said. The last
 * line is `N passed, N failed`.
 */
import { startVitest } from 'vitest/node';
import { countTests } from '../cloud/count-tests.ts';
import { closingLines } from '../helpers/machine.ts';
import { prepareTools } from './tools.ts';

await prepareTools();
const vitest = await startVitest('test', process.argv.slice(2), {
  config: new URL('vitest.config.ts', import.meta.url).pathname,
  watch: false,
});
const { passed, failed, skipped } = countTests(vitest);
await vitest.close();
console.log(closingLines({ passed, failed, skipped }));
process.exit(failed === 0 && passed + skipped.size > 0 ? 0 : 1);
