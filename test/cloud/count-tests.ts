import type { Vitest } from 'vitest/node';
import { reasonOf } from '../helpers/machine.ts';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Why tests were skipped, and how many for each reason. */
  readonly skipped: ReadonlyMap<string, number>;
}

/**
 * How a run went. What broke outside a test (a hook, an import, a stray promise) counts as a failure, and so does a
 * test that is skipped without a reason.
 */
export const countTests = (vitest: Pick<Vitest, 'state'>): TestCounts => {
  let passed = 0;
  let failed = vitest.state.getUnhandledErrors().length;
  const skipped = new Map<string, number>();
  for (const module of vitest.state.getTestModules()) {
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') passed += 1;
      else if (result.state === 'failed') failed += 1;
      else {
        const reason = reasonOf(test.fullName) ?? (result.state === 'skipped' ? result.note : undefined);
        if (reason === undefined) {
          failed += 1;
          console.error(`did not run, and gives no reason: ${test.fullName}`);
        } else skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
      }
    }
  }
  return { passed, failed, skipped };
};
