import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { patience } from './test/patience.ts';

/** What leaves its mark on modules that files of one worker share: settings are read once, when a module first needs them. */
const CHANGES_MODULES = /vi\.(mock|resetModules|stubEnv)\(/;

/** Unit test files that do so: each has modules of its own. */
const APART = readdirSync('test/unit', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => `test/unit/${path}`)
  .filter((path) => CHANGES_MODULES.test(readFileSync(path, 'utf8')));

/** Unit tests leave unsettled operations behind; tests of the limits set their own. */
const env = { BUILD_RATE_LIMIT: '-1', FAILOVER_LIMIT: '-1' };

export default defineConfig({
  test: {
    // Tests wait for half of their time: more at once than there are cores, where these are few.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    projects: [
      {
        // Many small files that share one embedded table per worker, and keep apart by their ids.
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: APART,
          pool: 'threads',
          isolate: false,
          env,
          ...patience,
        },
      },
      { test: { name: 'unit, apart', include: APART, pool: 'threads', env, ...patience } },
      {
        // Each file runs whole flows on a stack of its own. Packages are loaded once per worker, and useStack has our
        // own modules loaded again for each file.
        test: {
          name: 'flows',
          include: ['test/flows/**/*.test.ts', 'test/contract/stand-in.test.ts'],
          pool: 'forks',
          isolate: false,
          ...patience,
        },
      },
    ],
  },
});
