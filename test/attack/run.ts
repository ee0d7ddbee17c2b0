/**
 * Attacks on a local stack, all on loopback and bounded: `npm run attack [-- <part of a file's name>]`. `npm run attack -- soak` also
 * runs the soak, ten minutes of mixed hostile input beside kills. The last line is `N passed, N failed[, N skipped]`.
 */
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { countTests } from '../cloud/count-tests.ts';
import { closingLines } from '../helpers/machine.ts';

const filters = process.argv.slice(2);
if (filters.includes('soak')) process.env.ATTACK_SOAK = 'true';
const vitest = await startVitest('test', filters, {
  config: join(import.meta.dirname, 'vitest.config.ts'),
  watch: false,
});
const counts = countTests(vitest);
await vitest.close();
console.log(closingLines(counts));
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
