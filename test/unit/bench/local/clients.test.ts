import { expect, test } from 'vitest';
import { runClients } from '../../../../bench/local/clients.ts';

test('each job is done once, and no more of them at a time than there are clients', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await runClients(3, 10, async (index) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    done.push(index);
  });
  expect(done.toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(most).toBe(3);
});

test('a job that fails ends all', async () => {
  await expect(runClients(2, 5, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
