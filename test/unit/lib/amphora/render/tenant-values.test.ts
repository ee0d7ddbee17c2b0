import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asStored } from '../../../../../lib/amphora/render/digest.ts';
import { renderHaproxy } from '../../../../../lib/amphora/render/haproxy/render-haproxy.ts';
import { UnrenderableValueError } from '../../../../../lib/errors/unrenderable-value.ts';
import type { LoadBalancerTree } from '../../../../../lib/models/objects/tree.ts';
import { haproxyInput } from '../../../../fixtures/render/haproxy-cases.ts';
import { type HaproxyBench, openBench } from '../../../../fixtures/render/haproxy-process.ts';
import { skeleton } from '../../../../fixtures/render/skeleton.ts';
import { hostile, tenantFields, tenantTree } from '../../../../fixtures/render/tenant-fields.ts';
import { needs } from '../../../../helpers/needs.ts';

const render = (tree: LoadBalancerTree): string => renderHaproxy(haproxyInput({ tree }));

const renderOrRefuse = (tree: LoadBalancerTree): string | null => {
  try {
    return render(tree);
  } catch (error) {
    if (error instanceof UnrenderableValueError) return null;
    throw error;
  }
};

const benign = skeleton(render(tenantTree));

describe.each(tenantFields)('$name', ({ name, put, valid }) => {
  test('never becomes a directive, whatever it holds', () => {
    // A header that is not wanted adds no line: its value is compared, and never written.
    const expected = name === 'an inserted header' ? skeleton(render(put(tenantTree, 'no'))) : benign;
    // Empty ciphers are no ciphers.
    const ofEmpty = name.startsWith('tls_ciphers') ? skeleton(render(put(tenantTree, ''))) : expected;
    fc.assert(
      fc.property(fc.oneof(hostile, valid), (value) => {
        const text = renderOrRefuse(put(tenantTree, value));
        if (text === null) return;
        expect(text).toMatch(/^[\n\x20-\x7e]*$/);
        expect(asStored(text)).toBe(text);
        if (value === '') expect(skeleton(text)).toEqual(ofEmpty);
        else expect(skeleton(text)).toEqual(value.toLowerCase() === 'true' ? benign : expected);
      }),
      { numRuns: 150 },
    );
  });

  test('is taken when it is valid', () => {
    fc.assert(
      fc.property(valid, (value) => {
        expect(skeleton(render(put(tenantTree, value)))).toEqual(benign);
      }),
      { numRuns: 100 },
    );
  });
});

needs('haproxy').describe('haproxy itself', () => {
  let bench: HaproxyBench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  test('accepts a configuration in which every field has a valid value of the strange kind', async () => {
    const strange = tenantFields.filter(({ name }) => !/cipher|DN field/.test(name));
    const samples = strange.map(({ valid }) => fc.sample(valid, 6));
    for (let round = 0; round < 6; round += 1) {
      const tree = strange.reduce((changed, { put }, index) => put(changed, samples[index]?.[round] ?? ''), tenantTree);
      const path = await bench.write(`round-${round}`, haproxyInput({ tree }));
      expect(await bench.check(path), JSON.stringify(samples.map((sample) => sample[round]))).toBe('');
    }
  });
});
