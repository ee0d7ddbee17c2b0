/**
 * Changes the code of the rooms in one place at a time (a mutant) and runs the unit tests on each mutant:
 * `npm run mutants [-- <room, folder or file> ...]`. A mutant on which no test fails survives and is printed: a test
 * is missing, or the code is not needed. `npm run mutants -- --changed [commit]` takes only lines that changed since
 * that commit (HEAD~1). The last line is `N passed, N failed[, N skipped]`, counted in rooms.
 */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { closingLines } from '../helpers/machine.ts';
import { changedLines } from './changed-lines.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Folders whose every decision has a unit test below `test/unit/<folder>`. */
const ROOMS = [
  'lib/changes',
  'lib/executions',
  'lib/health',
  ...['admission', 'cloud', 'fleet', 'health', 'locks', 'objects', 'operations', 'quotas', 'table'].map(
    (folder) => `lib/repositories/${folder}`,
  ),
  'lib/upkeep',
  'functions/api',
];

/** Percent of a room's mutants that its tests must kill. */
const WANTED = 80;

type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

/** A room, and what is mutated in it: globs, or files with the numbers of their lines. */
interface Task {
  readonly room: string;
  readonly mutate: readonly string[];
}

const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

const tasksOf = (patternsIn: (room: string) => readonly string[]): readonly Task[] =>
  ROOMS.map((room) => ({ room, mutate: patternsIn(room) })).filter(({ mutate }) => mutate.length > 0);

const named = (asked: readonly string[]): readonly Task[] => {
  const paths = asked.map((path) => relative(ROOT, resolve(path)));
  const isKnown = (path: string) =>
    existsSync(resolve(ROOT, path)) && ROOMS.some((room) => isIn(path, room) || isIn(room, path));
  const unknown = paths.filter((path) => !isKnown(path));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: no file or folder of the rooms ${ROOMS.join(', ')}`);
  return tasksOf((room) => {
    if (paths.some((path) => isIn(room, path))) return [`${room}/**/*.ts`];
    return paths.filter((path) => isIn(path, room)).map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.ts`));
  });
};

const changed = async (since: string): Promise<readonly Task[]> => {
  const lines = await changedLines(since, ROOMS);
  return tasksOf((room) =>
    [...lines].flatMap(([path, ranges]) => (isIn(path, room) ? ranges.map((range) => `${path}:${range}`) : [])),
  );
};

const mutate = ({ room, mutate }: Task): Promise<readonly MutantResult[]> => {
  process.env.MUTANTS_TESTS = `test/unit/${room}`;
  return new Stryker({ configFile: 'test/mutants/stryker.ts', mutate: [...mutate] }).runMutationTest();
};

const survives = ({ status }: MutantResult): boolean => status === 'Survived' || status === 'NoCoverage';

const print = ({ fileName, location, mutatorName, replacement }: MutantResult): void => {
  const text = replacement.replace(/\s+/g, ' ').slice(0, 100);
  console.log(`  ${relative(ROOT, fileName)}:${location.start.line} ${mutatorName}: ${text}`);
};

/** Whether enough of the room's mutants were killed. */
const perform = async (task: Task): Promise<boolean> => {
  const began = Date.now();
  const results = await mutate(task);
  const count = (status: MutantResult['status']) => results.filter((result) => result.status === status).length;
  const left = results.filter(survives);
  left.forEach(print);
  const killed = count('Killed') + count('Timeout');
  const percent = Math.floor((killed * 100) / Math.max(1, killed + left.length));
  const seconds = Math.round((Date.now() - began) / 1000);
  const all = `${killed} of ${killed + left.length} mutants killed, ${count('Timeout')} of them by the time limit`;
  console.log(`${task.room}: ${percent} %, ${all} (${seconds} s)`);
  return percent >= WANTED || left.length === 0;
};

const [first, ...rest] = process.argv.slice(2);
const isChanged = first === '--changed';
const tasks = isChanged ? await changed(rest[0] ?? 'HEAD~1') : named(first === undefined ? ROOMS : [first, ...rest]);
const skipped = new Map(tasks.length === 0 ? [['no line of a room has changed', 1]] : []);
let passed = 0;
for (const task of tasks) if (await perform(task)) passed += 1;
console.log(closingLines({ passed, failed: tasks.length - passed, skipped }));
process.exitCode = passed === tasks.length ? 0 : 1;
