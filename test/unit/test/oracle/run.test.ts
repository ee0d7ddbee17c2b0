import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const RUN = join(import.meta.dirname, '../../../oracle/run.ts');

it('without Python the comparison with upstream is skipped, and says what is missing and how to run it', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [RUN], { env: { PATH: '/nonexistent' } });
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^skipped: no python3 on this machine: .+; when it is there: npm run test:oracle$/),
    '0 passed, 0 failed, 3 skipped',
  ]);
});
