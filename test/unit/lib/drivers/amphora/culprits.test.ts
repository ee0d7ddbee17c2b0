import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCulprits, pendingOperations } from '../../../../../lib/drivers/amphora/culprits.ts';

const state = (operation_id: string, rejected = false) => ({
  operation_id,
  applied: null,
  was_applied: false,
  rejected,
});

describe('pending operations', () => {
  it('are those of pending objects that are not refused yet, each once, oldest first', () => {
    const changes = new Map([
      ['a', state('op-2')],
      ['b', state('op-1')],
      ['c', state('op-2')],
      ['d', state('op-0', true)],
      ['e', state('op-3')],
    ]);
    expect(pendingOperations(changes, (id) => id !== 'e')).toEqual(['op-1', 'op-2']);
  });
});

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

  it('are none when nothing was asked, or nobody is to blame', async () => {
    expect(await findCulprits([], async () => false)).toEqual([]);
    expect(await findCulprits(['1', '2'], async () => true)).toEqual([]);
  });
});
