import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHaproxy } from '../../../../../../lib/amphora/render/haproxy/render-haproxy.ts';
import { haproxyCases, oldHaproxyCases } from '../../../../../fixtures/render/haproxy-cases.ts';
import { type HaproxyBench, openBench } from '../../../../../fixtures/render/haproxy-process.ts';
import { needs } from '../../../../../helpers/needs.ts';

const expected = (name: string): string =>
  new URL(`../../../../../fixtures/render/haproxy/${name}.cfg`, import.meta.url).pathname;

describe('the configuration', () => {
  test.each(Object.entries({ ...haproxyCases, ...oldHaproxyCases }))(
    'of %s is the expected text',
    async (name, input) => {
      await expect(renderHaproxy(input)).toMatchFileSnapshot(expected(name));
    },
  );
});

needs('haproxy').describe('haproxy itself', () => {
  let bench: HaproxyBench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  test.each(Object.entries(haproxyCases))(
    'accepts %s',
    async (name, input) => {
      expect(await bench.check(await bench.write(name, input))).toBe('');
    },
    20_000,
  );
});
