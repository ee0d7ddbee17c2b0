import { defineConfig } from 'vitest/config';
import { patience } from '../patience.ts';

/** Other people's clients against the local stack: a stack of its own for each file. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/clients/**/*.test.ts'],
    pool: 'forks',
    // They wait more than they work.
    maxWorkers: 3,
    ...patience,
    testTimeout: 180_000,
    reporters: ['verbose'],
  },
});
