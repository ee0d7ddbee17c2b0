import { defineConfig } from 'vitest/config';
import { patience } from '../patience.ts';

/** Faults that are no matter of one task: part of `npm run faults`. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/faults/*.test.ts'],
    pool: 'forks',
    ...patience,
    testTimeout: 300_000,
    reporters: ['verbose'],
  },
});
