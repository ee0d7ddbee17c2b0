/** Facts that a run has shown, or not. */
export interface Checks {
  /** Prints one line for a fact, with what was seen; answers whether it held. */
  check(fact: string, holds: boolean, seen?: string): boolean;
  /** Runs a part of the story under its title. An error in it is a fact that failed; the answer is null then. */
  chapter<T>(title: string, part: () => Promise<T>): Promise<T | null>;
  passed(): number;
  failed(): number;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Starts counting. @param print writes one line */
export const createChecks = (print: (line: string) => void): Checks => {
  let passed = 0;
  let failed = 0;
  const check = (fact: string, holds: boolean, seen?: string): boolean => {
    if (holds) passed += 1;
    else failed += 1;
    print(`  ${holds ? 'ok    ' : 'FAILED'}  ${fact}${seen === undefined ? '' : `: ${seen}`}`);
    return holds;
  };
  return {
    check,
    chapter: async (title, part) => {
      print(`\n${title}`);
      try {
        return await part();
      } catch (error) {
        check('the rest of this part', false, messageOf(error));
        return null;
      }
    },
    passed: () => passed,
    failed: () => failed,
  };
};
