import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCulprits, findObjectsAtFault } from '../../../../../lib/steps/amphora/culprits.ts';

describe('the culprits', () => {
  it('are exactly the operations that no configuration is accepted with', async () => {
    const many = fc.uniqueArray(fc.nat(60).map(String), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(many, fc.func(fc.boolean()), async (operations, isBad) => {
        const bad = operations.filter(isBad);
        const found = await findCulprits(operations, async (included) => !included.some((id) => bad.includes(id)));
        expect(found).toEqual(bad);
      }),
      { numRuns: 50 },
    );
  });

  it('are the later ones of those that do not go together', async () => {
    const accepted = async (included: readonly string[]) => !(included.includes('2') && included.includes('5'));
    expect(await findCulprits(['1', '2', '3', '4', '5', '6'], accepted)).toEqual(['5']);
  });

  it('take few tries among many good ones', async () => {
    let tries = 0;
    const operations = Array.from({ length: 64 }, (_, index) => String(index));
    const found = await findCulprits(operations, async (included) => {
      tries += 1;
      return !included.includes('40');
    });
    expect(found).toEqual(['40']);
    expect(tries).toBeLessThan(16);
  });

  it('are none when nothing is accepted without them either', async () => {
    expect(await findCulprits(['1', '2', '3'], async () => false)).toEqual([]);
  });

  it('are none when nothing was asked, or no change is to blame', async () => {
    expect(await findCulprits([], async () => false)).toEqual([]);
    expect(await findCulprits(['1', '2'], async () => true)).toEqual([]);
  });
});

describe('the objects at fault', () => {
  const pending = (...objects: readonly (readonly [string, string])[]) =>
    objects.map(([operationId, id]) => ({ operationId, id }));
  /** A configuration that takes everything but some objects. */
  const refusing =
    (...bad: readonly string[]) =>
    (objects: readonly { readonly id: string }[]) =>
    async (leftOut: ReadonlySet<string>) =>
      objects.every(({ id }) => leftOut.has(id) || !bad.includes(id));

  it('are those alone of an operation that wants more', async () => {
    const objects = pending(['1', 'listener'], ['1', 'pool'], ['1', 'member'], ['1', 'policy'], ['2', 'other']);
    expect(await findObjectsAtFault(objects, refusing('pool', 'policy')(objects))).toEqual(['pool', 'policy']);
  });

  it('are all objects of operations that have one each, without another try', async () => {
    const objects = pending(['1', 'a'], ['2', 'b'], ['3', 'c']);
    let tries = 0;
    const found = await findObjectsAtFault(objects, async (leftOut) => {
      tries += 1;
      return await refusing('b')(objects)(leftOut);
    });
    expect(found).toEqual(['b']);
    expect(tries).toBeLessThan(6);
  });

  it('are judged on top of their parents', async () => {
    const objects = pending(['1', 'policy'], ['1', 'rule']);
    const accepted = async (leftOut: ReadonlySet<string>) => leftOut.has('policy') || leftOut.has('rule');
    expect(await findObjectsAtFault(objects, accepted)).toEqual(['rule']);
  });

  it('are none when nothing is accepted without them either', async () => {
    expect(await findObjectsAtFault(pending(['1', 'a'], ['1', 'b']), async () => false)).toEqual([]);
  });

  it('are found in a bounded number of tries, and nothing bad is taken for good', async () => {
    const objects = pending(...Array.from({ length: 200 }, (_, index) => ['1', String(index)] as const));
    const bad = objects.filter((_, index) => index % 2 === 1).map(({ id }) => id);
    let tries = 0;
    const found = await findObjectsAtFault(objects, async (leftOut) => {
      tries += 1;
      return await refusing(...bad)(objects)(leftOut);
    });
    expect(tries).toBeLessThan(70);
    expect(found).toEqual(expect.arrayContaining(bad));
  });
});
