import { expect, test } from 'vitest';
import { startScript } from '../../../../bench/local/scripts.ts';

test('a script prints its lines, and one that fails is reported', async () => {
  const table = startScript('heartbeats/table.ts', process.env);
  for await (const line of table.lines) {
    const place = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(JSON.parse(line)).toEqual({ endpoint: place, usage: place });
    await table.stop();
  }
  await expect(table.ended()).rejects.toThrow('heartbeats/table.ts ended');
});
