import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Front, injection, TROUBLES, type Trouble, type TroubleKind } from './front.ts';
import { type Lives, openLives, type Place } from './life.ts';
import type { BeforeTask, Stage } from './stage.ts';

const kinds = Object.keys(TROUBLES).filter((name): name is TroubleKind => Object.hasOwn(TROUBLES, name));

/** Which requests of one operation get the fault: reads by the one pattern, writes by the other. */
const every = (number: number, seed: number) => (count: number) => (count + seed) % number === 0;
const first = (number: number) => (count: number) => count <= number;
const cases = kinds.map((kind, seed) => {
  // One that costs the whole time of a request does not go on for ever.
  if (kind === 'never answers') return { kind, reads: first(1), writes: first(1) };
  return seed % 2 === 0
    ? { kind, reads: every(3, seed), writes: first(2) }
    : { kind, reads: first(2), writes: every(3, seed) };
});

/** Leads a whole life of a load balancer through each trouble, side by side; the stack's worker is behind the front. */
export const describeTroubles = (place: () => Place, front: Front, stage: Stage): void => {
  let lives: Lives;
  const times: { readonly what: string; readonly ms: number }[] = [];
  beforeAll(async () => {
    lives = await openLives(place(), stage);
  });
  afterAll(() => {
    const [worst] = times.toSorted((a, b) => b.ms - a.ms);
    const seconds = ((worst?.ms ?? 0) / 1000).toFixed(1);
    console.log(`${times.length} operations with faults settled, the last after ${seconds} s (${worst?.what})`);
  });

  it.concurrent.for(cases)('$kind', async ({ kind, reads, writes }, { expect: check }) => {
    const troubles = new Map<string, Trouble>();
    const troubled: BeforeTask = (_state, operationId) => {
      if (troubles.has(operationId)) return;
      const trouble: Trouble = { kind, reads: injection(reads), writes: injection(writes) };
      troubles.set(operationId, trouble);
      front.lay(`req-${operationId}`, trouble);
    };
    const timed = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
      const begun = Date.now();
      const result = await act();
      times.push({ what: `${what}, ${kind}`, ms: Date.now() - begun });
      return result;
    };
    const { life, rest } = await lives.begin({}, troubled);
    const comesTo = async (what: string, act: () => Promise<string | null>, wanted: string | null) => {
      const status = await timed(what, act);
      check({ status, failures: await life.failures(), problems: await life.problems() }).toEqual({
        status: wanted,
        failures: [],
        problems: [],
      });
    };
    try {
      await comesTo('create', () => rest, 'ACTIVE');
      await comesTo('member', () => life.toggleMember(troubled), 'ACTIVE');
      await comesTo('failover', () => life.failover(troubled), 'ACTIVE');
      await comesTo('delete', () => life.remove(troubled), null);
    } finally {
      await life.discard();
    }
    check(troubles.size).toBe(4);
    const injected = (which: 'reads' | 'writes') =>
      [...troubles.values()].reduce((sum, one) => sum + one[which].injected, 0);
    check(injected('reads')).toBeGreaterThan(3);
    check(injected('writes')).toBeGreaterThan(3);
  });

  it('had its trouble in every operation', () => {
    expect(times).toHaveLength(cases.length * 4);
  });
};
