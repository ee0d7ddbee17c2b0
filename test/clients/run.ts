/**
 * Runs clients that others have written against the local stack, as they are: `npm run test:clients [-- <part of a
 * file's name>...]`. The first time it builds them, with Go. What is not on the machine is skipped, and said. The last
 * line is `N passed, N failed`.
 */
import { startVitest } from 'vitest/node';
import { countTests } from '../cloud/count-tests.ts';
import { prepareTools } from './tools.ts';

const tools = await prepareTools();
const vitest = await startVitest('test', process.argv.slice(2), {
  config: new URL('vitest.config.ts', import.meta.url).pathname,
  watch: false,
});
const { passed, failed, skipped } = countTests(vitest);
await vitest.close();
for (const [name, { missing }] of Object.entries(tools)) {
  if (missing !== null) console.log(`${name}: skipped, ${missing}`);
}
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
process.exit(failed === 0 && passed + skipped > 0 ? 0 : 1);
