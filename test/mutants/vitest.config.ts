import { defineConfig } from 'vitest/config';
import { patience } from '../patience.ts';

/** The unit tests of the room that `run.ts` names: the fewer files, the sooner a mutant's tests start. */
export default defineConfig({
  test: {
    include: [`${process.env.MUTANTS_TESTS ?? 'test/unit'}/**/*.test.ts`],
    pool: 'threads',
    isolate: false,
    env: { BUILD_RATE_LIMIT: '-1', FAILOVER_LIMIT: '-1' },
    testTimeout: patience.testTimeout,
  },
});
