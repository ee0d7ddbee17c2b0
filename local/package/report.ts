/** Counts checks and prints one line for each; the problems of a failed one follow it. */
export interface Report {
  check(name: string, problems: readonly string[]): void;
  /** Prints `N passed, N failed` and answers whether nothing failed. */
  end(): boolean;
}

/** @param print where the lines go */
export const createReport = (print: (line: string) => void): Report => {
  let passed = 0;
  let failed = 0;
  return {
    check: (name, problems) => {
      if (problems.length === 0) passed += 1;
      else failed += 1;
      print(`${problems.length === 0 ? '  ok' : 'FAIL'}  ${name}`);
      for (const problem of problems) print(`        ${problem}`);
    },
    end: () => {
      print(`${passed} passed, ${failed} failed`);
      return failed === 0;
    },
  };
};
