import { describe, it, type TestFunction } from 'vitest';
import { marked, missing, type Need } from './machine.ts';

/** `describe` and `it` for what runs unless there is a reason to skip it. @param reason null runs it */
export const unless = (reason: string | null) => ({
  describe: (name: string, tests: () => void): void => {
    if (reason === null) describe(name, tests);
    else describe.skip(marked(name, reason), tests);
  },
  it: (name: string, test: TestFunction, timeout?: number): void => {
    if (reason === null) it(name, test, timeout);
    else it.skip(marked(name, reason), test, timeout);
  },
});

/** `describe` and `it` for tests that need a program or a feature of the machine; skipped, with the reason, without it. */
export const needs = (...all: readonly Need[]) => unless(missing(...all));
