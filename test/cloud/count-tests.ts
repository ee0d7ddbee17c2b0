import type { Vitest } from 'vitest/node';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How a run went. What broke outside a test (a hook, an import, a stray promise) counts as a failure. */
export const countTests = (vitest: Pick<Vitest, 'state'>): TestCounts => {
  const counts = { passed: 0, failed: vitest.state.getUnhandledErrors().length, skipped: 0, pending: 0 };
  for (const module of vitest.state.getTestModules()) {
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    for (const test of module.children.allTests()) counts[test.result().state] += 1;
  }
  return { passed: counts.passed, failed: counts.failed, skipped: counts.skipped + counts.pending };
};
