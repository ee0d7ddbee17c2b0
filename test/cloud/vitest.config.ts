import { defineConfig } from 'vitest/config';
import { patience } from '../patience.ts';

/** Tests on a real OpenStack, one file after the other: each asserts that it left nothing in the cloud. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/cloud/*.test.ts', 'test/contract/real-cloud.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    maxConcurrency: 6,
    ...patience,
    testTimeout: 300_000,
    reporters: ['verbose'],
  },
});
