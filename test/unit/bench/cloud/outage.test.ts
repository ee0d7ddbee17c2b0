import { expect, test } from 'vitest';
import { outageSeconds } from '../../../../bench/cloud/outage.ts';

const probes = [
  [0, false],
  [1000, true],
  [1050, false],
  [1100, true],
  [3050, false],
  [3100, true],
].map(([at, answered]) => ({ at: Number(at), answered: answered === true }));

test('an outage is from the first to the last failed probe, also when some between were answered', () => {
  expect(outageSeconds(probes, 500)).toBe(2);
});

test('one failed probe is no outage', () => {
  expect(outageSeconds(probes, 2000)).toBe(0);
});
