import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { patience } from './test/patience.ts';

/** Test files that replace modules, which others share: each has modules of its own. */
const REPLACES_MODULES = readdirSync('test/unit', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => `test/unit/${path}`)
  .filter((path) => readFileSync(path, 'utf8').includes('vi.mock('));

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
          exclude: REPLACES_MODULES,
          pool: 'threads',
          isolate: false,
          // They leave unsettled operations behind; tests of the limits set their own.
          env: { BUILD_RATE_LIMIT: '-1', FAILOVER_LIMIT: '-1' },
          ...patience,
        },
      },
      { test: { name: 'replaced modules', include: REPLACES_MODULES, pool: 'threads', ...patience } },
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
