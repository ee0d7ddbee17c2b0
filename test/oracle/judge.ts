import * as fc from 'fast-check';
import type { Verdict } from './part.ts';

export interface Judging<T> {
  readonly name: string;
  readonly cases: fc.Arbitrary<T>;
  readonly count: number;
  readonly seed: number;
  /** What is wrong with a case; empty when nothing is. */
  readonly judge: (one: T) => Promise<readonly string[]>;
  /** The case as a developer reads it. */
  readonly show: (one: T) => string;
}

/** Judges random cases until one fails, which is shrunk to the least one that fails, and printed. */
export const judgeAll = async <T>({ name, cases, count, seed, judge, show }: Judging<T>): Promise<Verdict> => {
  const property = fc.asyncProperty(cases, async (one) => (await judge(one)).length === 0);
  const { counterexample, numRuns, failed } = await fc.check(property, { numRuns: count, seed });
  const passed = Math.max(0, numRuns - (failed ? 1 : 0));
  const [least] = counterexample ?? [];
  if (least === undefined) {
    console.log(`${name}: ${passed} cases`);
    return { passed, failed: failed ? 1 : 0 };
  }
  const problems = await judge(least);
  console.log(`\nFAILED ${name}, seed ${seed}, after ${passed} cases; the least one that fails:`);
  console.log(`${show(least)}\n${problems.join('\n')}\n`);
  return { passed, failed: 1 };
};

export const sumOf = (verdicts: readonly Verdict[]): Verdict => ({
  passed: verdicts.reduce((sum, { passed }) => sum + passed, 0),
  failed: verdicts.reduce((sum, { failed }) => sum + failed, 0),
});

/** Rows that no case has needed fail: what they excuse could come back unseen. */
export const failUnused = (ids: readonly string[], used: ReadonlySet<string>): Verdict => {
  const unused = [...new Set(ids)].filter((id) => !used.has(id));
  for (const id of unused)
    console.log(`FAILED row ${id} of docs/differences.md: no case shows the difference any more`);
  return { passed: 0, failed: unused.length };
};
