import { expect, test } from 'vitest';
import { buildSpan, mostAtOnce } from '../../../../bench/local/builds.ts';

const at = (ms: number) => new Date(ms).toISOString();
const step = (name: string, from: number, to: number | null) => ({
  name,
  started_at: at(from),
  ended_at: to === null ? null : at(to),
});

test('a build lasts from the first request for a server until the last agent answers', () => {
  const steps = [
    step('CreateBasePort', 0, 10),
    step('ComputeCreate', 12, 20),
    step('ComputeCreate', 10, 20),
    step('AmphoraWait', 20, 500),
    step('AmphoraWait', 20, 600),
    step('PlugVIPAmphora', 600, 700),
  ];
  expect(buildSpan(steps)).toEqual([10, 600]);
  expect(() => buildSpan([step('ComputeCreate', 0, 10), step('AmphoraWait', 10, null)])).toThrow(
    'no amphora was built',
  );
});

test('the most at once is counted at every begin, and one that ends then is over', () => {
  expect(mostAtOnce([])).toBe(0);
  expect(
    mostAtOnce([
      [0, 10],
      [5, 15],
      [10, 20],
      [12, 14],
    ]),
  ).toBe(3);
});
