import { describe, expect, it } from 'vitest';
import { ImmutableObjectError } from '../../../../lib/errors/flow.ts';
import type { Amphora } from '../../../../lib/models/objects/amphora.ts';
import { newAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { keepSpares, planSpares } from '../../../../lib/upkeep/spares.ts';

const now = Date.parse('2026-11-25T12:00:00.000Z');
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();
const model = { imageId: 'image', flavorId: 'flavor' };

const spare = (changes: Partial<Amphora> = {}): Amphora => ({
  ...newAmphora(crypto.randomUUID(), null),
  status: 'READY',
  image_id: 'image',
  compute_flavor: 'flavor',
  created_at: ago(60),
  ...changes,
});
const plan = (spares: readonly Amphora[], size = 2) => planSpares(spares, { size, maxAge: 3600, model, now });

describe('the plan of the spare pool', () => {
  it('builds what is missing, and counts what is being built', () => {
    expect(plan([])).toEqual({ build: 2, remove: [] });
    for (const status of ['PENDING_CREATE', 'BOOTING', 'ALLOCATED'] as const) {
      expect(plan([spare({ status }), spare()])).toEqual({ build: 0, remove: [] });
    }
    expect(plan([spare({ status: 'PENDING_DELETE' }), spare()])).toEqual({ build: 1, remove: [] });
  });

  it('removes the oldest of those that are too many', () => {
    const [first, second, third] = [spare({ created_at: ago(90) }), spare({ created_at: ago(80) }), spare()];
    expect(plan([first, second, third])).toEqual({ build: 0, remove: [first] });
  });

  it.each([{ image_id: 'former' }, { compute_flavor: 'former' }])(
    'replaces one of another make at once: %j',
    (made) => {
      const other = spare(made);
      expect(plan([other, spare()])).toEqual({ build: 1, remove: [other] });
    },
  );

  it('keeps one that is too old until enough others are ready', () => {
    const old = spare({ created_at: ago(3601) });
    expect(plan([old, spare()])).toEqual({ build: 1, remove: [] });
    expect(plan([old, spare(), spare({ status: 'BOOTING' })])).toEqual({ build: 0, remove: [] });
    const fresh = [spare(), spare()];
    expect(plan([old, ...fresh])).toEqual({ build: 0, remove: [old] });
    expect(planSpares([old, spare()], { size: 2, maxAge: 0, model, now })).toEqual({ build: 0, remove: [] });
  });

  it('gives the place of one that failed away after five minutes', () => {
    const failed = spare({ status: 'ERROR', updated_at: ago(299) });
    expect(plan([failed, spare()])).toEqual({ build: 0, remove: [] });
    const longAgo = spare({ status: 'ERROR', updated_at: ago(301) });
    expect(plan([longAgo, spare()])).toEqual({ build: 0, remove: [longAgo] });
  });
});

describe('keeping spares', () => {
  it('does nothing where there is no pool', async () => {
    const asked: string[] = [];
    const refuse = async (): Promise<never> => {
      asked.push('asked');
      throw new ImmutableObjectError('amphora', 'id', 'READY');
    };
    const worker = { createAmphora: refuse, deleteAmphora: refuse };
    expect(await keepSpares({ worker, model: refuse, size: 0, maxAge: 1 })).toEqual({ ready: 0, built: 0, removed: 0 });
    expect(asked).toEqual([]);
  });
});
