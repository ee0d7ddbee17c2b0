import { defineConfig } from 'vitest/config';
import { patience } from '../patience.ts';

/** Attacks on a local stack, one file at a time: `npm run attack`. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/attack/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    ...patience,
    reporters: ['verbose'],
  },
});
