/**
 * Checks the model of the lock protocol exhaustively, and that each mutation of it is found: `npm run protocol`, with
 * `spin` and `gcc`; without them all is skipped. `npm run protocol -- <part of a name>` runs some. The last line is
 * `N passed, N failed[, N skipped]`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { closingLines, missing } from '../helpers/machine.ts';
import { CHECKS, type Check } from './checks.ts';

const run = promisify(execFile);
const MODEL = resolve(import.meta.dirname, '../../docs/protocol/lock.pml');
const LIMIT_MS = 300_000;
const MAX_BUFFER = 64 * 1024 * 1024;

/** `complete` is false when the search has left something out. */
interface Search {
  readonly states: number;
  readonly violation: string | null;
  readonly complete: boolean;
}

const search = async ({ defines, cycles = false }: Check, folder: string): Promise<Search> => {
  const options = { cwd: folder, timeout: LIMIT_MS, maxBuffer: MAX_BUFFER };
  await run('spin', ['-a', ...Object.entries(defines).map(([name, value]) => `-D${name}=${value}`), MODEL], options);
  const kind = cycles ? ['-DNP'] : ['-DSAFETY'];
  const compiler = ['-O1', '-w', '-DCOLLAPSE', '-DNOFAIR', '-DVECTORSZ=4096', '-DMEMLIM=4096', ...kind];
  await run('gcc', [...compiler, '-o', 'pan', 'pan.c'], options);
  const { stdout } = await run('./pan', ['-m100000', '-w22', ...(cycles ? ['-l'] : [])], options);
  const states = Number(/(\d+) states, stored/.exec(stdout)?.[1] ?? 0);
  const violation = /^pan:1: (.*) \(at depth/m.exec(stdout)?.[1] ?? null;
  const complete = states > 0 && !/max search depth too small|out of memory|Search not completed/.test(stdout);
  return { states, violation, complete };
};

/** Null when the check's outcome is what it should be, else what is wrong. */
const problemOf = ({ violates }: Check, { violation, complete }: Search): string | null => {
  if (violates === undefined) {
    if (violation !== null) return violation;
    return complete ? null : 'the search left something out';
  }
  if (violation === null) return 'nothing was found';
  return violates.test(violation) ? null : `something else was found: ${violation}`;
};

const perform = async (check: Check): Promise<boolean> => {
  const folder = await mkdtemp(join(tmpdir(), 'protocol-'));
  const began = Date.now();
  try {
    const found = await search(check, folder);
    const problem = problemOf(check, found);
    const figures = `${found.states} states, ${((Date.now() - began) / 1000).toFixed(1)} s`;
    console.log(
      `${problem === null ? '  ok ' : 'FAIL '} ${check.name} (${figures})${problem === null ? '' : `: ${problem}`}`,
    );
    return problem === null;
  } catch (error) {
    console.log(`FAIL  ${check.name}: ${error instanceof Error ? error.message.slice(0, 2000) : String(error)}`);
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const filters = process.argv.slice(2);
const asked = CHECKS.filter(({ name }) => filters.length === 0 || filters.some((part) => name.includes(part)));
const reason = missing('spin', 'gcc');
if (reason !== null && asked.length > 0) {
  console.log(closingLines({ passed: 0, failed: 0, skipped: new Map([[reason, asked.length]]) }));
  process.exit(0);
}
const waiting = [...asked];
const outcomes: boolean[] = [];
const worker = async (): Promise<void> => {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) outcomes.push(await perform(check));
};
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
const passed = outcomes.filter((outcome) => outcome).length;
console.log(`${passed} passed, ${outcomes.length - passed} failed`);
process.exitCode = passed === outcomes.length && passed > 0 ? 0 : 1;
