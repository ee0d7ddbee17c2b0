import fc from 'fast-check';
import { RECOVERIES } from '../../../../../../lib/repositories/locks/lost-locks.ts';

/* The actors of one order of requests: writers with their fates, sweeps and redrives. */

/** So many rows are laid aside before their commit. */
const STAGED_SIZE = 41;

/** A request of the API, and what becomes of its own execution, should it come to one. */
export interface Writer {
  readonly kind: 'writer';
  /** Of members of its own: so many new ones, or one that is there. */
  readonly asks: 'create' | 'update' | 'delete';
  readonly members: 1 | typeof STAGED_SIZE;
  /** It fails after so many rounds; null: it does not. */
  readonly failsAfter: number | null;
  /** It is lost after so many tasks, in its rollback too; null: it is not. */
  readonly lostAfter: number | null;
  /** So many of its rounds are repeated by a zombie. */
  readonly zombieRounds: number;
}

/** Looks so often for a lock whose execution does not run, and carries it on; an operator also stops one that runs. */
export interface Recoverer {
  readonly kind: 'sweep' | 'redrive';
  readonly looks: number;
}

const creation = {
  asks: fc.constant('create' as const),
  members: fc.oneof({ weight: 2, arbitrary: fc.constant(1 as const) }, fc.constant(STAGED_SIZE)),
};
const otherChange = { asks: fc.constantFrom('update' as const, 'delete' as const), members: fc.constant(1 as const) };
const fate = {
  kind: fc.constant('writer' as const),
  failsAfter: fc.option(fc.nat(3)),
  lostAfter: fc.option(fc.nat(6)),
  zombieRounds: fc.nat(3),
};
const writer: fc.Arbitrary<Writer> = fc.oneof(
  fc.record({ ...creation, ...fate }),
  fc.record({ ...otherChange, ...fate }),
);

const recoverer: fc.Arbitrary<Recoverer> = fc.record({
  kind: fc.constantFrom('sweep' as const, 'redrive' as const),
  looks: fc.integer({ min: 1, max: 3 }),
});

/** One answer of forty is lost. */
export const answers = fc.infiniteStream(fc.nat(39));

export const losses = fc.constantFrom(0 as const, RECOVERIES);

/** Two to five, writers first. */
export const actors = fc
  .tuple(fc.array(writer, { minLength: 1, maxLength: 3 }), fc.array(recoverer, { maxLength: 2 }))
  .filter(([writers, recoverers]) => writers.length + recoverers.length > 1);
