import { defineConfig } from 'vitest/config';

/** Other people's clients against the local stack: a stack of its own for each file. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/clients/**/*.test.ts'],
    pool: 'forks',
    // They wait more than they work.
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
});
