/**
 * Everything that needs no cloud: lint, types, then unit, contract and flow tests: `npm test [-- <part of a file's name>]`.
 * What this machine cannot run is skipped: the last lines say why, and how many passed, failed and were skipped; lint and
 * types count as one each.
 */
import { spawn } from 'node:child_process';
import { startVitest } from 'vitest/node';
import { countTests } from './cloud/count-tests.ts';
import { closingLines } from './helpers/machine.ts';

const exitCode = (tool: string, ...args: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['local/bin/run.mjs', tool, ...args], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });

const filters = process.argv.slice(2);
// Lint and types use the second core while the tests begin.
const checks = filters.length > 0 ? [] : [exitCode('biome', 'check', '.'), exitCode('tsc', '-p', '.')];
const vitest = await startVitest('test', filters, { watch: false });
const codes = await Promise.all(checks);
const counts = countTests(vitest);
await vitest.close();
// Their own words are far above by now.
for (const [index, name] of ['lint', 'types'].entries()) if (codes[index]) console.log(`npm run ${name} failed`);
const passed = counts.passed + codes.filter((code) => code === 0).length;
const failed = counts.failed + codes.filter((code) => code !== 0).length;
console.log(closingLines({ passed, failed, skipped: counts.skipped }));
process.exit(failed === 0 && counts.passed > 0 ? 0 : 1);
