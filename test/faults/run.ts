/**
 * Every fault at every task state of every deployed flow: `npm run faults [-- <part of "flow, state, fault">...]`.
 * Prints what was found wrong, a matrix of flow and fault, and as its last line `N passed, N failed`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startVitest } from 'vitest/node';
import { readDefinitions } from '../../local/definitions/definitions.ts';
import { countTests } from '../cloud/count-tests.ts';
import { FAULT_NAMES, type FaultCase, taskStates } from './cases.ts';
import { matrixLines, nameOf } from './matrix.ts';
import type { Order, Report, WitnessSeen } from './messages.ts';
import type { Outcome, Struck } from './run-case.ts';

/** Load balancers that are killed with one stack: each has two amphorae, and all of them stand still together. */
const KILLED_TOGETHER = 24;
/** Parts the other cases are cut into; each has a stack of its own. */
const PARTS = 4;
/** What an order may take, in milliseconds; nothing of it is at work any more by then. */
const LIMIT_MS = 900_000;
/** What is written a moment later, as the stand-in cloud's state, is on the disk by then. */
const QUIET_MS = 200;

const root = join(import.meta.dirname, '..', '..');
const filters = process.argv.slice(2);
const definitions = readDefinitions({ file: join(root, 'serverless.yml'), environment: process.env });
const all = taskStates(definitions)
  .flatMap((state) => FAULT_NAMES.map((fault) => ({ ...state, fault })))
  .filter((one) => filters.every((filter) => nameOf(one).includes(filter)));

const began = Date.now();
const outcomes = new Map<string, Outcome>();
let requests = 0;

const note = (outcome: Outcome): void => {
  outcomes.set(nameOf(outcome), outcome);
  if (outcome.problems.length > 0) console.log(`FAILED ${nameOf(outcome)}\n  ${outcome.problems.join('\n  ')}`);
  if (outcomes.size % 50 === 0) {
    console.log(`${outcomes.size} of ${all.length} after ${((Date.now() - began) / 1000).toFixed(0)} s`);
  }
};

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

interface Stack {
  readonly struck: readonly Struck[];
  readonly witness: WitnessSeen | null;
  kill(): Promise<void>;
}

/** Starts a stack, gives it its order, and answers when it has nothing more to say. */
const obey = async (folder: string | null, order: Order): Promise<Stack> => {
  const child = fork(join(import.meta.dirname, 'worker.ts'), folder === null ? [] : [folder], { cwd: root });
  children.add(child);
  const gone = once(child, 'exit');
  const struck: Struck[] = [];
  const answer = Promise.withResolvers<WitnessSeen | null>();
  child.on('message', (report: Report) => {
    switch (report.report) {
      case 'open':
        child.send(order);
        return;
      case 'struck':
        struck.push(report.struck);
        return;
      case 'outcome':
        note(report.outcome);
        return;
      case 'ready':
        answer.resolve(report.witness);
        return;
      default:
        requests += report.requests;
        answer.resolve(null);
    }
  });
  child.on('exit', (code) => answer.reject(new Error(`a stack ended with ${code} before it was done`)));
  const timer = setTimeout(() => answer.reject(new Error('a stack did not come to an end')), LIMIT_MS);
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await gone;
    children.delete(child);
  };
  try {
    const witness = await answer.promise;
    if (witness === null) {
      await gone;
      children.delete(child);
    }
    return { struck, witness, kill };
  } catch (error) {
    await kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }
};

const runPart = async (cases: readonly FaultCase[]): Promise<void> => {
  await obey(null, { order: 'run', cases });
};

const killTogether = async (cases: readonly FaultCase[]): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  try {
    const { struck, witness, kill } = await obey(folder, { order: 'begin', cases });
    await pause(QUIET_MS);
    const killedAt = Date.now();
    await kill();
    if (witness === null) throw new Error('the stack was not ready to be killed');
    await obey(folder, { order: 'judge', struck, witness, killedAt });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const killed = all.filter(({ fault }) => fault === 'all killed');
const others = all.filter(({ fault }) => fault !== 'all killed');
const jobs: (() => Promise<void>)[] = [];
/** Files of tests beside the cases: faults of more than one task. `npm run faults -- busy-table` runs one alone. */
const files = { passed: 0, failed: 0 };
const runFiles = async (): Promise<void> => {
  const config = join(import.meta.dirname, 'vitest.config.ts');
  const vitest = await startVitest('test', all.length === 0 ? filters : [], { config, watch: false });
  const { passed, failed: unsuccessful } = countTests(vitest);
  await vitest.close();
  Object.assign(files, { passed, failed: unsuccessful });
};
if (filters.length === 0 || all.length === 0) jobs.push(runFiles);
for (let part = 0; part < PARTS; part += 1) {
  const cases = others.filter((_one, index) => index % PARTS === part);
  if (cases.length > 0) jobs.push(() => runPart(cases));
}
for (let from = 0; from < killed.length; from += KILLED_TOGETHER) {
  const cases = killed.slice(from, from + KILLED_TOGETHER);
  jobs.push(() => killTogether(cases));
}

/** Stacks that did not come to their end: each counts as one failure. */
let broken = 0;
const work = async (): Promise<void> => {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    await job().catch((error: unknown) => {
      console.error(error);
      broken += 1;
    });
  }
};
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));

for (const one of all) {
  const { flow, state, fault } = one;
  if (!outcomes.has(nameOf(one)))
    note({ flow, state, fault, status: 'NOT RUN', restMs: 0, problems: ['it was not run'] });
}
const results = [...outcomes.values()];
const unwell = results.filter(({ problems }) => problems.length > 0).length;
const failed = unwell + broken + files.failed;
const passed = results.length - unwell + files.passed;
const worst = results.toSorted((a, b) => b.restMs - a.restMs)[0];
console.log(`\n${matrixLines(results).join('\n')}\n`);
if (worst !== undefined)
  console.log(`The worst time until settled: ${(worst.restMs / 1000).toFixed(1)} s (${nameOf(worst)}).`);
console.log(
  `${requests} requests through load balancers without faults; ${((Date.now() - began) / 1000).toFixed(0)} s in all.`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
